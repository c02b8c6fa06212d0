"""A scenario says which alerts trigger it, its priority and its runbook."""

from __future__ import annotations

import pytest

from tests.procedure.written import codes, document, read
from tocsin.procedure.matchers import named
from tocsin.procedure.model import Matcher, Procedure


def lines(*said: str) -> Procedure:
    return read(
        document("## Scénarios\n\n### Redis down\n\n" + "\n".join(said) + "\n\n```\n# 1. X\nkubectl get pods\n```\n")
    )


def test_in_french_as_lines_of_a_paragraph() -> None:
    procedure = lines(
        "Déclencheurs : RedisDown, RedisMissingMaster", "Priorité : P2", "Fiche : [PG](runbooks/postgresql.md)"
    )
    (scenario,) = procedure.scenarios
    assert codes(procedure.problems) == []
    assert (scenario.priority, scenario.runbook, scenario.notes) == ("P2", "postgresql", ())
    assert [rule.matchers for rule in scenario.triggers] == [named("RedisDown"), named("RedisMissingMaster")]
    assert {(r.scenario, r.priority, r.runbook) for r in scenario.triggers} == {("redis-down", "P2", "postgresql")}


def test_in_english_as_items_of_a_list() -> None:
    (scenario,) = lines('- **Triggers:** `RedisDown`, `severity="critical", job="redis"`', "- Priority: P1").scenarios
    assert scenario.priority == "P1"
    assert [rule.matchers for rule in scenario.triggers] == [
        named("RedisDown"), (Matcher("severity", "=", "critical"), Matcher("job", "=", "redis")),
    ]  # fmt: skip


def test_names_and_matchers_on_one_line() -> None:
    (scenario,) = lines('Déclencheurs : RedisDown, `job="redis"`, et `X` ou Y').scenarios
    expected = [named("RedisDown"), (Matcher("job", "=", "redis"),), named("X"), named("Y")]
    assert [rule.matchers for rule in scenario.triggers] == expected


def test_as_a_list_below_the_line() -> None:
    (scenario,) = lines("Déclencheurs :", "", "- RedisDown", "- `RedisMissingMaster`").scenarios
    assert [rule.matchers for rule in scenario.triggers] == [named("RedisDown"), named("RedisMissingMaster")]
    assert scenario.notes == ()


def test_as_comments_above_the_first_step() -> None:
    text = "## Scénarios\n\n### Redis down\n\n```\n# Déclencheurs : RedisDown\n# 1. X\nkubectl get pods\n```\n"
    (scenario,) = read(document(text)).scenarios
    assert [rule.matchers for rule in scenario.triggers] == [named("RedisDown")]
    assert [step.number for step in scenario.steps] == ["1"]


@pytest.mark.parametrize(
    "line",
    [
        "Priorité : élevée",
        "Priorité : P1 ou P2",
        "Déclencheurs : Redis*",
        "Déclencheurs : `Redis*`, `X`",
        "Déclencheurs : le `X` qui bat",
    ],
)
def test_what_is_not_understood_is_told(line: str) -> None:
    procedure = lines(line)
    assert codes(procedure.problems) == ["P122"]
    assert procedure.scenarios[0].triggers == ()
    assert procedure.scenarios[0].priority is None
