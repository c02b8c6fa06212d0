"""What is wrong between the rows of a table of alerts, and with what they lead to."""

from __future__ import annotations

import pytest

from tests.procedure.written import document, read
from tocsin.procedure.check import check
from tocsin.procedure.problems import Problem

BOUND = {"admin-infra": ("email",)}


def found(*rows: str, scenario: str = "") -> list[Problem]:
    table = "## Alertes\n\n| Alerte | Priorité | Scénario | Fiche |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    return [one for one in check(read(document(table + scenario)), BOUND) if one.code in ("P130", "P131", "P132")]


@pytest.mark.parametrize(
    ("earlier", "later", "hidden"),
    [
        ("RedisDown", "RedisDown", True),
        ('`alertname=~"Redis.*"`', "RedisDown", True),
        ('`alertname=~"Redis.*"`', '`alertname="RedisDown", team="shop"`', True),
        ('`severity="critical"`', '`alertname="RedisDown", severity="critical"`', True),
        ('`alertname!="Watchdog"`', "RedisDown", True),
        ('`alertname=~"Redis.*"`', '`alertname=~"Redis.*", team="shop"`', True),
        ("RedisDown", '`alertname=~"Redis.*"`', False),
        ('`alertname="RedisDown", team="shop"`', "RedisDown", False),
        ('`alertname=~"Redis"`', "RedisDown", False),
        ('`alertname=~"Redis.*"`', '`alertname=~"Redis(Down|Slow)"`', False),
        ('`severity="critical"`', "RedisDown", False),
        ('`team!=""`', "RedisDown", False),
        ('`team="shop", alertname="RedisDown"`', '`alertname="RedisDown", team="shop", severity=~"c.*"`', True),
        ('`alertname=~"Redis.*", team="shop"`', '`alertname="RedisDown", team="shop", node="a"`', True),
    ],
)
def test_a_row_that_an_earlier_one_always_beats(earlier: str, later: str, hidden: bool) -> None:
    problems = found(f"| {earlier} | P1 | | |", f"| {later} | P2 | | |")
    assert [(one.code, one.source.line) for one in problems] == ([("P130", problems[0].source.line)] if hidden else [])
    assert not hidden or problems[0].severity == "warning"


def test_a_scenario_that_is_not_there_asks_whom_it_meant() -> None:
    (problem,) = found("| RedisDown | P1 | Redis dwon | |", "| RedisSlow | P2 | Redis down | |")
    assert (problem.code, problem.hint) == ("P131", "vouliez-vous dire redis-down\u00a0?")


def test_a_scenario_like_none_is_told_which_there_are() -> None:
    (problem,) = found("| RedisDown | P1 | [x](#zzz) | |")
    assert (problem.code, problem.hint) == ("P131", "connus\u00a0: redis-down")


def test_a_runbook_that_the_diagnosis_does_not_name() -> None:
    (problem,) = found("| PgDown | P1 | | postgres |", "| PgSlow | P1 | | [x](runbooks/postgresql.md) |")
    assert (problem.code, problem.hint) == ("P132", "vouliez-vous dire postgresql\u00a0?")


def test_a_scenario_too_may_name_a_runbook_that_is_not_there() -> None:
    text = "\n## Scénarios\n\n### Panne\n\nFiche : redis\n\n```bash\n# 1. x\nredis-cli ping\n```\n"
    (problem,) = found("| A | P1 | | |", scenario=text)
    assert problem.code == "P132"


def test_a_table_of_thousands_of_rows_is_looked_through() -> None:
    """Without an end in sight this test runs into the time limit of every test."""
    rows = [f"| Alert{number} | P1 | | |" for number in range(5000)]
    assert [one.code for one in found(*rows, "| Alert7 | P2 | | |")] == ["P130"]
