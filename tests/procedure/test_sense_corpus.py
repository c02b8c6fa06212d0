"""Snippets of procedures, right and wrong: each rule of sense finds the wrong ones, and no rule says a word of a right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.procedure.written import BESIDE, RUNBOOK, document, scenario_of, text
from tocsin.edge.procedure_files import understand
from tocsin.edge.settings import load_settings
from tocsin.procedure.messages import WORDINGS
from tocsin.procedure.source import Text
from tocsin.procedure.texts import text_of

CORPUS = Path(__file__).parents[1] / "fixtures/sense"
SENSE = sorted(code for code in WORDINGS if code.startswith("P4"))
FIRST = re.compile(r"^(right|wrong)(?:: (.*))?$")


class Snippet(NamedTuple):
    """The lines of one scenario, its title, the manifests beside it, and whether they are right."""

    right: bool
    title: str
    lines: str
    files: dict[str, str]
    place: str


def snippets(code: str) -> Iterator[Snippet]:
    """Of CODE.txt: paragraphs apart by lines of `=`; `--- path` begins a manifest."""
    for number, part in enumerate((CORPUS / f"{code}.txt").read_text().split("\n====\n"), 1):
        head, _, body = part.strip().partition("\n")
        said = FIRST.match(head)
        assert said, f"{code}.txt: a snippet begins with right or wrong, not {head!r}"
        lines, *files = re.split(r"^--- (\S+)\n", body, flags=re.MULTILINE)
        beside = dict(zip(files[::2], files[1::2], strict=True))
        yield Snippet(said[1] == "right", said[2] or "Panne", lines.strip(), beside, f"{code}-{number}-{said[1]}")


def told(snippet: Snippet) -> set[str]:
    """The codes of sense that the snippet gets, as one scenario of a procedure."""
    main = text(document(scenario_of(snippet.lines, snippet.title)))
    files: dict[str, Text] = {path: text_of(path, content.encode()) for path, content in snippet.files.items()}
    texts = {main.path: main, RUNBOOK.path: RUNBOOK, **files} if files else {main.path: main, **BESIDE}
    procedure = understand(texts, main.path, load_settings(None, {}))
    return {problem.code for problem in procedure.problems if problem.code.startswith("P4")}


def cases(*, right: bool) -> list[Any]:
    found = [(code, one) for code in SENSE for one in snippets(code) if one.right == right]
    return [pytest.param(code, one, id=one.place) for code, one in found]


def test_every_rule_of_sense_has_snippets_of_both_kinds() -> None:
    assert {file.stem for file in CORPUS.glob("*.txt")} == set(SENSE)
    for code in SENSE:
        kinds = [one.right for one in snippets(code)]
        assert min(kinds.count(True), kinds.count(False)) >= 2, f"{code}.txt needs two of each kind"


@pytest.mark.parametrize(("code", "snippet"), cases(right=False))
def test_a_wrong_one_is_found(code: str, snippet: Snippet) -> None:
    assert code in told(snippet)


@pytest.mark.parametrize(("code", "snippet"), cases(right=True))
def test_of_a_right_one_no_rule_says_a_word(code: str, snippet: Snippet) -> None:
    assert told(snippet) == set()
