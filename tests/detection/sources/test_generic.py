"""The small JSON of our own, for whoever is no sender that we know."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.detection.bounds import UNKNOWN_START
from tocsin.detection.sources.contract import Unreadable
from tocsin.detection.sources.generic import read


def one(**fields: object):
    (alert,) = read(json.dumps({"name": "BackupFailed"} | fields).encode(), "cron").alerts
    return alert


def test_a_name_is_enough():
    alert = one()
    assert (alert.source, alert.name, alert.status, alert.summary) == ("cron", "BackupFailed", "firing", "BackupFailed")
    assert alert.starts_at == UNKNOWN_START  # the reader of the inbox dates it


def test_every_field_has_its_place():
    alert = one(
        status="resolved",
        severity="critical",
        summary="No backup for a day",
        description="pg_dump ended with 1",
        labels={"host": "db-1", "try": 3, "dry": False, "why": None},
        starts_at="2026-11-24T03:00:00+01:00",
        ends_at="2026-11-24T02:30:00Z",
        quiet_after="90m",
        url="https://backup.example/7",
        dashboard="https://grafana.example/d/1",
        runbook="https://wiki.example/backup",
        group="backups",
    )
    assert (alert.status, alert.severity, alert.summary) == ("cleared", "critical", "No backup for a day")
    labels = {
        "alertname": "BackupFailed",
        "host": "db-1",
        "try": "3",
        "dry": "false",
        "why": "",
        "severity": "critical",
    }
    assert alert.labels == labels
    assert alert.starts_at == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert alert.ends_at == datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    assert alert.quiet_after == timedelta(minutes=90)
    assert (alert.url, alert.dashboard) == ("https://backup.example/7", "https://grafana.example/d/1")
    assert alert.annotations["runbook_url"] == "https://wiki.example/backup"
    assert alert.group == "json:backups"


def test_what_is_not_known_becomes_a_label_and_is_seen():
    alert = one(serverity="critical", retries=2, where={"rack": [1, 2]})
    assert alert.labels["serverity"] == "critical"
    assert alert.labels["retries"] == "2"
    assert alert.labels["where"] == '{"rack": [1, 2]}'


def test_an_id_is_the_identity_else_the_name_and_the_labels_are():
    assert one(id="7").fingerprint == one(id="7", labels={"host": "other"}, summary="other").fingerprint
    assert one(labels={"host": "a"}).fingerprint != one(labels={"host": "b"}).fingerprint
    assert one(summary="a").fingerprint == one(summary="b", status="resolved").fingerprint


def test_many_come_as_a_list_or_under_alerts():
    raw = [{"name": "A"}, {"name": "B"}]
    for told in (raw, {"alerts": raw}):
        assert [alert.name for alert in read(json.dumps(told).encode()).alerts] == ["A", "B"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil", "file:///etc/passwd"])
def test_only_web_addresses_are_links(address):
    alert = one(url=address, dashboard=address, runbook=address)
    assert (alert.url, alert.dashboard, alert.annotations.get("runbook_url", "")) == ("", "", "")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({}, "it has no `name`"),
        ({"name": " "}, "it has no `name`"),
        ({"name": 3}, "`name` is not a text"),
        ({"name": "A", "status": "ok"}, "its `status` is neither firing nor resolved"),
        ({"name": "A", "labels": ["x"]}, "`labels` is not an object"),
        ({"name": "A", "starts_at": 1700000000}, r"`starts_at` is not an instant (RFC 3339)"),
        ({"name": "A", "quiet_after": "soon"}, "`quiet_after` is not a span of time (15m)"),
        ([], "it is not an object"),
    ],
)
def test_a_field_of_a_wrong_kind_is_told_and_not_guessed_at(bad, why):
    reading = read(json.dumps([{"name": "good"}, bad]).encode())
    assert len(reading.alerts) == 1
    assert reading.quarantined == (f"alert 2: {why}",)
    with pytest.raises(Unreadable):
        read(json.dumps([bad]).encode())


@pytest.mark.parametrize(
    ("raw", "why"), [(b"", "not JSON"), (b"3", "neither an alert nor a list"), (b'"x"', "neither")]
)
def test_what_is_no_alert_is_unreadable_and_says_why(raw, why):
    with pytest.raises(Unreadable, match=why):
        read(raw)
