"""Steps: what runs at a click, what waits for a named person, and what a crash may never do twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.story import NIGHT, Story, obliging
from tocsin.incident import commands as c
from tocsin.incident import events as e
from tocsin.incident.refused import Refused
from tocsin.resolution.plan import find_command, plan
from tocsin.resolution.steps import digest_of

REBOOT = "node-2-down-worker/3/1"
FAILOVER = "postgresql-primary-down/2/1"


@pytest.fixture
def story(procedure):
    """Node 2 is down and Alice has it."""
    told = Story(procedure, at=NIGHT)
    told.fires("KubeNodeNotReady", node="node-2")
    told.ask(c.Acknowledge(incident=1, by="Alice"))
    return told


def digest(procedure, key):
    """The digest that is on the screen."""
    return find_command(key, procedure)[1].digest


def test_a_reading_step_runs_at_one_click(story, procedure):
    key = "node-2-down-worker/4/1"
    story.ask(c.RunStep(incident=1, by="Alice", step=key, digest=digest(procedure, key)))

    assert [item.state for item in plan(story.incident(), procedure, story.now).items if item.key == key] == ["done"]
    story.check_properties()


def test_a_step_that_cuts_waits_for_a_named_person(story, procedure):
    """Approved exactly, used once, and only for ten minutes."""
    ask = c.RunStep(incident=1, by="Alice", step=REBOOT, digest=digest(procedure, REBOOT))
    with pytest.raises(Refused, match="needs_approval"):
        story.ask(ask)

    story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest=digest(procedure, REBOOT)))
    story.ask(ask)
    with pytest.raises(Refused, match="needs_approval"):
        story.ask(ask)
    story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest=digest(procedure, REBOOT)))
    story.passes(timedelta(minutes=11))
    with pytest.raises(Refused, match="needs_approval"):
        story.ask(ask)
    assert story.incident().runs[0].started.because == e.Because(person="Alice", line="incidents.md:74")
    story.check_properties()


def test_what_was_on_the_screen_is_what_runs(story):
    with pytest.raises(Refused, match="command_changed"):
        story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest="0" * 64))


def test_a_step_with_an_error_cannot_be_approved(story, procedure):
    """`patronictl failover --force` without --candidate is always refused by the tool."""
    with pytest.raises(Refused, match="step_has_error"):
        story.ask(c.ApproveStep(incident=1, by="Alice", step=FAILOVER, digest=digest(procedure, FAILOVER)))


def test_what_may_lose_data_wants_two_people_or_broken_glass(story):
    pipeline = (("hcloud", "server", "delete", "node-2"),)
    asked = {"incident": 1, "digest": digest_of(pipeline), "pipeline": pipeline, "text": "hcloud server delete node-2"}
    story.ask(c.ApproveStep(by="Alice", **asked))
    with pytest.raises(Refused, match="needs_two_people"):
        story.ask(c.RunStep(by="Alice", **asked))
    story.ask(c.RunStep(by="Bob", **asked))
    story.ask(c.ApproveStep(by="Alice", break_glass="seule à 3 h", **asked))
    story.ask(c.RunStep(by="Alice", **asked))
    assert len(story.incident().runs) == 2


def test_a_run_whose_end_nobody_saw_asks_a_person_and_never_runs_again(story, procedure):
    """The crash: the run started, its outcome is unknown; a person is called, and tells."""
    story.hands = lambda incident, intent, now: (
        e.StepOutcomeUnknown(at=now, run_id=intent.intent_id, why="tocsin stopped while it ran")
        if intent.kind == "run"
        else obliging(incident, intent, now)
    )
    story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest=digest(procedure, REBOOT)))
    run = c.RunStep(incident=1, by="Alice", step=REBOOT, digest=digest(procedure, REBOOT))
    story.ask(run)

    assert [p.reason for p in story.incident().pages][-2:] == ["outcome_unknown", "outcome_unknown"]
    with pytest.raises(Refused, match="outcome_unknown_first"):
        story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest=digest(procedure, REBOOT))) or story.ask(
            run
        )
    with pytest.raises(Refused, match="run_unfinished"):
        story.ask(c.Resolve(incident=1, by="Alice"))
    story.ask(c.TellOutcome(incident=1, by="Alice", run_id=story.incident().runs[0].started.run_id, done=True))
    assert plan(story.incident(), procedure, story.now).item(REBOOT).state == "approved"
    story.check_properties()


def test_a_second_answer_to_the_same_intent_changes_nothing(story):
    page = story.incident().pages[0]
    lines = story.timeline()
    story.ask(c.TellResult(incident=1, outcome=e.PageFailed(at=story.now, page_id=page.page_id, why="late")))
    assert story.timeline() == lines


def test_breaking_the_glass_calls_the_others(story):
    """A lone responder may; a second person hears of it at once."""
    pipeline = (("hcloud", "server", "delete", "node-2"),)
    asked = {"incident": 1, "digest": digest_of(pipeline), "pipeline": pipeline}
    story.ask(c.ApproveStep(by="Alice", break_glass="seule à 3 h", **asked))
    assert {page.contact for page in story.incident().pages if page.reason == "break_glass"} == {"admin-infra"}
    story.check_properties()


def test_a_reading_command_that_was_once_approved_still_runs_at_one_click(story, procedure):
    key = "node-2-down-worker/4/1"
    story.ask(c.ApproveStep(incident=1, by="Alice", step=key, digest=digest(procedure, key)))
    for _ in range(2):
        story.ask(c.RunStep(incident=1, by="Alice", step=key, digest=digest(procedure, key)))
    assert len(story.incident().runs) == 2


def test_values_are_approved_as_they_will_run(story, procedure):
    """The consent binds to the filled command; the run names its digest."""
    step, command = find_command("node-2-down-worker/3/1", procedure)
    wanting = (*command.pipeline[0][:-1], "<server>")
    told = replace(command, pipeline=(wanting,), digest=digest_of((wanting,)), placeholders=("server",))
    scenario = procedure.scenario("node-2-down-worker")
    steps = tuple(replace(one, commands=(told,)) if one == step else one for one in scenario.steps)
    other = replace(procedure, scenarios=(replace(scenario, steps=steps),))
    story.world = replace(story.world, procedure=other, texts={procedure.fingerprint: other})

    with pytest.raises(Refused, match="needs_values"):
        story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest=told.digest))
    story.ask(c.ApproveStep(incident=1, by="Alice", step=REBOOT, digest=told.digest, values={"server": "node-2"}))
    approved = plan(story.incident(), other, story.now).item(REBOOT)
    assert approved.approval.text == "hcloud server reboot node-2"
    story.ask(c.RunStep(incident=1, by="Alice", step=REBOOT, digest=approved.digest))
    assert story.incident().runs[0].started.pipeline == (("hcloud", "server", "reboot", "node-2"),)


def test_a_p3_does_not_resolve_by_itself_while_a_step_has_no_known_end(procedure):
    told = Story(procedure, at=NIGHT)
    told.fires("KubePodCrashLooping", namespace="paie")
    told.hands = lambda incident, intent, now: None if intent.kind == "run" else obliging(incident, intent, now)
    pipeline = (("kubectl", "get", "pods"),)
    told.ask(c.RunStep(incident=1, by="Alice", digest=digest_of(pipeline), pipeline=pipeline))
    told.clears("KubePodCrashLooping")
    told.passes(timedelta(hours=1))
    assert told.incident().is_open
