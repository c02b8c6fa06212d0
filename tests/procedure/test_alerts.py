"""A table of alerts says what each alert means: by name or by Alertmanager's own matchers, in French and English."""

from __future__ import annotations

import pytest

from tests.procedure.written import codes, document, read
from tocsin.procedure.matchers import named
from tocsin.procedure.model import AlertRule, Matcher, Procedure
from tocsin.procedure.source import Source

ENGLISH = "| Alert | Condition | Priority | Raised to | Scenario | Runbook | Reason |\n|--|--|--|--|--|--|--|\n"
FRENCH = "| Alerte | Condition | Priorité | Montée à | Scénario | Fiche réflexe | Raison |\n|--|--|--|--|--|--|--|\n"


def table(rows: str, head: str = ENGLISH) -> Procedure:
    return read(document(f"## What alerts mean\n\n{head}{rows}\n"))


def rule(rows: str, head: str = ENGLISH) -> AlertRule:
    procedure = table(rows, head)
    assert codes(procedure.problems) == []
    (found,) = procedure.alerts
    return found


@pytest.mark.parametrize("head", [ENGLISH, FRENCH])
def test_a_row_holds_all_that_is_said_of_an_alert(head: str) -> None:
    found = rule("| RedisDown | for 2 min | P2 | P1 | Redis down | [PG](runbooks/postgresql.md) | sessions |", head)
    assert found == AlertRule(
        matchers=named("RedisDown"),
        priority="P2",
        condition="for 2 min",
        scenario="redis-down",
        runbook="postgresql",
        reason="sessions",
        raised="P1",
        source=Source("incidents.md", found.source.line, 3, 12),
    )


@pytest.mark.parametrize(
    ("cell", "matchers"),
    [
        ("`KubeAPIDown`", named("KubeAPIDown")),
        ("High CPU on web", named("High CPU on web")),
        ('severity="critical"', (Matcher("severity", "=", "critical"),)),
        ('`{alertname=~"Pg.*", namespace!="test"}`', (Matcher("alertname", "=~", "Pg.*"), Matcher("namespace", "!=", "test"))),
        ('a=~".*x.*", b=~".*y.*"', (Matcher("a", "=~", ".*x.*"), Matcher("b", "=~", ".*y.*"))),
        ('alertname=~"A\\|B"', (Matcher("alertname", "=~", "A|B"),)),
    ],
)  # fmt: skip
def test_an_alert_is_a_name_or_matchers(cell: str, matchers: tuple[Matcher, ...]) -> None:
    assert rule(f"| {cell} |  | P3 | - | – |  |  |").matchers == matchers


def test_several_names_are_several_rules() -> None:
    found = table("| KubeNodeNotReady, KubeNodeUnreachable | | P2 | | Redis down | | |").alerts
    assert [one.matchers for one in found] == [named("KubeNodeNotReady"), named("KubeNodeUnreachable")]
    assert {(one.priority, one.scenario) for one in found} == {("P2", "redis-down")}


@pytest.mark.parametrize(
    ("word", "heartbeat", "ignored"),
    [("heartbeat", True, False), ("Signe de vie", True, False), ("ignored", False, True), ("Ignorée", False, True)],
)
def test_instead_of_a_priority_a_sign_of_life_or_nothing_at_all(word: str, heartbeat: bool, ignored: bool) -> None:
    found = rule(f"| Watchdog | | {word} | | | | always fires |")
    assert (found.priority, found.heartbeat, found.ignored) == (None, heartbeat, ignored)


def test_a_link_to_a_scenario_names_it_by_its_place() -> None:
    assert rule("| RedisDown | | | | [the cache](#redis-down) | | |").scenario == "redis-down"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("| Kube* | | P1 | | | | |", "P114"),
        ('| severity="critical" and more | | P1 | | | | |', "P114"),
        ('| alertname=~"(" | | P1 | | | | |', "P114"),
        ("|  | | P1 | | | | |", "P114"),
        ("| X | | urgent | | | | |", "P115"),
        ("| X | | P3 | high | | | |", "P115"),
        ("| X | when it burns | | | | | it burns |", "P116"),
    ],
)
def test_a_row_that_is_not_understood_is_told_and_not_applied(row: str, code: str) -> None:
    procedure = table(row)
    assert codes(procedure.problems) == [code]
    assert procedure.alerts == ()


def test_a_table_of_priorities_with_alerts_as_examples_is_none_of_alerts() -> None:
    head = "| Priority | Response time | Alerts |\n|--|--|--|\n"
    rows = "".join(f"| P{n} | {n} h | X |\n" for n in range(1, 5))
    procedure = read(document(f"## Priorities\n\n{head}{rows}"))
    assert procedure.alerts == ()
    assert len(procedure.priorities) == 4
