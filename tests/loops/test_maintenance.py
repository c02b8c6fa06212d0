"""Maintenance: announced, recorded, counted apart; nothing is hidden, nobody is called, and it always ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.house import NIGHT, SetClock, small_house
from tests.story import alert
from tocsin.incident.commands import ReceiveAlerts
from tocsin.incident.events import (
    MaintenanceEnded,
    MaintenanceLeft,
    MaintenancePlanned,
    MaintenanceStarted,
    PageRequested,
)
from tocsin.incident.refused import Refused
from tocsin.loops.house import House
from tocsin.loops.maintenance import MaintenanceClock, end, plan
from tocsin.loops.waker import Waker

HOUR = timedelta(hours=1)
REDIS = 'alertname=~"Redis.*"'


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(tmp_path: Path, clock: SetClock) -> Iterator[House]:
    with small_house(tmp_path, clock) as house:
        MaintenanceClock(house)
        house.look("house/maintenance")
        yield house


def waits(house: House, clock: SetClock, span: timedelta) -> None:
    finish = clock.at + span
    while (due := house.store.next_due(intents=False)) is not None and due <= finish:
        clock.at = max(clock.at, due)
        Waker(house).turn()
    clock.at = finish


def fires(house: House, name: str) -> int:
    told = alert(name, house.clock.now(), severity="critical")
    received = ReceiveAlerts(source=told.source, alerts=(told,), received_at=house.clock.now())
    return house.record(received).incidents[0].number


def pages(house: House, number: int, kind: str = "page") -> list[PageRequested]:
    events = (entry.event for entry in house.timeline(number))
    return [event for event in events if isinstance(event, PageRequested) and event.kind == kind]


def lines(house: House) -> list[type]:
    return [type(entry.event) for entry in house.store.load("house/maintenance")]


def test_what_a_window_covers_is_recorded_and_calls_nobody_until_it_ends(house, clock):
    plan(house, title="Redis 8", begins=None, ends=NIGHT + HOUR, matchers=REDIS, by="alice")
    number = fires(house, "RedisDown")
    assert house.incident(number).kind == "maintenance"
    waits(house, clock, HOUR - timedelta(seconds=1))
    assert pages(house, number) == []
    waits(house, clock, timedelta(seconds=1))
    told = house.incident(number)
    assert told.kind == "normal"
    assert told.respond_by == clock.at + told.assigned.respond_within
    assert pages(house, number)
    left = [entry.event for entry in house.timeline(number) if isinstance(entry.event, MaintenanceLeft)]
    assert len(left) == 1


def test_what_is_over_within_the_window_never_called_anybody(house, clock):
    plan(house, title="Redis 8", begins=None, ends=NIGHT + HOUR, matchers=REDIS, by="alice")
    number = fires(house, "RedisDown")
    (held,) = house.incident(number).alerts
    over = replace(held, status="cleared", ends_at=clock.at)
    house.record(ReceiveAlerts(source=held.source, alerts=(over,), received_at=clock.at))
    waits(house, clock, 2 * HOUR)
    assert (house.incident(number).status, house.incident(number).kind) == ("resolved", "maintenance")
    assert pages(house, number) == []


def test_what_no_matcher_covers_calls_as_ever(house, clock):
    plan(house, title="Redis 8", begins=None, ends=NIGHT + HOUR, matchers=REDIS, by="alice")
    number = fires(house, "SomethingElse")
    assert house.incident(number).kind == "normal"
    assert pages(house, number)


def test_a_window_is_announced_at_its_beginning_and_at_its_end(house, clock):
    plan(house, title="Redis 8", begins=NIGHT + HOUR, ends=NIGHT + 2 * HOUR, matchers=REDIS, by="alice")
    assert house.store.last_incident() == 0
    waits(house, clock, HOUR)
    assert lines(house) == [MaintenancePlanned, MaintenanceStarted]
    told = house.incident(1)
    assert (told.kind, told.title) == ("maintenance", "Maintenance: Redis 8, until 2026-11-24 04:00 UTC")
    began = len(pages(house, 1, "notice"))
    assert began >= 1
    waits(house, clock, HOUR)
    assert lines(house) == [MaintenancePlanned, MaintenanceStarted, MaintenanceEnded]
    assert len(pages(house, 1, "notice")) == 2 * began
    waits(house, clock, HOUR)
    assert house.incident(1).status == "resolved"
    assert pages(house, 1) == []


def test_a_person_ends_it_early_and_what_still_fires_calls(house, clock):
    window = plan(house, title="Redis 8", begins=None, ends=NIGHT + HOUR, matchers=REDIS, by="alice")
    number = fires(house, "RedisDown")
    end(house, window.window_id, "bob")
    assert lines(house) == [MaintenancePlanned, MaintenanceStarted, MaintenanceEnded]
    assert house.incident(number).kind == "normal"
    assert pages(house, number)
    with pytest.raises(Refused):
        end(house, window.window_id, "bob")


def test_it_survives_a_restart(house, clock):
    plan(house, title="Redis 8", begins=None, ends=NIGHT + HOUR, matchers=REDIS, by="alice")
    clock.passes(hours=2)
    MaintenanceClock(house)
    house.look("house/maintenance")
    assert lines(house) == [MaintenancePlanned, MaintenanceStarted, MaintenanceEnded]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"title": " "}, "title_needed"),
        ({"matchers": "all of it"}, "bad_matchers"),
        ({"ends": NIGHT}, "window_backwards"),
        ({"ends": NIGHT + timedelta(days=8)}, "window_too_long"),
    ],
)
def test_a_window_without_end_or_sense_is_refused(house, told, code):
    asked = {"title": "Redis 8", "begins": None, "ends": NIGHT + HOUR, "matchers": REDIS, "by": "alice"} | told
    with pytest.raises(Refused) as refused:
        plan(house, **asked)
    assert refused.value.code == code
    assert lines(house) == []
