"""A sender that tells no end repeats what an incident that is over has held: that begins nothing anew."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.asgi import knock
from tests.house import NIGHT, SetClock, small_house
from tocsin.incident.commands import Resolve
from tocsin.incident.events import REAL
from tocsin.loops.reader import Reader
from tocsin.web.doors import doors

ALERT = json.loads((Path(__file__).parents[1] / "fixtures" / "wazuh" / "brute-force.json").read_text())


@pytest.fixture
def house(tmp_path):
    with small_house(tmp_path / "house", SetClock()) as house:
        yield house


@pytest.fixture
def seen(house):
    """Wazuh saw the same attack that long after the first time, and its script delivers it now."""
    token = house.accounts.new_source_token("siem", "wazuh", REAL, house.clock.now())[1]
    app, reader = doors(house), Reader(house, "test")

    def seen(after: timedelta = timedelta()) -> int:
        told = ALERT | {"timestamp": f"{NIGHT + after:%Y-%m-%dT%H:%M:%S}.000+0000", "id": str(after)}
        answer = knock(app, "POST", "/ingest/wazuh", json.dumps(told).encode(), {"authorization": f"Bearer {token}"})
        assert answer.status == 202
        reader.turn()
        return house.store.last_incident()

    return seen


def test_what_the_script_sends_again_after_the_end_opens_nothing(house, seen):
    assert seen() == 1
    house.record(Resolve(incident=1, by="Alice"))
    assert seen() == seen(timedelta(minutes=3)) == 1
    assert house.store.backlog() == 0


def test_what_comes_later_is_a_new_attack(house, seen):
    seen()
    house.record(Resolve(incident=1, by="Alice"))
    assert seen(timedelta(minutes=10)) == 2


def test_a_backlog_of_hours_is_told_although_it_is_old(house, seen):
    """tocsin was away; what happened meanwhile is not swallowed."""
    house.clock.passes(hours=3)
    assert seen(timedelta(hours=1)) == 1
    assert house.incident(1).firing
