"""The procedure that we ship holds to what `tocsin check` asks of any other, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.shipped.pages import LANGUAGES
from tocsin.edge.procedure_files import read_procedure_files, shipped_folder
from tocsin.edge.settings import load_settings
from tocsin.procedure.model import Procedure

SETTINGS = """\
public_url = "https://tocsin.example.org"

[channels.email]
host = "smtp.example.org"
from = "tocsin@example.org"
"""


@pytest.fixture(params=LANGUAGES)
def procedure(request: pytest.FixtureRequest, tmp_path: Path) -> Procedure:
    """As a team would have it: a folder of its own, mail set up."""
    shutil.copytree(shipped_folder(), tmp_path / "procedure")
    (tmp_path / "tocsin.toml").write_text(SETTINGS)
    settings = load_settings(tmp_path / "tocsin.toml", {})
    return read_procedure_files(tmp_path / "procedure" / request.param, settings)[0]


def test_no_error_no_warning_only_blanks_to_fill(procedure: Procedure) -> None:
    assert [str(p.source) + " " + p.code + " " + p.message for p in procedure.problems if p.severity != "info"] == []


def test_everything_that_is_written_was_understood(procedure: Procedure) -> None:
    assert len(procedure.scenarios) == 11
    assert len(procedure.runbooks) == 9
    assert all(book.found and book.steps for book in procedure.runbooks)
    assert [rule.priority for rule in procedure.priorities] == ["P1", "P2", "P3", "P4"]
    assert [rule.priority for rule in procedure.ladders] == ["P1", "P2", "P3", "P4"]
    assert len(procedure.rota) == 2
    assert len(procedure.obligations) == 6
    assert procedure.timezone == "Europe/Paris"
    assert procedure.postmortem
    assert procedure.postmortem.priorities == ("P1", "P2")


def test_every_scenario_has_triggers_steps_and_a_runbook_that_is_there(procedure: Procedure) -> None:
    slugs = {book.slug for book in procedure.runbooks}
    for scenario in procedure.scenarios:
        assert scenario.triggers, scenario.title
        assert scenario.steps, scenario.title
        assert scenario.runbook in slugs, scenario.title


def test_a_p2_at_night_calls_somebody(procedure: Procedure) -> None:
    ladder = next(rule for rule in procedure.ladders if rule.priority == "P2")
    assert ladder.rungs[0].on_call
    assert not ladder.rungs[0].notice
    at_night = {c.slug for c in procedure.team if c.availability.always or "P2" in c.availability.always_for}
    assert {shift.contact for shift in procedure.rota} <= at_night


def test_what_changes_something_says_its_risk_its_limit_its_proof_and_its_way_back(procedure: Procedure) -> None:
    plans = [*((s.slug, s.steps) for s in procedure.scenarios), *((b.slug, b.steps) for b in procedure.runbooks)]
    for plan, steps in plans:
        for step in steps:
            if any(command.risk != "R0" for command in step.commands):
                assert step.limit, f"{plan}/{step.number}: no time limit"
                looks = all("request-console" in c.text or "cordon" in c.text for c in step.commands)
                assert step.verify or looks, f"{plan}/{step.number}: nothing verifies it"
                assert step.undo or step.undo_text or looks, f"{plan}/{step.number}: no word on the way back"


def test_what_may_lose_data_says_what_must_hold_before(procedure: Procedure) -> None:
    plans = [*((s.slug, s.steps) for s in procedure.scenarios), *((b.slug, b.steps) for b in procedure.runbooks)]
    for plan, steps in plans:
        for step in steps:
            if any(command.risk == "R3" for command in step.commands):
                assert step.before or "poweroff" in step.commands[0].text, f"{plan}/{step.number}"


def test_every_command_can_run(procedure: Procedure) -> None:
    steps = [step for plan in (*procedure.scenarios, *procedure.runbooks) for step in plan.steps]
    commands = [*procedure.triage, *(command for step in steps for command in step.commands)]
    assert all(command.runnable for command in commands)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_the_same_where_it_stands_in_the_repository(language: str) -> None:
    folder = shipped_folder()
    here, _ = read_procedure_files(folder / language, load_settings(folder / "tocsin.toml", {}))
    assert here.errors == ()
