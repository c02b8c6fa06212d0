"""Three ways to say "I am alive", and what is none of them."""

import json
from datetime import UTC, datetime

import pytest

from tocsin.detection.sources.contract import Unreadable
from tocsin.detection.sources.heartbeat import read
from tocsin.incident.beat import Beat

STARTED = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


def watchdog(status: str = "firing", **labels: object) -> dict[str, object]:
    return {
        "status": status,
        "labels": {"alertname": "Watchdog", "severity": "none", **labels},
        "annotations": {"summary": "always fires"},
        "startsAt": "2026-11-24T01:02:03Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": "e1749c6a2f0e9b58",
    }


def webhook(*alerts: object) -> bytes:
    return json.dumps({"version": "4", "status": "firing", "receiver": "heartbeat", "alerts": list(alerts)}).encode()


def test_a_watchdog_is_a_beat_and_no_alert():
    reading = read(webhook(watchdog()), "prod")
    assert reading.beats == (Beat(source="prod", name="Watchdog", since=STARTED),)
    assert reading.alerts == []


def test_two_clusters_behind_one_token_are_two_senders():
    names = [beat.name for beat in read(webhook(watchdog(cluster="eu-1"), watchdog(cluster="eu-2"))).beats]
    assert names == ["Watchdog eu-1", "Watchdog eu-2"]


def test_a_resolved_watchdog_is_no_sign_of_life():
    reading = read(webhook(watchdog("resolved")))
    assert (reading.beats, reading.quarantined) == ((), ())


def test_a_bad_alert_among_good_ones_is_put_aside():
    reading = read(webhook(watchdog(), {"labels": 3}))
    assert len(reading.beats) == 1
    assert reading.quarantined == ("alert 2: it has no name",)
    with pytest.raises(Unreadable, match="no alert of the body"):
        read(webhook("x"))


def test_any_program_can_say_it_in_json():
    body = b'{"name": "backup", "sent_at": "2026-11-24T02:02:03+01:00", "sequence": 12}'
    assert read(body, "cron").beats == (Beat(source="cron", name="backup", sent_at=STARTED, sequence=12),)
    assert read(b"{}", "cron").beats == (Beat(source="cron", name="cron"),)


@pytest.mark.parametrize(("body", "name"), [(b"", "cron"), (b" \n", "cron"), (b"nightly backup\n", "nightly backup")])
def test_a_line_of_text_is_enough_and_nothing_too(body, name):
    assert read(body, "cron").beats == (Beat(source="cron", name=name),)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"two\nlines", "one short line"),
        (b"a" * 201, "one short line"),
        (b"bell\x07", "one short line"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"name": 3}', r"\$\.name"),
        (b'{"sequence": -1}', r"\$\.sequence"),
        (b'{"sequence": true}', r"\$\.sequence"),
        (b'{"sequence": 99999999999999999999}', r"\$\.sequence"),
        (b'{"sent_at": "yesterday"}', r"\$\.sent_at"),
        (b'{"sent_at": "0001-01-01T00:00:00Z"}', r"\$\.sent_at"),
        (b'{"sent_at": "9999-12-31T23:59:59Z"}', r"\$\.sent_at"),
    ],
)
def test_what_is_no_heartbeat_is_unreadable_and_says_why(body, why):
    with pytest.raises(Unreadable, match=why):
        read(body)
