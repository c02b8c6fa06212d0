"""What a step says besides its command: risk, time limit, what must hold, what verifies, how to undo, "not run"."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.procedure.written import codes, document, read, scenario, scenario_of
from tocsin.procedure.model import Procedure, Step

FENCED = """# 1. Redémarrer node-2
#    Risque : R2 (coupure)
#    Limite : 90 s
#    Avant : `hcloud server describe node-2` affiche « running »
#    Vérifier : `kubectl get nodes` affiche « Ready », sans « NotReady », en moins de 3 min
#    Annuler : `kubectl uncordon node-2`
#    Non exécuté : le banc n’a pas de Hetzner
hcloud server reboot node-2
hcloud server reset node-2"""
LISTED = """## Scenarios

### Node down

1. Restart node-2
   - **Risk:** R2 (outage)
   - Time limit: 90 s
   - Before: `hcloud server describe node-2` shows "running"
   - Verify: `kubectl get nodes` shows "Ready", without "NotReady", within 3 min
   - Undo: `kubectl uncordon node-2`
   - Not run: the bench has no Hetzner

   ```bash
   hcloud server reboot node-2
   hcloud server reset node-2
   ```
"""


def problems(commands: str) -> Procedure:
    return read(document(scenario_of(commands)))


@pytest.mark.parametrize("step", [scenario(FENCED).steps[0], read(document(LISTED)).scenarios[0].steps[0]])
def test_comments_in_a_block_and_items_of_a_list_say_the_same(step: Step) -> None:
    assert step.notes == ()
    assert step.limit == timedelta(seconds=90)
    assert [command.text for command in step.commands] == ["hcloud server reboot node-2", "hcloud server reset node-2"]
    assert [command.risk for command in step.commands] == ["R2", "R3"]
    (before,), (verify,) = step.before, step.verify
    assert [command.text for command in before.commands] == ["hcloud server describe node-2"]
    assert before.contains == ("running",)
    assert [command.text for command in verify.commands] == ["kubectl get nodes"]
    assert (verify.contains, verify.lacks, verify.within) == (("Ready",), ("NotReady",), timedelta(minutes=3))
    assert [command.text for command in step.undo] == ["kubectl uncordon node-2"]
    assert step.not_run


def test_a_step_that_says_nothing_of_it_counts_as_run_and_keeps_the_limit_of_the_settings() -> None:
    (step,) = scenario("# 1. Look\nkubectl get nodes").steps
    assert (step.limit, step.not_run, step.verify, step.undo, step.before) == (None, False, (), (), ())


def test_commands_below_a_line_that_verifies_are_no_steps() -> None:
    """What undoes a step must never run as the step after it."""
    (step,) = scenario(
        "# 1. Cordon\nkubectl cordon node-2\n# Vérifier :\nkubectl get nodes\n# Annuler :\nkubectl uncordon node-2"
    ).steps
    assert [command.text for command in step.commands] == ["kubectl cordon node-2"]
    assert [command.text for check in step.verify for command in check.commands] == ["kubectl get nodes"]
    assert [command.text for command in step.undo] == ["kubectl uncordon node-2"]


def test_a_block_below_an_item_that_verifies_is_no_step() -> None:
    text = "## Scénarios\n\n### X\n\n1. Cordon\n\n   ```\n   kubectl cordon node-2\n   ```\n\n   - Vérifier que rien n’y tourne :\n"
    text = text.replace("Vérifier que rien n’y tourne :", "Vérifier : rien n’y tourne")
    (step,) = read(document(text + "\n     ```\n     kubectl get pods -o wide\n     ```\n")).scenarios[0].steps
    assert [command.text for command in step.commands] == ["kubectl cordon node-2"]
    assert [command.text for check in step.verify for command in check.commands] == ["kubectl get pods -o wide"]
    assert step.verify[0].expect == "rien n’y tourne"


def test_a_sentence_that_verifies_may_take_two_lines() -> None:
    (step,) = scenario("# 1. X\n# Vérifier : `kubectl get nodes`\n#    affiche « Ready »\nkubectl cordon a").steps
    assert step.verify[0].contains == ("Ready",)


def test_without_a_command_a_person_looks() -> None:
    (step,) = scenario("# 1. X\n# Vérifier : le site répond\nkubectl cordon a").steps
    assert (step.verify[0].commands, step.verify[0].expect) == ((), "le site répond")


def test_a_command_without_quotes_is_one_up_to_the_arrow() -> None:
    (step,) = scenario("# 1. X\n# Verify: kubectl get nodes → `Ready`\nkubectl cordon a").steps
    assert [command.text for command in step.verify[0].commands] == ["kubectl get nodes"]
    assert step.verify[0].contains == ("Ready",)


def test_a_command_that_verifies_has_its_problems_too() -> None:
    procedure = problems("# 1. X\n# Vérifier : `kubectl get pods | grep -v Running`\nkubectl cordon a")
    assert "P405" in codes(procedure.problems)
    assert procedure.scenarios[0].steps[0].verify[0].commands[0].problems[0].source.column == 32


@pytest.mark.parametrize(
    ("stated", "command", "risk", "told"),
    [
        ("R3", "kubectl get pods", "R3", []),
        ("coupure", "hcloud server reboot a", "R2", []),
        ("perte possible", "hcloud server reboot a", "R3", []),
        ("R0", "hcloud server reboot a", "R2", ["P119"]),
        ("lecture", "kubectl delete pvc a", "R3", ["P119"]),
        ("R1", "/opt/team/own-tool", "R1", []),
        ("R0", "/opt/team/own-tool", "R1", ["P119"]),
        ("moyen", "/opt/team/own-tool", "R2", ["P118"]),
    ],
)
def test_a_stated_risk_is_obeyed_where_tocsin_does_not_know_better(
    stated: str, command: str, risk: str, told: list[str]
) -> None:
    procedure = problems(f"# 1. X\n# Risque : {stated}\n{command}")
    assert procedure.scenarios[0].steps[0].commands[0].risk == risk
    assert [code for code in codes(procedure.problems) if code in ("P118", "P119")] == told


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Limite : bientôt", "P117"),
        ("Vérifer : le site répond", "P121"),
        ("Verify: `kubectl delete pod a`", "P120"),
    ],
)
def test_what_is_not_understood_is_told(line: str, code: str) -> None:
    assert codes(problems(f"# 1. X\n# {line}\nkubectl cordon a\nkubectl get nodes").problems) == [code]


@pytest.mark.parametrize(
    "line", ["Attention : le disque", "Vérifier que le pod est là", "not running pods come back", "Note: limit 3"]
)
def test_an_ordinary_sentence_stays_a_note(line: str) -> None:
    procedure = problems(f"# 1. X\n# {line}\nkubectl cordon a\nkubectl get nodes")
    assert codes(procedure.problems) == []
    assert procedure.scenarios[0].steps[0].notes == (line,)
