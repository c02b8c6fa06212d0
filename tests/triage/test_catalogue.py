"""tocsin's own table of alerts."""

from __future__ import annotations

import pytest

from tocsin.edge.procedure_files import shipped_catalogue
from tocsin.procedure.matchers import named, spelled
from tocsin.procedure.model import AlertRule
from tocsin.procedure.source import Source
from tocsin.procedure.texts import text_of
from tocsin.triage.catalogue import read_catalogue

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
    assert {row.scenario for row in rows} == SCENARIOS
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


def test_a_heartbeat_that_arrives_is_never_urgent() -> None:
    assert ours("Watchdog").priority == "P4"
