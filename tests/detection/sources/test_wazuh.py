"""Alerts of the shape of Wazuh 4's alerts.json and of Wazuh 5's index (tests/fixtures/wazuh)."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.detection.bounds import UNKNOWN_START
from tocsin.detection.sources.contract import Unreadable
from tocsin.detection.sources.wazuh import read
from tocsin.edge.procedure_files import shipped_catalogue
from tocsin.procedure.rule_index import rule_for
from tocsin.triage.catalogue import read_catalogue

BODIES = Path(__file__).parents[2] / "fixtures" / "wazuh"


def body(name: str) -> bytes:
    return (BODIES / name).read_bytes()


def brute_force(**changes: object) -> dict[str, object]:
    return json.loads(body("brute-force.json")) | changes


def one(**changes: object):
    (alert,) = read(json.dumps(brute_force(**changes)).encode(), "siem").alerts
    return alert


def test_an_alert_says_rule_groups_level_agent_and_address():
    alert = one()
    assert (alert.source, alert.name, alert.status) == ("siem", "Wazuh 5712", "firing")
    assert alert.starts_at == datetime(2026, 11, 24, 2, 15, 13, 117000, tzinfo=UTC)
    assert alert.summary == "sshd: brute force trying to get access to the system. (node-2, 203.0.113.9)"
    wanted = {
        "rule_id": "5712",
        "rule_groups": "syslog,sshd,authentication_failures",
        "level": "10",
        "mitre": "T1110",
        "agent": "node-2",
        "srcip": "203.0.113.9",
        "user": "root",
    }
    assert wanted.items() <= alert.labels.items()
    assert alert.annotations["wazuh_id"] == "1795486513.109656"
    assert alert.endless


def test_rule_agent_and_address_are_the_identity_and_no_text_is():
    first = one()
    same = one(id="1795486999.1", full_log="other words", timestamp="2026-11-24T02:25:13.117+0000")
    assert (same.fingerprint, same.group) == (first.fingerprint, first.group)
    for changes in (
        {"data": {"srcip": "203.0.113.10"}},
        {"agent": {"id": "003", "name": "node-3"}},
        {"rule": {"id": "5720", "level": 10}},
    ):
        assert one(**changes).fingerprint != first.fingerprint


def test_what_was_sent_twice_is_one_episode():
    assert one().episode == one().episode


def test_an_alert_without_an_address_is_one_too():
    (alert,) = read(body("file-changed.json")).alerts
    assert "srcip" not in alert.labels
    assert alert.labels["path"] == "/etc/passwd"
    assert alert.summary == "Integrity checksum changed. (wazuh-manager)"


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-24T03:46:27.816+0100", datetime(2026, 11, 24, 2, 46, 27, 816000, tzinfo=UTC)),
        ("2026-11-24T02:46:27Z", datetime(2026, 11, 24, 2, 46, 27, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 24, 2, 15, 13, tzinfo=UTC)),  # the seconds that its id begins with
        ("0001-01-01T00:00:00.000+0000", datetime(2026, 11, 24, 2, 15, 13, tzinfo=UTC)),
    ],
)
def test_the_instant_is_its_timestamp_else_its_id(told, at):
    assert one(timestamp=told).starts_at == at


def test_an_alert_without_any_instant_is_still_an_alert():
    assert one(timestamp=None, id="x").starts_at == UNKNOWN_START


def test_version_5_is_read_from_the_document_that_it_indexes():
    (alert,) = read(body("indexed-by-5.json")).alerts
    assert (alert.name, alert.severity) == ("Wazuh ssh-brute-force", "critical")
    assert alert.summary == "SSH brute force (node-2, 203.0.113.9)"
    assert {"level": "high", "rule_groups": "sshd", "agent": "node-2", "srcip": "203.0.113.9"}.items() <= (
        alert.labels.items()
    )
    bare = json.loads(body("indexed-by-5.json"))["_source"]
    assert read(json.dumps(bare).encode()).alerts[0].episode == alert.episode


@pytest.mark.parametrize(
    ("rule", "priority"),
    [
        ({"id": "40112", "level": 12}, "P1"),
        ({"id": "31106", "level": 6, "groups": ["web", "attack"]}, "P2"),  # a low level that means much
        ({"id": "5712", "level": 10}, "P4"),  # a high one that means little
        ({"id": "510", "level": 7, "groups": ["ossec", "rootcheck"]}, "P3"),
        ({"id": "100001", "level": 15}, "P1"),
        ({"id": "100002", "level": 13}, "P2"),
        ({"id": "100003", "level": 10}, "P3"),
        ({"id": "100004", "level": 9}, "P4"),
        ({"id": "x", "level": "high"}, "P2"),
        ({"id": "x", "level": "medium"}, "P3"),
        ({"id": "x", "level": "low"}, "P4"),
    ],
)
def test_rule_and_group_are_looked_at_before_the_level(rule, priority):
    told = one(rule=rule)
    found = rule_for(told.name, told.labels, read_catalogue(shipped_catalogue()))
    assert found is not None
    assert found.priority == priority


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"x", "not JSON"),
        (b"3", "neither a Wazuh alert nor a list"),
        (b"{}", "no rule with an id"),
        (b'[{"rule": 3}]', "no rule with an id"),
        (b"[3]", "it is not an object"),
    ],
)
def test_what_is_no_alert_is_unreadable_and_says_why(raw, why):
    with pytest.raises(Unreadable, match=why):
        read(raw)
