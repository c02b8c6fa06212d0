"""What pages repeat from the code says what the code says."""

import pytest

from tests.docs.glossary import glossary
from tests.docs.pages import ROOT
from tests.docs.tables import ladder_rows, move_rows
from tocsin.lexicon import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_is_the_lexicon(language: Language) -> None:
    page = ROOT / "docs" / language / "glossary.md"
    assert page.read_text() == glossary(language), "python -m tests.docs.glossary --write"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_statuses_is_the_table_of_moves(language: Language) -> None:
    assert _table_after("## ", 2, language) == move_rows(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_calls_is_the_ladder(language: Language) -> None:
    assert _table_after("## ", 4, language) == ladder_rows(language)


def _table_after(mark: str, number: int, language: Language) -> list[str]:
    """The rows of the first table in that section of the concepts, without its head."""
    section = (ROOT / "docs" / language / "concepts.md").read_text().split(f"\n{mark}")[number]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return rows[2:]
