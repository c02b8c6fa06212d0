"""The dead man's switch of a whole house: what is heard, what is not, and what people are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.house import NIGHT, SetClock, small_house
from tocsin.edge.settings.model import HeartbeatSettings
from tocsin.edge.store.contract import NewBody
from tocsin.incident.events import (
    REAL,
    HeartbeatExpected,
    HeartbeatForgotten,
    HeartbeatMissing,
    HeartbeatReturned,
    PageRequested,
)
from tocsin.incident.refused import Refused
from tocsin.loops.heartbeats import DeadMansSwitch, forget
from tocsin.loops.house import House
from tocsin.loops.reader import Reader
from tocsin.loops.waker import Waker

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(tmp_path: Path, clock: SetClock) -> Iterator[House]:
    with small_house(tmp_path, clock) as house:
        DeadMansSwitch(house)
        house.look("house/watch")
        yield house


def beats(house: House, content: bytes = b"Watchdog") -> None:
    body = NewBody(
        source="prod",
        kind="heartbeat",
        world_id=REAL,
        received_at=house.clock.now(),
        digest="d",
        content=content,
        alerts=0,
    )
    house.store.keep(body).result(10)
    Reader(house, "test").turn()
    house.look("house/watch")


def waits(house: House, clock: SetClock, span: timedelta) -> None:
    """Time passes; the clocks ring when they are due and never otherwise."""
    end = clock.at + span
    while (due := house.store.next_due(intents=False)) is not None and due <= end:
        clock.at = max(clock.at, due)
        Waker(house).turn()
    clock.at = end


def lines(house: House) -> list[type]:
    return [type(entry.event) for entry in house.store.load("house/watch")]


def test_a_watchdog_that_falls_silent_is_a_p1_after_three_minutes(house, clock):
    for _ in range(10):
        beats(house)
        waits(house, clock, MINUTE)
    assert lines(house) == [HeartbeatExpected]
    waits(house, clock, 2 * MINUTE - timedelta(seconds=1))
    assert house.store.last_incident() == 0
    waits(house, clock, timedelta(seconds=1))
    told = house.incident(1)
    assert (told.priority, told.title) == (
        "P1",
        "Monitoring is blind: no heartbeat Watchdog from prod for more than 3 min",
    )
    assert lines(house) == [HeartbeatExpected, HeartbeatMissing]
    assert any(isinstance(entry.event, PageRequested) for entry in house.timeline(1))
    waits(house, clock, timedelta(hours=1))
    assert house.store.last_incident() == 1


def test_it_ends_by_itself_when_the_beats_return_and_may_begin_again(house, clock):
    beats(house)
    waits(house, clock, 4 * MINUTE)
    assert house.world().blind_since == NIGHT
    beats(house)
    assert house.world().blind_since is None
    assert house.world().sighted_at == clock.at
    for _ in range(6):
        waits(house, clock, MINUTE)
        beats(house)
    assert house.incident(1).status == "resolved"
    waits(house, clock, 4 * MINUTE)
    assert lines(house) == [HeartbeatExpected, HeartbeatMissing, HeartbeatReturned, HeartbeatMissing]
    assert house.incident(2).priority == "P1"


def test_our_own_downtime_does_not_cry_wolf_but_only_for_three_minutes(house, clock):
    beats(house)
    clock.passes(hours=8)  # nobody is here
    DeadMansSwitch(house)
    house.look("house/watch")
    assert house.store.last_incident() == 0
    waits(house, clock, 3 * MINUTE)
    assert house.incident(1).priority == "P1"


def test_the_silence_outlives_a_restart_and_opens_nothing_twice(house, clock):
    beats(house)
    waits(house, clock, 5 * MINUTE)
    DeadMansSwitch(house)
    house.look("house/watch")
    waits(house, clock, timedelta(hours=1))
    assert house.store.last_incident() == 1
    beats(house)
    assert house.world().blind_since is None


def test_a_declared_heartbeat_is_missed_without_ever_having_come(tmp_path, clock):
    with small_house(tmp_path, clock) as house:
        house.settings = replace(house.settings, heartbeats=HeartbeatSettings(expected=("prod/Watchdog",)))
        DeadMansSwitch(house)
        house.look("house/watch")
        waits(house, clock, 3 * MINUTE)
        assert "Watchdog from prod" in house.incident(1).title


def test_a_person_forgets_a_heartbeat_until_it_beats_again(house, clock):
    beats(house)
    waits(house, clock, 5 * MINUTE)
    forget(house, "prod", "Watchdog", "alice")
    assert lines(house)[-1] is HeartbeatForgotten
    assert house.incident(1).firing == ()
    waits(house, clock, timedelta(hours=1))
    assert house.store.last_incident() == 1
    with pytest.raises(Refused):
        forget(house, "prod", "Watchdog", "alice")
    beats(house)
    assert lines(house)[-1] is HeartbeatExpected


def test_a_replayed_beat_does_not_bring_sight_back(house, clock):
    recorded = b'{"name": "job", "sent_at": "%s"}' % clock.at.isoformat().encode()
    beats(house, recorded)
    waits(house, clock, 4 * MINUTE)
    assert house.world().blind_since == NIGHT
    beats(house, recorded)
    assert house.world().blind_since == NIGHT


def test_what_an_alertmanager_resolves_while_it_is_silent_is_doubted(house, clock):
    import json

    from tests.e2e.bodies import alert as sent
    from tests.e2e.bodies import body as of

    def posts(*alerts):
        content = json.dumps(of(*alerts)).encode()
        new = NewBody(
            source="prod", kind="alertmanager", world_id=REAL, received_at=clock.at, digest="x", content=content, alerts=1
        )  # fmt: skip
        house.store.keep(new).result(10)
        Reader(house, "test").turn()

    began = clock.at
    posts(sent("RedisDown", began))
    posts(sent("Watchdog", began))
    house.look("house/watch")
    waits(house, clock, timedelta(seconds=100))
    posts(sent("RedisDown", began, ends_at=clock.at.isoformat()), sent("Watchdog", began, ends_at=clock.at.isoformat()))
    assert house.incident(1).firing == ()
    waits(house, clock, timedelta(seconds=80))
    assert [alert.name for alert in house.incident(1).firing] == ["RedisDown"]
    assert house.incident(2).title.startswith("Monitoring is blind")
    waits(house, clock, timedelta(hours=2))
    assert house.incident(1).is_open
