"""
Which language a page speaks, and its words.

English is the language of the templates; French stands in `locale/fr`. `Words` is a language with its translations and
the lexicon's terms. The order of choice: what the reader asked for (`?lang=`, kept in a cookie), their account, their
browser, the house. The surprise: the team's own procedure is never translated.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from pathlib import Path

from tocsin.lexicon import LANGUAGES, WORDS, Language, say

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "tocsin"
LANGUAGE_NAMES: dict[Language, str] = {"fr": "Français", "en": "English"}


class Words:
    """One language: `language`, the sentences by `gettext` and `ngettext`, the terms by `say`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.translations: gettext.NullTranslations = (
            gettext.NullTranslations()
            if language == "en"
            else gettext.translation(DOMAIN, LOCALE, languages=[language])
        )

    def gettext(self, message: str) -> str:
        """The sentence in this language; itself when it has no translation."""
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The sentence for that many; French counts 0 as one."""
        return self.translations.ngettext(one, many, count)

    def say(self, word: str) -> str:
        """A term of the lexicon."""
        return say(word, self.language)

    def meaning(self, word: str) -> str:
        """What a term of the lexicon means, "" when it speaks for itself."""
        entry = WORDS[word]
        return entry.meaning_fr if self.language == "fr" else entry.meaning_en

    def stop(self) -> str:
        """What stands before a colon: French writes a no-break space there."""
        return "\N{NO-BREAK SPACE}:" if self.language == "fr" else ":"


def as_language(text: str | None) -> Language | None:
    """A language that the house speaks, or None."""
    return next((language for language in LANGUAGES if language == text), None)


def choose(asked: Iterable[str | None], accept_language: str, otherwise: Language) -> Language:
    """The first of `asked` that the house speaks, else the browser's best (RFC 9110 §12.5.4), else `otherwise`."""
    for wish in asked:
        if language := as_language(wish):
            return language
    return preferred(accept_language) or otherwise


def preferred(accept_language: str) -> Language | None:
    """The language of the header with the highest weight; the first of equals; None when it names none of ours."""
    best: tuple[float, Language] | None = None
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        language, weight = as_language(tag.split("-")[0].lower()), _weight(parameter)
        if language and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return best[1] if best else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
