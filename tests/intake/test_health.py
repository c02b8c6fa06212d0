"""What an orchestrator and Prometheus see."""

from datetime import timedelta

import pytest

from tests.asgi import knock
from tests.house import SetClock, small_house
from tests.story import alert
from tocsin.edge.clock import FastClock
from tocsin.edge.store.contract import Unavailable
from tocsin.incident import events as e
from tocsin.incident.commands import ReceiveAlerts, Report, TellResult
from tocsin.incident.intents import open_intents
from tocsin.loops.house import House
from tocsin.loops.maintenance import plan
from tocsin.web.doors import doors


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def house(tmp_path, clock):
    with small_house(tmp_path / "house", clock) as house:
        yield house


@pytest.fixture
def app(house):
    return doors(house)


def turn_all(house: House) -> None:
    for loop in ("reader", "waker", "performer", "watch"):
        house.turn(loop)


def metrics(app) -> dict[str, float]:
    text = knock(app, "GET", "/metrics").body.decode()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    }


def test_what_lies_in_maintenance_is_counted_apart(house, app, clock):
    plan(house, title="x", begins=None, ends=clock.at + timedelta(hours=1), matchers="alertname=Disk", by="alice")
    for name in ("Disk", "Other"):
        told = alert(name, clock.at)
        house.record(ReceiveAlerts(source=told.source, alerts=(told,), received_at=clock.at))
    seen = metrics(app)
    assert seen["tocsin_incidents_in_maintenance"] == 1
    assert sum(value for name, value in seen.items() if name.startswith("tocsin_incidents_open")) == 1


def test_it_is_well_while_the_loops_turn(house, app):
    turn_all(house)
    assert knock(app, "GET", "/healthz").json == {"ok": True, "troubles": []}
    assert knock(app, "GET", "/readyz").status == 200


def test_nobody_is_sent_here_before_every_loop_has_turned(house, app):
    house.turn("reader")
    assert knock(app, "GET", "/healthz").status == 200
    answer = knock(app, "GET", "/readyz")
    assert (answer.status, answer.json["troubles"]) == (503, ["loop performer", "loop waker"])


def test_a_loop_that_stands_still_turns_it_red(house, app, clock):
    turn_all(house)
    clock.passes(seconds=179)
    assert knock(app, "GET", "/healthz").status == 200
    clock.passes(seconds=2)
    house.turn("reader")
    answer = knock(app, "GET", "/healthz")
    assert (answer.status, answer.json["troubles"]) == (503, ["loop performer", "loop waker", "loop watch"])


def test_a_fast_practice_clock_is_no_trouble(tmp_path):
    with small_house(tmp_path / "practice", FastClock(3600, SetClock().now())) as house:
        app = doors(house)
        turn_all(house)
        assert knock(app, "GET", "/healthz").status == 200


def test_a_store_that_cannot_write_turns_it_red_without_telling_strangers_why(house, app):
    turn_all(house)

    class Broken:
        def __init__(self, store):
            self._store = store

        def __getattr__(self, name):
            return getattr(self._store, name)

        def healthy(self):
            return "disk full: /var/lib/tocsin"

        def backlog(self):
            raise Unavailable("disk full: /var/lib/tocsin")

    house.store = Broken(house.store)
    answer = knock(app, "GET", "/healthz")
    assert (answer.status, answer.json["troubles"]) == (503, ["store"])
    assert b"/var/lib" not in answer.body
    seen = metrics(app)
    assert "tocsin_backlog" not in seen  # left out, never 0
    assert 'tocsin_loop_age_seconds{loop="reader"}' in seen


def test_metrics_tell_the_backlog_the_open_incidents_and_the_loops(house, app, clock):
    turn_all(house)
    clock.passes(seconds=7)
    house.record(Report(by="Alice", text="Cluster down"))
    house.record(Report(by="Alice", text="Something odd", everything_down=True))
    seen = metrics(app)
    assert seen["tocsin_backlog"] == 0
    assert sum(count for name, count in seen.items() if name.startswith("tocsin_incidents_open")) == 2
    assert seen['tocsin_incidents_open{priority="P1"}'] >= 1
    assert seen['tocsin_loop_age_seconds{loop="waker"}'] == 7


def test_pages_are_counted_from_the_timelines(house, app):
    recorded = house.record(Report(by="Alice", text="Everything is down", everything_down=True))
    before = metrics(app)
    pages = [intent for intent in open_intents(recorded.incidents[0]) if intent.kind == "page"]
    assert pages
    for intent in pages:
        outcome = e.PageSent(at=house.clock.now(), page_id=intent.intent_id)
        house.record(TellResult(incident=1, outcome=outcome))
    after = metrics(app)
    sent = 'tocsin_pages_total{outcome="sent"}'
    assert after[sent] - before[sent] == len(pages)
    assert after['tocsin_pages_total{outcome="failed"}'] == 0


def test_no_label_comes_from_a_stranger(house, app):
    for name in ("a", "b", "c"):
        knock(app, "POST", f"/ingest/{name}", b"", {"authorization": f"Bearer {name}"})
    assert {line for line in metrics(app) if line.startswith("tocsin_bodies_total")} == {
        'tocsin_bodies_total{source="",verdict="unauthorized"}'
    }
