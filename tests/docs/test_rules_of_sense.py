"""The page about commands names every rule of sense, in both languages."""

import re

import pytest

from tests.docs.pages import LANGUAGES, ROOT
from tocsin.procedure.messages import WORDINGS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_of_a_tool_is_listed(language: str) -> None:
    text = (ROOT / "docs" / language / "checking-commands.md").read_text()
    listed = re.findall(r"^\| \[(P4\d\d)\]", text, re.MULTILINE)
    assert listed == sorted(code for code in WORDINGS if code.startswith("P4"))
