"""Where a step begins, what belongs to it, and what it is called."""

from __future__ import annotations

from tests.procedure.written import SECTIONS, codes, document, read, scenario, scenario_of, text
from tocsin.procedure.model import Scenario, Step
from tocsin.procedure.read.single import read_plan


def told(plan: Scenario) -> list[tuple[str, str, list[str]]]:
    return [(step.number, step.text, [command.text for command in step.commands]) for step in plan.steps]


def steps_of(content: str) -> tuple[Step, ...]:
    return read_plan(text(content), "fr").steps


def test_a_numbered_comment_begins_a_step() -> None:
    assert told(scenario("# 1. Un\na\nb\n#2) Deux\n# Étape 3 : Trois\nc")) == [
        ("1", "Un", ["a", "b"]),
        ("2", "Deux", []),
        ("3", "Trois", ["c"]),
    ]


def test_an_indented_comment_goes_on_and_another_is_a_note() -> None:
    (step,) = scenario("# 1. Attendre,\n#    puis agir\n# prudence\na\n# après\n#   encore").steps
    assert (step.text, step.notes) == ("Attendre, puis agir", ("prudence", "après", "encore"))


def test_comments_before_the_first_step_are_notes_of_the_scenario() -> None:
    plan = scenario("# Patroni bascule seul\n# 1. Un\na")
    assert plan.notes == ("Patroni bascule seul",)
    assert told(plan) == [("1", "Un", ["a"])]


def test_commands_before_the_first_number_are_step_zero() -> None:
    assert told(scenario("# Avant tout\na\n# 1. Un\nb")) == [("0", "Avant tout", ["a"]), ("1", "Un", ["b"])]


def test_without_any_number_each_group_of_comments_is_a_step() -> None:
    assert told(scenario("a\n# Regarder\n# bien\nb\nc\n# Agir\nd")) == [
        ("1", "", ["a"]),
        ("2", "Regarder", ["b", "c"]),
        ("3", "Agir", ["d"]),
    ]


def test_a_second_fence_goes_on_counting() -> None:
    body = "```bash\n# 1. Un\na\n# 2. Deux\nb\n```\n\nPuis :\n\n```bash\n# 1. Trois\nc\n# 2. Quatre\nd\n```\n"
    procedure = read(document(f"## Scénarios\n\n### X\n\n{body}"))
    assert told(procedure.scenarios[0]) == [
        ("1", "Un", ["a"]),
        ("2", "Deux", ["b"]),
        ("3", "Trois", ["c"]),
        ("4", "Quatre", ["d"]),
    ]
    assert "P112" not in codes(procedure.problems)


def test_a_second_fence_may_also_number_on_by_itself() -> None:
    body = "```bash\n# 1. Un\na\n```\n\n```bash\n# 2. Deux\nb\n```\n"
    assert [n for n, _, _ in told(read(document(f"## Scénarios\n\n### X\n\n{body}")).scenarios[0])] == ["1", "2"]


def test_the_same_number_twice_in_one_fence_is_told_and_stays_apart() -> None:
    procedure = read(document(scenario_of("# 1. Un\na\n# 1. Deux\nb\n# 2. Trois\nc")))
    assert [step.number for step in procedure.scenarios[0].steps] == ["1", "2", "3"]
    assert codes(procedure.problems) == ["P112"]


def test_a_numbered_list_makes_steps_and_its_fences_their_commands() -> None:
    body = "1. Regarder\n\n   ```bash\n   a\n   ```\n\n2. Agir\n   - prudence\n"
    plan = read(document(f"## Scénarios\n\n### X\n\n{body}")).scenarios[0]
    assert told(plan) == [("1", "Regarder", ["a"]), ("2", "Agir", [])]
    assert plan.steps[1].notes == ("prudence",)


def test_only_what_was_typed_counts_in_a_recorded_session() -> None:
    body = "```console\n$ kubectl get nodes\nNAME STATUS\n$ kubectl get pods\n```\n"
    plan = read(document(f"## Scénarios\n\n### X\n\n{body}")).scenarios[0]
    assert told(plan) == [("1", "", ["kubectl get nodes", "kubectl get pods"])]
    assert plan.steps[0].commands[0].source.column == 3


def test_other_languages_hold_no_commands() -> None:
    body = "```yaml\nkind: Pod\n```\n\n```bash\n# 1. Un\na\n```\n"
    assert told(read(document(f"## Scénarios\n\n### X\n\n{body}")).scenarios[0]) == [("1", "Un", ["a"])]


def test_the_headings_of_a_runbook_are_steps_and_their_numbers_are_kept_apart() -> None:
    steps = steps_of(
        "# PG\n\nAvant.\n\n## 1. Regarder\n\nNote.\n\n```bash\na\n# 1. Un\nb\n# 2. Deux\nc\n```\n\n## Agir\n\n```bash\n# 1. Trois\nd\n```\n"
    )
    assert [(s.number, s.text, s.notes, [c.text for c in s.commands]) for s in steps] == [
        ("1", "Regarder", ("Note.",), ["a"]),
        ("1.1", "Un", (), ["b"]),
        ("1.2", "Deux", (), ["c"]),
        ("2", "Agir", (), []),
        ("2.1", "Trois", (), ["d"]),
    ]


def test_every_step_of_a_plan_has_a_number_of_its_own() -> None:
    steps = steps_of("# T\n\n## 2. A\n\n## 2. B\n\n## C\n\n1. x\n\n## 1. D\n\n```bash\n# 7. y\n# 7. z\n```\n")
    numbers = [step.number for step in steps]
    assert numbers == ["2", "3", "4", "4.1", "1", "1.7", "1.8"]
    assert len(set(numbers)) == len(numbers)


def test_scenarios_may_stand_under_one_heading_or_have_one_each() -> None:
    each = "## Scénario : Disque plein\n\n```bash\na\n```\n\n## Scénario 2 - Redis\n\n```bash\nb\n```\n"
    slugs = [scenario.slug for scenario in read(document(each)).scenarios]
    assert slugs == ["disque-plein", "redis"]


def test_two_scenarios_of_the_same_title_keep_two_addresses() -> None:
    twice = "## Scénarios\n\n### X\n\n1. a\n\n### X\n\n1. b\n"
    assert [scenario.slug for scenario in read(document(twice)).scenarios] == ["x", "x-2"]


def test_what_stands_inside_a_scenario_is_never_another_section() -> None:
    inside = "## Scénarios\n\n### X\n\n#### Diagnostic\n\n- [Y](absent.md)\n\n#### Contacts\n\n1. appeler\n"
    procedure = read(document(inside))
    assert [book.slug for book in procedure.runbooks] == ["postgresql"]
    assert [step.text for step in procedure.scenarios[0].steps] == ["Diagnostic", "Contacts", "appeler"]


def test_the_small_procedure_itself_has_no_problem() -> None:
    assert codes(read(document()).problems) == []
    assert set(SECTIONS) == {"priorities", "triage", "diagnosis", "postmortem", "scenarios", "contacts"}
