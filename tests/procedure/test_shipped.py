"""Our own runbooks hold to what we ask of others."""

from __future__ import annotations

import pytest

from tocsin.edge.procedure_files import shipped_runbooks
from tocsin.procedure.read.single import read_plan

PAGES = shipped_runbooks()


def test_one_for_each_runbook_that_the_procedure_names() -> None:
    assert sorted(PAGES) == ["postgresql.md", "redis.md", "traefik.md"]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_shipped_runbook_has_nothing_but_parameters_to_fill(name: str) -> None:
    judged = read_plan(PAGES[name], "fr")
    assert {problem.code for problem in judged.problems} <= {"P304"}
    assert all(command.runnable for command in judged.commands)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_it_goes_from_symptom_to_proof_to_fix_to_check(name: str) -> None:
    steps = read_plan(PAGES[name], "fr").steps
    assert [step.text for step in steps if "." not in step.number] == [
        "Symptôme",
        "Preuve",
        "Correctif",
        "Vérification",
        "Retour arrière",
    ]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_proof_and_the_check_only_read(name: str) -> None:
    steps = read_plan(PAGES[name], "fr").steps
    reading = [c for step in steps if step.number.startswith(("2", "4")) for c in step.commands]
    assert reading
    assert {command.risk for command in reading} == {"R0"}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_fix_is_judged_and_none_is_a_mere_reading(name: str) -> None:
    steps = read_plan(PAGES[name], "fr").steps
    fixes = [command.risk for step in steps if step.number.startswith("3") for command in step.commands]
    assert fixes
    assert set(fixes) <= {"R1", "R2", "R3"}
