"""
The glossary pages, made from the lexicon. Write them again with

    python -m tests.docs.glossary --write
"""

import sys

from tests.docs.pages import ROOT
from tocsin.lexicon import LANGUAGES, WORDS, Language, Word

HEADS: dict[Language, str] = {
    "en": """# Glossary

One meaning for each word, in the pages, the calls, the command line and these documents. Where your procedure names a
thing itself, its word wins. This page is made from `src/tocsin/lexicon.py`.

| word | French | meaning |
|---|---|---|
""",
    "fr": """# Glossaire

Un sens par mot, dans les pages, les appels, la ligne de commande et ces documents. Là où votre procédure nomme la chose
elle-même, son mot l'emporte. Cette page est faite de `src/tocsin/lexicon.py`.

| mot | anglais | sens |
|---|---|---|
""",
}
CODES = {"R0", "R1", "R2", "R3"}


def glossary(language: Language) -> str:
    """The page, rows in the order of the alphabet of its language."""
    rows = sorted((_row(key, word, language) for key, word in WORDS.items() if _meaning(word, language)), key=_folded)
    return HEADS[language] + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(key: str, word: Word, language: Language) -> tuple[str, str, str]:
    own, other = (word.fr, word.en) if language == "fr" else (word.en, word.fr)
    return f"{key} {own}" if key in CODES else own, other, _meaning(word, language)


def _meaning(word: Word, language: Language) -> str:
    return word.meaning_fr if language == "fr" else word.meaning_en


def _folded(row: tuple[str, str, str]) -> str:
    return row[0].casefold().translate(str.maketrans("éèêàçôûî", "eeeacoui"))


if __name__ == "__main__" and "--write" in sys.argv:
    for name in LANGUAGES:
        (ROOT / "docs" / name / "glossary.md").write_text(glossary(name))
