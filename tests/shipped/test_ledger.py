"""
Every command of the procedure was run against the real tool, or its page says "not run".

What was run is read from the tests themselves, which write each command out: their `run(…)` refuses what no page shows.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.shipped.pages import INSIDE, LANGUAGES, inside, shown, unnamed

HERE = Path(__file__).parent
# By program: how many different commands run in the suite or in the lab, and how many the pages mark as not run.
RUN = {
    "amtool": 5,
    "curl": 5,
    "df": 2,
    "hcloud": 20,
    "kubectl": 53,
    "patronictl": 7,
    "promtool": 3,
    "psql": 8,
    "redis-cli": 14,
}
NOT_RUN = {"cmctl": 1, "cscli": 3, "curl": 1, "ssh": 11}


def texts_of_the_tests() -> set[str]:
    """Every text that is written out in a test file."""
    found: set[str] = set()
    for file in sorted(HERE.glob("test_*.py")):
        if file.name != Path(__file__).name:
            found |= {_written(node) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.expr)}
    return found - {""}


def _written(node: ast.expr) -> str:
    """A literal text that a test could run."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_was_run_or_says_that_it_was_not(language: str) -> None:
    tested = {unnamed(text) for text in texts_of_the_tests()}
    for one in shown(language):
        if one.ran:
            where = f"{language}/{one.page}:{one.line}: {one.text}"
            assert unnamed(inside(one.text)) in tested, f"{where}: no test runs it, and the page does not say so"


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_many_were_run_and_how_many_were_not(language: str) -> None:
    """A command that one page marks and another test runs counts as run."""
    everything = list(shown(language))
    ran = {unnamed(inside(one.text)) for one in everything if one.ran}
    missed = {unnamed(inside(one.text)) for one in everything if not one.ran} - ran
    assert (counted(ran), counted(missed)) == (RUN, NOT_RUN)


def counted(texts: set[str]) -> dict[str, int]:
    return dict(sorted(Counter(text.split()[0] for text in texts).items()))


def test_both_languages_show_the_same_commands() -> None:
    french, english = ([(one.page, unnamed(one.text), one.ran) for one in shown(language)] for language in LANGUAGES)
    assert french == english


def test_something_inside_a_pod_is_asked_for_by_name_only() -> None:
    """A pod that is named for good may be the dead one."""
    for one in shown("en"):
        if one.text.startswith("kubectl exec"):
            assert INSIDE.fullmatch(one.text), one


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_gives_the_same_counts(language: str) -> None:
    page = (HERE.parents[1] / "docs" / language / "shipped-procedure.md").read_text()
    assert f"{sum(RUN.values())} " in page
    assert f" {sum(NOT_RUN.values())} " in page
    for program, count in NOT_RUN.items():
        assert f"| {program} | {count} |" in page
