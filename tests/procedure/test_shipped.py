"""Our own runbooks hold to what we ask of others, in both languages."""

from __future__ import annotations

import re

import pytest

from tocsin.edge.procedure_files import shipped_runbooks
from tocsin.lexicon import Language
from tocsin.procedure.model import Command
from tocsin.procedure.read.single import read_plan

PAGES = shipped_runbooks()


def language_of(name: str) -> Language:
    return "fr" if name.startswith("fr/") else "en"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_shipped_runbook_has_nothing_but_parameters_to_fill(name: str) -> None:
    judged = read_plan(PAGES[name], language_of(name))
    assert {problem.code for problem in judged.problems} <= {"P304"}
    assert all(command.runnable for command in judged.commands)


def test_both_languages_have_the_same_pages() -> None:
    french, english = (sorted(n[3:] for n in PAGES if n.startswith(f"{language}/")) for language in ("fr", "en"))
    assert french == english


@pytest.mark.parametrize("name", sorted(name[3:] for name in PAGES if name.startswith("fr/")))
def test_both_languages_run_the_same_commands(name: str) -> None:
    """Only the names of what is to be filled in differ."""
    french, english = (
        [re.sub(r"<[^>]+>|\b(evidence|preuve)-", "<>", command.text) for command in commands_of(f"{language}/{name}")]
        for language in ("fr", "en")
    )
    assert french == english
    assert french


def commands_of(name: str) -> list[Command]:
    """Every command of a page: those of its steps, and those that prove or undo them."""
    found: list[Command] = []
    for step in read_plan(PAGES[name], language_of(name)).steps:
        proofs = [command for proof in (*step.before, *step.verify) for command in proof.commands]
        found += [*step.commands, *proofs, *step.undo]
    return found
