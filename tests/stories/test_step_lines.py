"""What a step says of itself is kept: its time limit, what verifies it, what kind of value it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.procedure.written import document, read
from tests.story import Story
from tocsin.incident import commands as c
from tocsin.incident import events as e
from tocsin.incident.refused import Refused
from tocsin.resolution.plan import Plan, find_command, plan

SCENARIO = """## Scénarios

Paramètres :
- `<mode>` : choix : doux, dur
- `<attaquant>` : adresse IP

### Redis down

Déclencheurs : RedisDown
Priorité : P2

```bash
# 1. Redémarrer
#    Limite : 90 s
#    Vérifier : `kubectl get pods -n cache` affiche « Running » ; `redis-cli -h redis ping` affiche « PONG »
#    Annuler : `kubectl rollout undo -n cache statefulset/redis`
kubectl rollout restart -n cache statefulset/redis
# 2. Regarder
kubectl get pods -n cache
# 3. Bloquer
#    Risque : R3 (perte possible)
#    Limite : 10 s
/opt/team/block <attaquant> --mode <mode>
```
"""
STEP, CHECK, BLOCK = "redis-down/1/1", "redis-down/1/v1", "redis-down/3/1"


@pytest.fixture
def story() -> Story:
    told = Story(read(document(SCENARIO)))
    told.fires("RedisDown")
    told.ask(c.Acknowledge(incident=1, by="Alice"))
    told.ask(c.ConfirmTriage(incident=1, by="Alice", scenario="redis-down"))
    return told


def digest(story: Story, key: str) -> str:
    found = find_command(key, story.world.procedure)
    assert found
    return found[1].digest


def laid_out(story: Story) -> Plan:
    return plan(story.incident(), story.world.procedure, story.now)


def test_a_step_runs_for_as_long_as_it_says(story: Story) -> None:
    story.ask(c.ApproveStep(incident=1, by="Alice", step=STEP, digest=digest(story, STEP)))
    story.ask(c.RunStep(incident=1, by="Alice", step=STEP, digest=digest(story, STEP)))
    story.ask(c.RunStep(incident=1, by="Alice", step="redis-down/2/1", digest=digest(story, "redis-down/2/1")))
    limits = [event.timeout for event in story.timeline() if isinstance(event, e.StepStarted)]
    assert limits == [timedelta(seconds=90), story.world.step_timeout]


def test_what_verifies_a_step_is_offered_right_after_it_and_runs_at_one_click(story: Story) -> None:
    assert [item.key for item in laid_out(story).items] == [STEP, CHECK, "redis-down/1/v2", "redis-down/2/1", BLOCK]
    assert [item.check.expect for item in laid_out(story).items if item.check] == [
        "affiche « Running » ; affiche « PONG »"
    ] * 2
    story.ask(c.MarkStep(incident=1, by="Alice", step=STEP, done=True))
    assert (waiting := laid_out(story).next) is not None
    assert (waiting.key, waiting.needs_approval) == (CHECK, False)
    story.ask(c.RunStep(incident=1, by="Alice", step=CHECK, digest=digest(story, CHECK)))
    assert (after := laid_out(story).next) is not None
    assert after.key == "redis-down/1/v2"
    story.check_properties()


def test_a_check_can_be_skipped_as_a_step_can(story: Story) -> None:
    story.ask(c.MarkStep(incident=1, by="Alice", step=CHECK, done=False))
    assert [item.state for item in laid_out(story).items if item.key == CHECK] == ["skipped"]


def test_what_undoes_a_step_is_no_step(story: Story) -> None:
    assert not any(item.command and "undo" in item.command.text for item in laid_out(story).items)


@pytest.mark.parametrize(
    "values",
    [{"attaquant": "node-1", "mode": "dur"}, {"attaquant": "198.51.100.7", "mode": "fort"}],
)
def test_a_value_is_held_against_the_declared_kind(story: Story, values: dict[str, str]) -> None:
    with pytest.raises(Refused, match="bad_value"):
        story.ask(c.ApproveStep(incident=1, by="Alice", step=BLOCK, digest=digest(story, BLOCK), values=values))


def test_a_filled_command_keeps_the_limit_and_the_stated_risk(story: Story) -> None:
    values = {"attaquant": "198.51.100.7", "mode": "dur"}
    story.ask(c.ApproveStep(incident=1, by="Alice", step=BLOCK, digest=digest(story, BLOCK), values=values))
    approved = story.incident().approvals[-1]
    assert approved.risk == "R3"
    story.ask(c.RunStep(incident=1, by="Bob", step=BLOCK, digest=approved.digest))
    (started,) = [event for event in story.timeline() if isinstance(event, e.StepStarted)]
    assert (started.timeout, started.pipeline) == (
        timedelta(seconds=10), (("/opt/team/block", "198.51.100.7", "--mode", "dur"),),
    )  # fmt: skip
