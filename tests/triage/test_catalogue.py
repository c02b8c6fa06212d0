"""tocsin's own table of alerts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tocsin.edge.procedure_files import shipped_catalogue
from tocsin.procedure.matchers import named, spelled
from tocsin.procedure.model import AlertRule
from tocsin.procedure.rule_index import rule_for
from tocsin.procedure.source import Source
from tocsin.procedure.texts import text_of
from tocsin.triage.catalogue import read_catalogue

NAMES = Path(__file__).parents[1] / "fixtures/alert-names.txt"
HEAD = "| Alert | Priority | Raised to | Scenario | Reason |\n|--|--|--|--|--|\n"
SCENARIOS = {
    "cp-down", "node-down", "pg-primary", "pg-degraded", "redis", "traefik", "ddos", "disk", "workload", "certs", "blind", "sec",
}  # fmt: skip


def catalogue(rows: str) -> tuple[AlertRule, ...]:
    return read_catalogue(text_of("catalogue.md", (HEAD + rows).encode()))


def ours(name: str) -> AlertRule:
    return next(rule for rule in read_catalogue(shipped_catalogue()) if spelled(rule.matchers) == name)


def test_a_row_says_priority_scenario_and_what_it_may_become() -> None:
    assert catalogue("| KubeNodeNotReady | P2 | P1 | node-down | a node |\n| X | P4 | - | disk | b |\n") == (
        AlertRule(
            matchers=named("KubeNodeNotReady"),
            priority="P2",
            raised="P1",
            scenario="node-down",
            reason="a node",
            source=Source("catalogue.md", 3, 3, 19),
        ),
        AlertRule(
            matchers=named("X"), priority="P4", scenario="disk", reason="b", source=Source("catalogue.md", 4, 3, 4)
        ),
    )


@pytest.mark.parametrize(
    "row",
    ["| X | P5 | - | disk | b |", "| X | P1 | high | disk | b |", "|  | P1 | - | disk | b |", "| X | | - | | b |"],
)
def test_a_row_that_cannot_be_read_is_told_with_its_place(row: str) -> None:
    with pytest.raises(ValueError, match=r"catalogue.md:3"):
        catalogue(row + "\n")


def test_an_alert_stands_there_once() -> None:
    with pytest.raises(ValueError, match="X stands there twice"):
        catalogue("| X | P1 | - | disk | b |\n| X | P2 | - | disk | b |\n")


def test_ours_names_each_alert_with_a_scenario_it_knows() -> None:
    rows = read_catalogue(shipped_catalogue())
    assert len(rows) > 300
    assert {row.scenario for row in rows if not row.ignored} == SCENARIOS
    assert all(row.reason for row in rows)
    assert all(row.raised is None or (row.priority and row.raised < row.priority) for row in rows)


@pytest.mark.parametrize(
    ("alert", "priority", "raised", "scenario"),
    [
        ("KubeNodeNotReady", "P2", "P1", "node-down"),
        ("KubeAPIDown", "P1", None, "cp-down"),
        ("PatroniHasNoLeader", "P1", None, "pg-primary"),
        ("TocsinPgChecksumFailures", "P1", None, "pg-degraded"),
        ("PostgresTablesNotVaccumed", "P4", None, "pg-degraded"),
        ("TocsinDisk70", "P4", None, "disk"),
        ("TocsinRedisHitRatioLow", "P3", None, "redis"),
        ("BlackboxProbeFailed", "P1", None, "traefik"),
        ("TraefikHighHttp4xxErrorRateService", "P3", "P2", "ddos"),
        ("AlertmanagerFailedToSendAlerts", "P2", None, "blind"),
    ],
)
def test_what_the_sender_calls_it_does_not_count(alert: str, priority: str, raised: str | None, scenario: str) -> None:
    row = ours(alert)
    assert (row.priority, row.raised, row.scenario) == (priority, raised, scenario)


def test_no_name_of_the_usual_collections_is_left_unclassified() -> None:
    names = {line for line in NAMES.read_text().splitlines() if line and not line.startswith("#")}
    assert len(names) > 300
    classified = {
        rule.matchers[0].value for rule in read_catalogue(shipped_catalogue()) if rule.matchers[0].label == "alertname"
    }
    assert sorted(names - classified) == []


def test_each_reason_is_one_line_of_its_own() -> None:
    """A reason that fits a dozen alerts says nothing of any."""
    counted = Counter(rule.reason for rule in read_catalogue(shipped_catalogue()))
    assert {reason: count for reason, count in counted.items() if count > 2} == {}
    assert all("\n" not in reason and len(reason) < 140 for reason in counted)


@pytest.mark.parametrize("name", ["Watchdog", "PrometheusAlertmanagerE2eDeadManSwitch"])
def test_what_always_fires_is_a_sign_of_life_and_no_alert(name: str) -> None:
    assert (ours(name).heartbeat, ours(name).priority) == (True, None)


def test_what_only_mutes_others_is_ignored() -> None:
    assert ours("InfoInhibitor").ignored


@pytest.mark.parametrize(
    ("labels", "priority"),
    [
        ({"rule_id": "40112", "level": "12"}, "P1"),  # many failures, then a success
        ({"rule_id": "31106", "level": "6"}, "P2"),  # a low level that means much
        ({"rule_id": "5712", "level": "10"}, "P4"),  # a high level that means little
        ({"rule_id": "506", "level": "3"}, "P2"),
        ({"rule_id": "100200", "level": "15"}, "P1"),
        ({"rule_id": "100200", "level": "13"}, "P2"),
        ({"rule_id": "100200", "level": "11"}, "P3"),
        ({"rule_id": "100200", "level": "5"}, "P4"),
        ({"rule_id": "510", "rule_groups": "ossec,rootcheck", "level": "7"}, "P3"),
    ],
)
def test_wazuh_is_judged_by_rule_and_group_before_level(labels: dict[str, str], priority: str) -> None:
    rule = rule_for(f"Wazuh {labels['rule_id']}", labels, read_catalogue(shipped_catalogue()))
    assert rule
    assert rule.priority == priority
