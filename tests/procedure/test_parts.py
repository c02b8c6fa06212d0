"""A procedure of many files: what the main page links to as a part is read as if it stood there."""

from __future__ import annotations

from tests.procedure.written import RUNBOOK, SECTIONS, codes, text
from tocsin.procedure.model import Procedure
from tocsin.procedure.read import read_procedure

SCENARIO = """# Redis down

Déclencheurs : RedisDown
Fiche : [Redis](../runbooks/redis.md)

## Diagnostic

```
kubectl get pods -n cache
```

## Redémarrer

```
kubectl rollout restart -n cache statefulset/redis
kubectl rollout status -n cache statefulset/redis
```
"""
ALERTS = (
    "# Ce que disent les alertes\n\n| Alerte | Priorité | Fiche |\n|--|--|--|\n| PgDown | P1 | [x](runbooks/pg.md) |\n"
)
PEOPLE = "# Gens\n\n| Rôle | Contact | Disponibilité |\n|--|--|--|\n| Admin Infra | a@example.org | 24/7 |\n"
BOOK = "# Redis\n\n## Regarder\n\n```\nkubectl get pods\n```\n"


def many(**replaced: str) -> Procedure:
    """The small procedure with some of its sections in pages of their own."""
    kept = {**SECTIONS, **replaced}
    main = text("# Incidents\n\n" + "\n".join(kept.values()))
    pages = [
        RUNBOOK, text(SCENARIO, "scenarios/redis.md"), text(ALERTS, "alertes.md"), text(PEOPLE, "gens.md"),
        text(BOOK, "runbooks/redis.md"), text(BOOK, "runbooks/pg.md"), text("# Autre\n\n" + ALERTS, "autre.md"),
    ]  # fmt: skip
    return read_procedure({page.path: page for page in (main, *pages)}, main.path, {})


def test_a_scenario_has_a_page_of_its_own_with_headings_as_steps() -> None:
    procedure = many(scenarios="## Scénarios\n\n- [Redis down](scenarios/redis.md)\n")
    assert codes(procedure.problems) == []
    (scenario,) = procedure.scenarios
    assert (scenario.slug, scenario.runbook, str(scenario.source)) == ("redis-down", "redis", "scenarios/redis.md:1")
    assert [(step.number, step.text) for step in scenario.steps] == [("1", "Diagnostic"), ("2", "Redémarrer")]
    assert str(scenario.steps[1].commands[0].source) == "scenarios/redis.md:15"
    assert [rule.scenario for rule in scenario.triggers] == ["redis-down"]


def test_scenarios_stand_in_the_main_page_and_in_parts() -> None:
    both = (
        "## Scénarios\n\n- [Redis down](scenarios/redis.md)\n\n### Node down\n\n```\n# 1. X\nkubectl get nodes\n```\n"
    )
    assert [scenario.slug for scenario in many(scenarios=both).scenarios] == ["node-down", "redis-down"]


def test_the_runbook_of_a_scenario_or_an_alert_is_one_of_the_procedures() -> None:
    procedure = many(
        scenarios="## Scénarios\n\n- [Redis down](scenarios/redis.md)\n",
        more="## Alertes\n\n- [les alertes](alertes.md)\n",
    )
    assert [(book.slug, book.found) for book in procedure.runbooks] == [
        ("postgresql", True), ("redis", True), ("pg", True),
    ]  # fmt: skip


def test_tables_of_a_part_count() -> None:
    procedure = many(contacts="## Contacts\n\n- [les gens](gens.md)\n", more="## Sommaire\n\n- [alertes](alertes.md)\n")
    assert codes(procedure.problems) == []
    assert [(contact.slug, contact.source.path) for contact in procedure.contacts] == [("admin-infra", "gens.md")]
    assert [(str(rule.source), rule.priority) for rule in procedure.alerts] == [("alertes.md:5", "P1")]


def test_a_page_that_is_merely_mentioned_is_no_part() -> None:
    assert many(more="## Divers\n\nVoir [l’ancienne liste](autre.md).\n").alerts == ()
    assert many(more="## Alertes\n\nAvant, il y avait [une autre liste](autre.md).\n").alerts == ()


def test_a_part_that_links_back_is_read_once() -> None:
    main = text("# Incidents\n\n" + "\n".join(SECTIONS.values()) + "\n## Sommaire\n\n- [a](a.md)\n")
    loop = text(
        "# A\n\n## Sommaire\n\n- [moi](incidents.md)\n- [a](a.md)\n\n" + ALERTS.replace("runbooks/pg.md", "a.md"),
        "a.md",
    )
    procedure = read_procedure({p.path: p for p in (main, loop, RUNBOOK)}, main.path, {})
    assert len(procedure.alerts) == 1


def test_a_problem_of_a_part_stands_in_the_part() -> None:
    main = text("# Incidents\n\n" + "\n".join({**SECTIONS, "scenarios": "## Scénarios\n\n- [x](s/x.md)\n"}.values()))
    part = text("# Redis down\n\nVoir [y](y.md).\n\n```\nkubectl get pods | less\n", "s/x.md")
    procedure = read_procedure({p.path: p for p in (main, part, RUNBOOK)}, main.path, {})
    assert [(problem.code, str(problem.source)) for problem in procedure.problems] == [
        ("P110", "s/x.md:3"), ("P113", "s/x.md:5"), ("P303", "s/x.md:6"),
    ]  # fmt: skip
