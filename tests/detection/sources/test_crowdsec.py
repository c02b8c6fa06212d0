"""Bodies that a real CrowdSec 1.4.6 sent by its http plugin (tests/fixtures/crowdsec; the machine's name was replaced)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.detection.sources.contract import Unreadable
from tocsin.detection.sources.crowdsec import duration, read

BODIES = Path(__file__).parents[2] / "fixtures" / "crowdsec"


def body(name: str) -> bytes:
    return (BODIES / name).read_bytes()


def one(**changes: object) -> bytes:
    return json.dumps([json.loads(body("by-hand.json"))[0] | changes]).encode()


def test_an_alert_says_what_was_seen_from_where_and_what_was_decided():
    alert, other = read(body("two-scenarios.json"), "lapi").alerts
    assert (alert.source, alert.name, alert.status) == ("lapi", "CrowdSec crowdsecurity/ssh-bf", "firing")
    assert alert.starts_at == datetime(2026, 11, 24, 0, 10, 0, 100000, tzinfo=UTC)
    assert alert.summary.startswith("Ip 198.51.100.23 performed 'crowdsecurity/ssh-bf' (6 events")
    wanted = {"scenario": "crowdsecurity/ssh-bf", "srcip": "198.51.100.23", "decision": "ban", "origin": "crowdsec"}
    assert wanted.items() <= alert.labels.items()
    assert alert.fingerprint != other.fingerprint


def test_it_is_over_when_its_decision_runs_out():
    (alert,) = read(body("by-hand.json")).alerts
    assert alert.endless
    assert alert.quiet_after == timedelta(hours=4)


def test_without_a_decision_silence_ends_it():
    (alert,) = read(one(decisions=None)).alerts
    assert alert.endless
    assert alert.quiet_after is None


def test_addresses_of_one_scenario_are_one_matter_and_each_is_an_alert_of_its_own():
    raw = json.loads(body("by-hand.json"))[0]
    other = raw | {"source": {"ip": "192.0.2.67", "scope": "Ip", "value": "192.0.2.67"}}
    first, second = read(json.dumps([raw, other]).encode()).alerts
    assert first.group == second.group
    assert first.fingerprint != second.fingerprint
    again = read(one(start_at="2026-11-24T01:00:00Z", message="other words")).alerts[0]
    assert again.fingerprint == first.fingerprint


@pytest.mark.parametrize(
    ("told", "length"),
    [
        ("4h", timedelta(hours=4)),
        ("3h59m58.5s", timedelta(hours=3, minutes=59, seconds=58.5)),
        ("1500ms", timedelta(seconds=1.5)),
        ("999999999h", timedelta(days=365)),
        ("-1m3s", None),
        ("0s", None),
        ("four hours", None),
        ("", None),
        (4, None),
        (None, None),
    ],
)
def test_a_duration_as_go_writes_it(told, length):
    assert duration(told) == length


def test_a_bad_alert_among_good_ones_is_put_aside():
    reading = read(json.dumps([*json.loads(body("by-hand.json")), {"scenario": ""}, "x"]).encode())
    assert len(reading.alerts) == 1
    assert reading.quarantined == ("alert 2: it has no scenario", "alert 3: it is not an object")


@pytest.mark.parametrize(("raw", "why"), [(b"x", "not JSON"), (b"3", "no list of alerts"), (b"[{}]", "no scenario")])
def test_what_is_no_notification_is_unreadable_and_says_why(raw, why):
    with pytest.raises(Unreadable, match=why):
        read(raw)
