"""The chores: a disk that fills up is told while there is still room to tell it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.house import NIGHT, SetClock, small_house
from tocsin.edge.settings.model import DiskSettings
from tocsin.edge.settings.quantities import Size
from tocsin.incident.commands import Report
from tocsin.incident.events import DiskLow, DiskRecovered
from tocsin.loops.house import House
from tocsin.loops.watch import Watch


def test_a_disk_that_fills_up_is_one_incident_and_its_end_a_line(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        watch = Watch(house, tmp_path, None)
        house.settings = replace(house.settings, disk=DiskSettings(min_free=Size(1 << 62)))
        watch.turn()
        watch.turn()
        Watch(house, tmp_path, None).turn()  # tocsin started again meanwhile
        house.settings = replace(house.settings, disk=DiskSettings(min_free=Size(0)))
        watch.turn()

        told = house.incident(1)
        assert told is not None
        assert told.title.startswith("tocsin has only ")
        assert told.priority == "P3"
        assert house.incident(2) is None
        lines = [type(entry.event) for entry in house.store.load("house/watch")]
        assert lines == [DiskLow, DiskLow, DiskRecovered]


def test_a_disk_with_room_is_not_worth_a_word(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        house.settings = replace(house.settings, disk=DiskSettings(min_free=Size(0)))
        Watch(house, tmp_path, None).turn()
        assert house.store.load("house/watch") == []
        assert house.incident(1) is None


async def minutes(watch: Watch, house: House, count: int) -> None:
    """So many turns of the loop, each at its minute."""
    for _ in range(count):
        watch._look_ahead()
        await asyncio.sleep(0)
        house.clock.passes(minutes=1)


def test_the_look_ahead_is_taken_at_once_and_then_each_half_hour(tmp_path: Path) -> None:
    taken: list[datetime] = []
    with small_house(tmp_path, SetClock()) as house:

        async def look() -> Any:
            taken.append(house.clock.now())

        house.look_ahead = look
        asyncio.run(minutes(Watch(house, tmp_path, None), house, 61))
    assert [at - NIGHT for at in taken] == [timedelta(minutes=n) for n in (0, 30, 60)]


def test_a_grave_incident_puts_the_look_ahead_off_and_a_small_one_does_not(tmp_path: Path) -> None:
    taken: list[datetime] = []
    with small_house(tmp_path, SetClock()) as house:

        async def look() -> Any:
            taken.append(house.clock.now())

        house.look_ahead = look
        house.record(Report(by="Alice", text="the coffee machine is slow"))
        watch = Watch(house, tmp_path, None)
        asyncio.run(minutes(watch, house, 1))
        assert len(taken) == 1
        house.record(Report(by="Alice", text="nothing answers", everything_down=True))
        asyncio.run(minutes(watch, house, 40))
        assert len(taken) == 1


def test_a_look_ahead_that_fails_does_not_end_the_chores(tmp_path: Path) -> None:
    with small_house(tmp_path, SetClock()) as house:

        async def look() -> Any:
            raise RuntimeError

        house.look_ahead = look
        asyncio.run(minutes(Watch(house, tmp_path, None), house, 2))
