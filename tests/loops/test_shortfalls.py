"""Alerts that cannot be used are a small incident of our own, one for each sender and not one for each alert."""

from __future__ import annotations

import json

import pytest

from tests.asgi import knock
from tests.house import SetClock, small_house
from tests.intake.conftest import body
from tocsin.edge.store.contract import Find
from tocsin.incident.commands import Look
from tocsin.incident.events import REAL
from tocsin.loops.reader import Reader
from tocsin.web.doors import doors


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(tmp_path, clock):
    with small_house(tmp_path / "house", clock) as house:
        yield house


@pytest.fixture
def sends(house):
    """Posts a group of alerts of which some are bad, and lets the loop read."""
    app, reader, tokens = doors(house), Reader(house, "test"), {}

    def sends(source: str = "prod", bad: int = 1, **more: object) -> None:
        if source not in tokens:
            tokens[source] = house.accounts.new_source_token(source, "alertmanager", REAL, house.clock.now())[1]
        whole = json.loads(body("node-firing.json")) | more
        whole["alerts"] += [{"labels": 3}] * bad
        headers = {"authorization": f"Bearer {tokens[source]}"}
        assert (
            knock(
                doors(house) if len(tokens) > 1 else app,
                "POST",
                "/ingest/alertmanager",
                json.dumps(whole).encode(),
                headers,
            ).status
            == 202
        )
        while reader.turn():
            pass

    return sends


def ours(house):
    rows = house.store.find(Find(limit=50))
    return [house.incident(row.number) for row in rows if house.incident(row.number).alerts[0].source == "tocsin"]


def test_it_is_a_p4_that_names_the_sender_and_the_flaw(house, sends):
    sends(bad=1)
    (incident,) = ours(house)
    assert (incident.priority, len(incident.alerts)) == ("P4", 1)
    assert incident.title == "Alerts of prod cannot be used: alert 2: Expected `object`, got `int` - at `$.labels`"


def test_many_bad_alerts_of_one_sender_are_one(house, sends, clock):
    for _ in range(4):
        sends(bad=50)
        clock.passes(minutes=1)
    (incident,) = ours(house)
    assert len(incident.alerts) == 1


def test_another_sender_is_told_beside_it(house, sends):
    sends("prod")
    sends("test")
    assert sorted(alert.labels["about"] for incident in ours(house) for alert in incident.alerts) == ["prod", "test"]


def test_what_the_sender_left_out_is_told_too(house, sends):
    sends(bad=0, truncatedAlerts=240)
    (incident,) = ours(house)
    assert "left out 240 alerts" in incident.title


def test_a_body_that_is_whole_tells_nothing(house, sends):
    sends(bad=0)
    assert ours(house) == []


def test_an_hour_without_one_ends_it(house, sends, clock):
    sends()
    number = ours(house)[0].number
    clock.passes(minutes=59)
    house.record(Look(incident=number))
    assert house.incident(number).firing
    clock.passes(minutes=1)
    house.record(Look(incident=number))
    assert not house.incident(number).firing
