"""A look ahead is kept: what is new is written down, and what no longer holds is one P4 that ends by itself."""

from __future__ import annotations

import asyncio

import pytest

from tests.house import NIGHT, SetClock, small_house
from tocsin.cluster.inventory import Inventory, Machine
from tocsin.edge.store.contract import Unavailable
from tocsin.incident.events import DriftEnded, DriftSeen, LineProved, PreflightTaken
from tocsin.loops.house import House
from tocsin.loops.lookahead import LookAhead
from tocsin.proof.book import STREAM
from tocsin.proof.lines import acting_lines
from tocsin.proof.look import Found, Look

NODES = Inventory(machines=(Machine(node="node-2", server="node-2", server_id="7"),), seen_at={"hetzner": NIGHT})


class Sight:
    """Gives the look that the test wants: the commands of `gone` name what is not there."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.gone: set[str] = set()
        self.silent: dict[str, str] = {}

    async def look(self, procedure, texts) -> Look:
        lines = [one for one in acting_lines(procedure) if one.command is not None]
        asked = () if self.silent else tuple(self._found(line) for line in lines)
        inventory = Inventory() if self.silent else NODES
        return Look(
            at=self.house.clock.now(),
            inventory=inventory,
            found=asked,
            answered=() if self.silent else ("hetzner",),
            silent=tuple(self.silent),
            why=self.silent,
        )

    def _found(self, line) -> Found:
        if line.text in self.gone:
            values = {"name": "node-2", "known": "node-1"}
            return Found(line=line, kind="bound", held=False, by="hetzner", code="P601", values=values)
        return Found(line=line, kind="bound", held=True, by="hetzner")


def kinds(house: House) -> list[type]:
    return [type(entry.event) for entry in house.store.load(STREAM)]


def ahead(house: House) -> tuple[LookAhead, Sight, str]:
    sight = Sight(house)
    command = next(one.text for one in acting_lines(house.procedure()) if one.command is not None)
    return LookAhead(house, sight), sight, command  # type: ignore[arg-type]


def take(look_ahead: LookAhead) -> None:
    asyncio.run(look_ahead.take())


def test_only_what_is_new_is_written_down(tmp_path) -> None:
    with small_house(tmp_path, SetClock()) as house:
        look_ahead, _, _ = ahead(house)
        take(look_ahead)
        first = kinds(house)
        assert set(first) == {LineProved, PreflightTaken}
        house.clock.passes(minutes=30)
        take(look_ahead)
        assert kinds(house) == first
        house.clock.passes(days=1)
        take(look_ahead)
        assert kinds(house) == [*first, PreflightTaken], "the day's look makes the bindings young again"


def test_what_it_bound_is_kept_for_the_hour_when_nobody_answers(tmp_path) -> None:
    with small_house(tmp_path, SetClock()) as house:
        look_ahead, sight, _ = ahead(house)
        take(look_ahead)
        sight.silent = {"hetzner": "no answer within 8 s"}
        house.clock.passes(hours=1)
        take(look_ahead)
        machine = house.proofs.inventory().node("node-2")
        assert machine is not None
        assert machine.server_id == "7"
        assert house.recorder.open_incidents() == []
    with small_house(tmp_path) as again:
        assert again.proofs.inventory().node("node-2") == machine


def test_what_no_longer_holds_opens_one_p4_and_says_which_line(tmp_path) -> None:
    with small_house(tmp_path, SetClock()) as house:
        look_ahead, sight, command = ahead(house)
        take(look_ahead)
        sight.gone = {command}
        for _ in range(3):
            house.clock.passes(minutes=30)
            take(look_ahead)
        (incident,) = house.recorder.open_incidents()
        assert incident.priority == "P4"
        assert "Hetzner has no server node-2" in incident.title
        drift = [entry.event for entry in house.store.load(STREAM) if isinstance(entry.event, DriftSeen)]
        assert len(drift) == 1


def test_it_ends_once_all_holds_again_and_silence_does_not_end_it(tmp_path) -> None:
    with small_house(tmp_path, SetClock()) as house:
        look_ahead, sight, command = ahead(house)
        take(look_ahead)
        sight.gone = {command}
        take(look_ahead)
        sight.silent = {"hetzner": "connection refused"}
        take(look_ahead)
        assert DriftEnded not in kinds(house)
        sight.silent, sight.gone = {}, set()
        take(look_ahead)
        assert kinds(house)[-1] is DriftEnded
        assert house.incident(1).firing == ()  # type: ignore[union-attr]


def test_a_crash_between_the_alarms_end_and_its_line_leaves_nothing_firing(tmp_path, monkeypatch) -> None:
    with small_house(tmp_path, SetClock()) as house:
        look_ahead, sight, command = ahead(house)
        take(look_ahead)
        sight.gone = {command}
        take(look_ahead)
        sight.gone = set()

        def crashes(stream, events) -> None:
            if any(isinstance(event, DriftEnded) for event in events):
                raise Unavailable("gone")
            house.recorder.note(stream, events)

        with monkeypatch.context() as broken:
            broken.setattr(house, "note", crashes)
            with pytest.raises(Unavailable):
                take(look_ahead)
        assert house.incident(1).firing == ()  # type: ignore[union-attr]
        assert DriftEnded not in kinds(house)
        before = len(house.timeline(1))
        take(look_ahead)
        assert kinds(house)[-1] is DriftEnded
        assert len(house.timeline(1)) == before, "ending it again changes nothing"


def test_what_was_wrong_from_the_first_look_on_is_no_drift(tmp_path) -> None:
    with small_house(tmp_path, SetClock()) as house:
        look_ahead, sight, command = ahead(house)
        sight.gone = {command}
        take(look_ahead)
        assert house.recorder.open_incidents() == []
        assert any(one.mark == "fails" for one in house.standings("en"))
