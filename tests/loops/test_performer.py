"""What the performer does with a run that it finds: begins it once, and only while whoever asked for it still means it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.house import SetClock, small_house
from tocsin.edge.execution.contract import Ran
from tocsin.incident.commands import ApproveStep, Report, RunStep
from tocsin.incident.events import StepFinished, StepOutcomeUnknown
from tocsin.loops.hands import Hands
from tocsin.loops.house import House
from tocsin.loops.performer import BEGINS_WITHIN, TOO_LATE, WAS_CUT, Performer
from tocsin.resolution.steps import digest_of

COMMAND = (("hcloud", "server", "reboot", "node-2"),)
A_MOMENT = timedelta(seconds=1)


class Counting:
    """An executor that says what it was asked to run."""

    def __init__(self, clock: SetClock) -> None:
        self.ran: list[str] = []
        self._clock = clock

    async def run(self, run_id: str, pipeline: tuple[tuple[str, ...], ...], limit: timedelta) -> Ran:
        self.ran.append(run_id)
        return Ran(started_at=self._clock.now(), ended_at=self._clock.now(), exit_code=0, output="")


class Scene:
    """A house with one approved and started run that nobody has taken up."""

    def __init__(self, house: House, clock: SetClock) -> None:
        self.house, self.clock = house, clock
        self.executor = Counting(clock)
        hands = Hands(channels={}, executor=self.executor)
        self.performer = Performer(house, "test", lambda _: hands)
        house.record(Report(by="Alice", text="node-2 is dead"))
        digest = digest_of(COMMAND)
        house.record(ApproveStep(incident=1, by="Alice", digest=digest, pipeline=COMMAND))
        house.record(RunStep(incident=1, by="Alice", digest=digest, pipeline=COMMAND))

    def performs(self) -> None:
        asyncio.run(self.performer.idle())

    def events(self, kind: type) -> list:
        return [entry.event for entry in self.house.timeline(1) if isinstance(entry.event, kind)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    clock = SetClock()
    with small_house(tmp_path / "house", clock) as house:
        # The store counts leases by the machine's clock; the house's stands still beside it.
        clock.at = house.store.now()
        yield Scene(house, clock)


def test_a_run_begins_once(scene: Scene) -> None:
    scene.performs()
    scene.performs()
    assert scene.executor.ran == ["real.1.run.1"]
    assert [finished.exit_code for finished in scene.events(StepFinished)] == [0]


def test_a_run_that_nobody_took_up_for_a_long_time_is_not_begun_any_more(scene: Scene) -> None:
    scene.clock.at += BEGINS_WITHIN + A_MOMENT
    scene.performs()
    assert scene.executor.ran == []
    (finished,) = scene.events(StepFinished)
    assert (finished.exit_code, finished.why) == (None, TOO_LATE)


def test_a_run_that_somebody_took_up_and_left_is_of_unknown_outcome_however_late(scene: Scene) -> None:
    scene.house.store.claim("somebody who died", scene.house.store.now(), 16, timedelta(0))
    scene.performs()
    assert scene.executor.ran == []
    assert [unknown.why for unknown in scene.events(StepOutcomeUnknown)] == [WAS_CUT]
    assert scene.events(StepFinished) == []
