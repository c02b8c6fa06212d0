"""
A real Alertmanager's own list beside what it delivered: what the webhook missed comes in, what is gone is over.

Its webhook points nowhere here, so everything that tocsin learns it learns from the list; where a delivery is needed
the test brings it itself, with the fingerprints that Alertmanager gave.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.e2e.alertmanager import Alertmanager
from tests.e2e.waiting import eventually
from tests.fakes.http_server import HttpServer
from tests.house import SetClock, small_house
from tocsin.edge.alert_lists import LARGEST, HttpAlertList, NotRead
from tocsin.edge.settings.model import SourceSettings
from tocsin.edge.settings.quantities import Secret, SecretAddress
from tocsin.edge.store.contract import NewBody
from tocsin.incident.events import REAL, HeartbeatExpected, SourceReachable, SourceUnreachable
from tocsin.loops.house import House
from tocsin.loops.reader import Reader
from tocsin.loops.reconcile import Reconciler

LOOP = asyncio.Runner()  # a client's connections belong to one loop
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def house(tmp_path: Path, clock: SetClock) -> Iterator[House]:
    with small_house(tmp_path / "house", clock) as house:
        yield house


@pytest.fixture
def prod(tmp_path: Path) -> Iterator[Alertmanager]:
    with Alertmanager(tmp_path / "am", NOWHERE, "none") as running:
        yield running


def listens(house: House, url: str, **told) -> Reconciler:
    settings = SourceSettings(url=SecretAddress(url), **told)
    house.settings = replace(house.settings, sources={"prod": settings})
    return Reconciler(house, "test", {"prod": HttpAlertList(settings)})


def look(reconciler: Reconciler, house: House) -> int:
    """One look at the list, and what the reader makes of it; gives how many bodies came."""
    LOOP.run(reconciler.look("prod"))
    bodies = len(house.store.waiting(10))
    Reader(house, "test").turn()
    return bodies


def listed(prod: Alertmanager) -> list[dict]:
    with urllib.request.urlopen(f"{prod.api}/api/v2/alerts", timeout=10) as answer:
        return json.load(answer)


def test_what_no_delivery_told_is_opened_once_it_is_late_and_only_once(house, clock, prod):
    prod.fires("alertname=RedisDown", "severity=critical", summary="Redis is down")
    reconciler = listens(house, prod.api)
    assert look(reconciler, house) == 0  # a delivery may still be on its way
    clock.passes(minutes=2)
    assert look(reconciler, house) == 1
    told = house.incident(1)
    assert [alert.name for alert in told.firing] == ["RedisDown"]
    assert told.firing[0].fingerprint == listed(prod)[0]["fingerprint"]
    assert look(reconciler, house) == 0
    house.store.sweep(clock.now(), clock.now())
    assert house.store.last_incident() == 1


def test_the_list_and_the_webhook_agree_on_who_an_alert_is(tmp_path, house, clock):
    with HttpServer() as receiver, Alertmanager(tmp_path / "am", receiver.url, "t") as prod:
        prod.fires("alertname=RedisDown", "severity=critical", "pod=é 1", summary="Redis is down")
        sent = eventually(lambda: receiver.requests, "the webhook is delivered")[0]
        content = sent[2]
        (delivered,) = json.loads(content)["alerts"]
        (here,) = listed(prod)
        assert delivered["fingerprint"] == here["fingerprint"]
        assert delivered["startsAt"].startswith(here["startsAt"].rstrip("Z"))  # nanoseconds there, milliseconds here
        clock.passes(minutes=5)
        assert look(listens(house, prod.api), house) == 1
        deliver(house, content)
        assert len(house.timeline(1)) == len(before := house.timeline(1))
        assert sum("Alerts" in type(entry.event).__name__ for entry in before) == 0
        assert look(listens(house, prod.api), house) == 0


def deliver(house: House, content: bytes) -> None:
    body = NewBody(
        source="prod",
        kind="alertmanager",
        world_id=REAL,
        received_at=house.clock.now(),
        digest="d",
        content=content,
        alerts=1,
    )
    house.store.keep(body).result(10)
    Reader(house, "test").turn()


def test_what_the_list_no_longer_holds_is_over_after_its_grace(house, clock, prod):
    prod.fires("alertname=RedisDown", summary="Redis is down")
    prod.fires("alertname=DiskFull", summary="The disk is full")
    clock.passes(minutes=6)  # Alertmanager is no longer young
    reconciler = listens(house, prod.api)
    look(reconciler, house)
    prod.resolves("alertname=RedisDown", summary="Redis is down")
    eventually(lambda: [a["labels"]["alertname"] for a in listed(prod)] == ["DiskFull"], "it is no longer listed")
    assert look(reconciler, house) == 0
    clock.passes(minutes=2)
    assert look(reconciler, house) == 0
    clock.passes(minutes=1)
    assert look(reconciler, house) == 1
    firing = {a.name for i in house.recorder.open_incidents() for a in i.firing}
    assert firing == {"DiskFull"}


def test_an_alertmanager_that_came_back_empty_ends_nothing(house, clock, prod):
    prod.fires("alertname=RedisDown", summary="Redis is down")
    clock.passes(minutes=6)
    reconciler = listens(house, prod.api)
    look(reconciler, house)
    prod.forgets_everything()
    clock.at = datetime.now(UTC)
    for _ in range(5):
        assert look(reconciler, house) == 0
        clock.passes(minutes=1)
    assert len(house.incident(1).firing) == 1
    for _ in range(6):
        clock.passes(minutes=1)
        look(reconciler, house)
    assert house.incident(1).firing == ()


def test_a_list_without_its_watchdog_ends_nothing(house, clock, prod):
    prod.fires("alertname=RedisDown", summary="Redis is down")
    clock.passes(minutes=6)
    reconciler = listens(house, prod.api)
    look(reconciler, house)
    house.note("house/watch", [HeartbeatExpected(at=clock.now(), name="Watchdog", source="prod")])
    prod.resolves("alertname=RedisDown", summary="Redis is down")
    eventually(lambda: listed(prod) == [], "it is no longer listed")
    for _ in range(10):
        clock.passes(minutes=1)
        assert look(reconciler, house) == 0
    prod.fires("alertname=Watchdog", summary="alive")
    for _ in range(5):
        look(reconciler, house)
        clock.passes(minutes=1)
    assert house.incident(1).firing == ()
    assert house.store.last_incident() == 1


def test_what_is_silenced_is_not_opened_and_not_ended(house, clock, prod):
    silence = {
        "matchers": [{"name": "alertname", "value": "RedisDown", "isRegex": False}],
        "startsAt": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "endsAt": f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        "createdBy": "test",
        "comment": "quiet",
    }
    request = urllib.request.Request(
        f"{prod.api}/api/v2/silences", json.dumps(silence).encode(), {"content-type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()
    prod.fires("alertname=RedisDown", summary="Redis is down")
    eventually(lambda: [a["status"]["state"] for a in listed(prod)] == ["suppressed"], "it is silenced")
    clock.passes(minutes=10)
    assert look(listens(house, prod.api), house) == 0


def test_what_is_delivered_to_others_stays_theirs(house, clock, prod):
    prod.fires("alertname=RedisDown", summary="Redis is down")
    clock.passes(minutes=10)
    assert look(listens(house, prod.api, receiver="the-other-team"), house) == 0
    assert look(listens(house, prod.api, receiver="tocsin"), house) == 1


def test_what_a_person_has_resolved_is_not_brought_back(house, clock, prod):
    from tocsin.incident.commands import Resolve

    prod.fires("alertname=RedisDown", "severity=critical", summary="Redis is down")
    clock.passes(minutes=2)
    reconciler = listens(house, prod.api)
    look(reconciler, house)
    house.record(Resolve(incident=1, by="alice"))
    assert look(reconciler, house) == 0
    assert house.store.last_incident() == 1


def test_a_list_that_cannot_be_read_is_told_after_five_minutes_and_once(house, clock):
    reconciler = listens(house, NOWHERE)
    for _ in range(10):
        look(reconciler, house)
        clock.passes(minutes=1)
    told = house.incident(1)
    assert (told.priority, told.title) == ("P2", "The list of alerts of prod cannot be read: connection refused")
    assert house.store.last_incident() == 1
    with HttpServer() as server:
        server.status = 200
        server.answers = {"/api/v2/status": b"{}", "/api/v2/alerts": b"[]"}
        look(listens(house, server.url), house)
    assert house.incident(1).firing == ()
    lines = [type(entry.event) for entry in house.store.load("house/watch")]
    assert lines[0] is SourceUnreachable
    assert SourceReachable not in lines  # another process told that it was gone


def test_the_list_is_bounded_and_what_is_no_list_is_said():
    async def read(url: str, **told) -> str:
        reading = HttpAlertList(SourceSettings(url=SecretAddress(url), **told))
        try:
            await reading.read()
        except NotRead as error:
            return str(error)
        finally:
            await reading.close()
        return ""

    with HttpServer() as server:
        server.status, server.answers = 200, {"/api/v2/status": b"{}", "/api/v2/alerts": b"[]"}
        assert asyncio.run(read(server.url, username="tocsin", password=Secret("s3cret"))) == ""
        assert server.requests[-1][1]["authorization"].startswith("Basic ")
        server.answers["/api/v2/alerts"] = b"<html>"
        assert asyncio.run(read(server.url)) == "the answer is no list of alerts"
        server.answers["/api/v2/alerts"] = b" " * (LARGEST + 1)
        assert asyncio.run(read(server.url)) == "the answer is larger than 32 MiB"
        server.status = 401
        assert asyncio.run(read(server.url)) == "HTTP 401"
        server.status, server.headers = 302, {"location": NOWHERE}
        assert asyncio.run(read(server.url)) == "HTTP 302"
        grafana = {"/api/alertmanager/grafana/api/v2/status": b"{}", "/api/alertmanager/grafana/api/v2/alerts": b"[]"}
        server.status, server.headers, server.answers = 200, {}, grafana
        assert asyncio.run(read(server.url, kind="grafana", token=Secret("glsa_x"))) == ""
        assert server.requests[-1][1]["authorization"] == "Bearer glsa_x"
