"""The chores: a disk that fills up is told while there is still room to tell it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.house import small_house
from tocsin.edge.settings.model import DiskSettings
from tocsin.edge.settings.quantities import Size
from tocsin.incident.events import DiskLow, DiskRecovered
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
