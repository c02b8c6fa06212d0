"""What ended proves its line: a real incident's for real, a drill's as rehearsed."""

from __future__ import annotations

from tests.web.conftest import clock, settings, stage  # noqa: F401  # the same house as the tests of the pages
from tests.web.stage import Stage
from tocsin.incident import events as e
from tocsin.incident.commands import Report
from tocsin.loops.house import House
from tocsin.loops.proof import Proofs
from tocsin.proof.book import Proof


def checks_end(played: Stage, world_id: str = e.REAL, exit_code: int = 0) -> None:
    """An incident's triage commands end."""
    number = played.house.record(Report(by="Alice", text="the site is slow", world_id=world_id)).incidents[0].number
    played.perform(number, exit_code)


def known(house: House) -> list[Proof]:
    return [proof for known in house.proofs.book().lines.values() for proof in known.values() if proof.by != "email"]


def test_a_triage_command_of_a_real_incident_ran_for_real(stage) -> None:  # noqa: F811
    checks_end(stage)
    found = known(stage.house)
    assert found
    assert {(proof.kind, proof.held, proof.incident) for proof in found} == {("ran", True, 1)}
    said = {standing.said for standing in stage.house.standings("en") if standing.rung == "ran"}
    assert any(one.endswith("ran for real just now: exit code 0") for one in said)


def test_that_of_a_practice_world_is_rehearsed(stage) -> None:  # noqa: F811
    checks_end(stage, "practice/1")
    assert {proof.kind for proof in known(stage.house)} == {"rehearsed"}


def test_one_that_fails_is_a_line_that_fails(stage) -> None:  # noqa: F811
    checks_end(stage, exit_code=2)
    assert {proof.held for proof in known(stage.house)} == {False}
    assert "failed for real just now: exit code 2" in {standing.said for standing in stage.house.standings("en")}


def test_a_search_that_finds_nothing_has_not_failed(stage) -> None:  # noqa: F811
    checks_end(stage, exit_code=1)
    searches = [
        standing
        for standing in stage.house.standings("en")
        if standing.line.command and standing.line.command.pipeline[-1][0] == "grep" and standing.rung == "ran"
    ]
    assert searches
    assert {standing.mark for standing in searches} & {"fails"} == set()


def test_the_same_outcome_within_the_hour_says_nothing_new(stage) -> None:  # noqa: F811
    checks_end(stage)
    lines = stage.house.store.last_seq("house/proof")
    checks_end(stage)
    assert stage.house.store.last_seq("house/proof") == lines > 0
    stage.clock.passes(hours=2)
    checks_end(stage)
    assert stage.house.store.last_seq("house/proof") > lines


def test_what_was_proved_is_still_known_to_another_who_opens_it(stage) -> None:  # noqa: F811
    checks_end(stage)
    house = stage.house
    again = Proofs(house.store, house.note, practice=False)
    assert again.book() == house.proofs.book()
