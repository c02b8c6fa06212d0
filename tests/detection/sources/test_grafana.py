"""Bodies of Grafana's webhook contact point (tests/fixtures/grafana, of the shape that it documents and sends)."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.detection.sources.contract import Unreadable
from tocsin.detection.sources.grafana import read

BODIES = Path(__file__).parents[2] / "fixtures" / "grafana"


def body(name: str) -> bytes:
    return (BODIES / name).read_bytes()


def one(**changes: object) -> bytes:
    alert = {"status": "firing", "labels": {"alertname": "A"}, "startsAt": "2026-11-24T02:00:00Z"} | changes
    return json.dumps({"version": "1", "alerts": [alert]}).encode()


def test_an_alert_keeps_what_the_rule_says_and_what_was_measured():
    alert, other = read(body("firing-with-panel.json"), "grafana").alerts
    assert (alert.source, alert.name, alert.status, alert.severity) == (
        "grafana",
        "Checkout error rate",
        "firing",
        "critical",
    )
    assert alert.fingerprint == "7d0c2e9b41f6a853"
    assert alert.starts_at == datetime(2026, 11, 24, 2, 10, 20, 283000, tzinfo=UTC)
    assert alert.summary == "More than 5 % of checkouts fail"
    assert alert.annotations["values"] == "A = 7.25, C = 1"
    assert alert.annotations["runbook_url"] == "https://wiki.example/checkout"
    assert alert.url == "https://grafana.example/alerting/grafana/aelq3k1/view?orgId=3"
    assert (other.status, other.doubt, other.dashboard) == ("cleared", "", "")


def test_the_link_leads_to_the_panel_at_the_time_of_the_alert():
    """Half an hour to each side; an address in which Grafana itself has put the time stays as it is."""
    alert = read(body("firing-with-panel.json")).alerts[0]
    shown = "https://grafana.example/d/shop-overview?orgId=3&viewPanel=4"
    assert alert.dashboard == f"{shown}&from=1795484420283&to=1795488020283"
    timed = "https://grafana.example/d/a?from=1&orgId=1&to=2"
    assert read(one(panelURL="", dashboardURL=timed)).alerts[0].dashboard == timed


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "data:text/html,x", 3, None, "http://["])
def test_what_is_no_web_address_is_no_link(address):
    (alert,) = read(one(panelURL=address, generatorURL=address)).alerts
    assert alert.dashboard == ""
    assert not alert.url.startswith(("javascript", "//", "data"))


def test_a_rule_without_data_says_that_and_not_what_nobody_has_seen():
    missing, failed = read(body("no-data.json")).alerts
    assert (missing.name, missing.summary) == ("DatasourceNoData", "Disk almost full: no data")
    assert missing.annotations["rule_summary"] == "A disk is almost full"
    assert (failed.name, failed.summary) == ("DatasourceError", "Load: the query failed")
    assert missing.group == failed.group == "grafana:datasource:prom-1"


def test_resolved_because_somebody_edited_the_rule_is_no_recovery():
    reading = read(body("rule-edited.json"))
    (alert,) = reading.alerts
    assert (alert.status, alert.doubt) == ("cleared", "Updated")
    assert alert.episode == read(body("firing-with-panel.json")).alerts[0].episode
    assert reading.left_out == 2


@pytest.mark.parametrize("reason", ["Paused", "RuleDeleted", "MissingSeries", "NoData", "Error", "NoData, KeepLast"])
def test_no_reason_that_grafana_gives_is_a_recovery(reason):
    (alert,) = read(one(status="resolved", annotations={"grafana_state_reason": reason})).alerts
    assert alert.doubt == reason


def test_a_reason_while_it_fires_doubts_nothing():
    (alert,) = read(one(annotations={"grafana_state_reason": "NoData"})).alerts
    assert alert.doubt == ""


def test_a_bad_alert_among_good_ones_is_put_aside():
    good = json.loads(body("firing-with-panel.json"))
    good["alerts"][1:] = [
        {"status": "pending", "labels": {"a": "b"}},
        {"status": "firing"},
        7,
        {"status": ["firing"], "labels": {"a": "b"}},
    ]
    reading = read(json.dumps(good).encode())
    assert len(reading.alerts) == 1
    assert reading.quarantined == (
        "alert 2: its status is neither firing nor resolved",
        "alert 3: it has no labels",
        "alert 4: it is not an object",
        "alert 5: its status is neither firing nor resolved",
    )


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"hello", "not JSON"),
        (b"{}", "no list of alerts"),
        (b'{"version":"4","alerts":[]}', 'not version "1"'),
        (b'{"version":"1","alerts":[{}]}', "no alert of the body"),
    ],
)
def test_what_is_no_webhook_body_is_unreadable_and_says_why(raw, why):
    with pytest.raises(Unreadable, match=why):
        read(raw)
