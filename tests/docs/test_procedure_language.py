"""Each example of the page about the language is read by the real reader, and the page says what it understood."""

from pathlib import Path

import pytest

from tests.docs.pages import LANGUAGES, ROOT, fences
from tests.docs.understood import Notation, classified, read, understood
from tocsin.procedure.headings import SECTIONS, kinds_of


def _examples() -> list[tuple[Path, str, str, int]]:
    """(page, example, what the page says of it, line): a ```markdown block and the ```text block after it."""
    found = []
    for language in LANGUAGES:
        page = ROOT / "docs" / language / "procedure-language.md"
        blocks = fences(page, "markdown", "text")
        for index, block in enumerate(blocks):
            if block.language == "markdown":
                claim = blocks[index + 1].text if index + 1 < len(blocks) else ""
                found.append((page, block.text, claim, block.line))
    return found


EXAMPLES = _examples()


def _id(example: tuple[Path, str, str, int]) -> str:
    return f"{example[0].parent.name}:{example[3]}"


@pytest.mark.parametrize("example", EXAMPLES, ids=_id)
def test_the_reader_understands_what_the_page_says(example: tuple[Path, str, str, int]) -> None:
    page, text, claim, _ = example
    say = Notation(page.parent.name)
    procedure = read(text)
    lines = claim.splitlines()
    kinds = [say.kind(line) for line in lines if not line.startswith(" ")]
    assert kinds, "the page says nothing of this example"
    real = understood(procedure, say)
    real["alert"] = [classified(line, procedure, say) for line in lines if line.startswith(f"{say('alert')} ")]
    expected = [line for kind in dict.fromkeys(kinds) for line in real[kind]]
    assert lines == expected
    if "problem" not in kinds:
        assert not [line for line in real["problem"] if f" {say('error')} " in line], "the example has an error"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_is_read_in_the_language_of_its_page(language: str) -> None:
    examples = [text for page, text, _, _ in EXAMPLES if page.parent.name == language]
    whole = read("\n\n".join(examples))
    assert whole.language == language


def test_both_pages_show_the_same_rules() -> None:
    each = {
        language: [claim for page, _, claim, _ in EXAMPLES if page.parent.name == language] for language in LANGUAGES
    }
    shapes = {language: [len(claim.splitlines()) for claim in claims] for language, claims in each.items()}
    assert shapes["en"] == shapes["fr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_table_of_sections_opens_its_section(language: str) -> None:
    text = (ROOT / "docs" / language / "procedure-language.md").read_text()
    rows = [row.split("|")[2] for row in text[text.index("|---|---|\n") :].split("\n\n", 1)[0].splitlines()[1:]]
    assert len(rows) == len(SECTIONS)
    for kind, row in zip(SECTIONS, rows, strict=True):
        for word in row.replace("(s)", "s").split(","):
            assert kind in kinds_of(word), f"{word} is not {kind}"
