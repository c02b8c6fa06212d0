"""tocsin's own table of alerts."""

from __future__ import annotations

import re

import pytest

from tocsin.edge.procedure_files import shipped_catalogue
from tocsin.procedure.texts import text_of
from tocsin.triage.catalogue import read_catalogue
from tocsin.world import CatalogueRow

HEAD = "| Alert | Priority | Raised to | Scenario | Reason |\n|--|--|--|--|--|\n"
SCENARIOS = {
    "cp-down", "node-down", "pg-primary", "pg-degraded", "redis", "traefik", "ddos", "disk", "workload", "certs", "blind",
}  # fmt: skip


def catalogue(rows: str) -> dict[str, CatalogueRow]:
    return read_catalogue(text_of("catalogue.md", (HEAD + rows).encode()))


def test_a_row_says_priority_scenario_and_what_it_may_become() -> None:
    assert catalogue("| KubeNodeNotReady | P2 | P1 | node-down | a node |\n| X | P4 | - | disk | b |\n") == {
        "KubeNodeNotReady": CatalogueRow(
            alert="KubeNodeNotReady", priority="P2", raised="P1", scenario="node-down", reason="a node"
        ),
        "X": CatalogueRow(alert="X", priority="P4", scenario="disk", reason="b"),
    }


@pytest.mark.parametrize(
    "row",
    ["| X | P5 | - | disk | b |", "| X | P1 | high | disk | b |", "|  | P1 | - | disk | b |", "| X | P1 | - | | b |"],
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
    assert {row.scenario for row in rows.values()} == SCENARIOS
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", name) and row.reason for name, row in rows.items())
    assert all(row.raised is None or row.raised < row.priority for row in rows.values())


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
    row = read_catalogue(shipped_catalogue())[alert]
    assert (row.priority, row.raised, row.scenario) == (priority, raised, scenario)


def test_a_heartbeat_that_arrives_is_never_urgent() -> None:
    assert read_catalogue(shipped_catalogue())["Watchdog"].priority == "P4"
