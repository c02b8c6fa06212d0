"""One form, one command; what is refused says why and loses nothing of what was typed."""

import json

import pytest

from tests.web.stage import submit
from tocsin.incident import events as e
from tocsin.resolution.steps import digest_of


@pytest.fixture
def number(stage) -> int:
    """The scenario « Node 2 down » fits it; its second step reads, its third reboots."""
    number = stage.fires("KubeNodeNotReady")
    stage.perform(number)
    return number


def send(browser, number: int, noun: str, **fields: str):
    return submit(browser, f"/incidents/{number}", f"/incidents/{number}/{noun}", **fields)


def last(stage, number: int) -> e.Event:
    """The last line that a person wanted."""
    return next(entry.event for entry in reversed(stage.house.timeline(number)) if entry.event.because.person)


def command_of(stage, number: int, step: int):
    scenario = stage.house.procedure().scenario(stage.house.incident(number).scenario)
    key = f"{scenario.slug}/{scenario.steps[step].number}/1"
    return key, scenario.steps[step].commands[0]


def test_a_priority_changes_with_its_reason(alice, stage, number) -> None:
    assert send(alice, number, "priority", priority="P1", reason="all customers").status_code == 303
    event = last(stage, number)
    assert isinstance(event, e.PriorityChanged)
    assert (event.priority, event.reason, event.because.person) == ("P1", "all customers", "Alice")


def test_the_triage_is_confirmed_or_another_scenario_picked(alice, stage, number) -> None:
    send(alice, number, "triage", scenario="postgresql-primary-down")
    assert stage.house.incident(number).scenario == "postgresql-primary-down"
    assert stage.house.incident(number).status == "triaged"


def test_a_note_stands_as_it_was_written(alice, stage, number) -> None:
    send(alice, number, "notes", text="first line\r\nsecond <b>line</b>")
    assert last(stage, number).text == "first line\nsecond <b>line</b>"
    assert "second &lt;b&gt;line&lt;/b&gt;" in alice.get(f"/incidents/{number}").text


def test_pasted_evidence_is_kept_without_its_secrets(alice, stage, number) -> None:
    send(
        alice, number, "evidence", title="the log", text="Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345\nfine"
    )
    kept = stage.house.kept_text(last(stage, number).blob)
    assert "abcdefghijklmnop" not in kept
    assert "fine" in kept
    assert "the log" in alice.get(f"/incidents/{number}").text


def test_a_reading_step_runs_at_one_press(alice, stage, number) -> None:
    key, command = command_of(stage, number, 1)
    send(alice, number, "runs", step=key, digest=command.digest)
    assert stage.house.incident(number).runs[0].started.pipeline == command.pipeline
    stage.perform(number, output="node-1 Ready\n")
    assert "ended well" in alice.get(f"/incidents/{number}").text


def test_a_step_that_touches_the_service_is_approved_and_then_run(alice, stage, number) -> None:
    key, command = command_of(stage, number, 2)
    refused = send(alice, number, "runs", step=key, digest=command.digest)
    assert refused.status_code == 409
    assert "Exactly this command must be approved first" in refused.text
    send(alice, number, "approvals", step=key, digest=command.digest)
    assert isinstance(last(stage, number), e.StepApproved)
    assert send(alice, number, "runs", step=key, digest=command.digest).status_code == 303
    assert stage.house.incident(number).runs[0].started.risk == "R2"


def test_another_command_than_the_one_on_the_screen_is_refused(alice, stage, number) -> None:
    key, _ = command_of(stage, number, 2)
    assert send(alice, number, "approvals", step=key, digest="0" * 64).status_code == 409
    assert stage.house.incident(number).approvals == ()


def test_a_step_is_marked_done_or_skipped(alice, stage, number) -> None:
    key, _ = command_of(stage, number, 2)
    send(alice, number, "marks", step=key, done="no", note="the console did it")
    event = last(stage, number)
    assert (event.done, event.note) == (False, "the console did it")


def test_a_run_whose_end_nobody_saw_is_told(alice, stage, number) -> None:
    key, command = command_of(stage, number, 1)
    send(alice, number, "runs", step=key, digest=command.digest)
    run_id = stage.house.incident(number).runs[0].started.run_id
    unknown = e.StepOutcomeUnknown(at=stage.clock.now(), run_id=run_id, why="the server stopped")
    stage.house.record(stage.tells(number, unknown))
    page = alice.get(f"/incidents/{number}").text
    assert "Nobody saw how this command ended." in page
    send(alice, number, "outcomes", run=run_id, done="yes", note="seen")
    assert stage.house.incident(number).runs[0].told.done


def test_the_end_of_a_story(alice, stage, number) -> None:
    steps = [
        ("acknowledgement", {}, "acknowledged"),
        ("mitigation", {"note": "traffic moved"}, "mitigated"),
        ("resolution", {"note": "rebooted"}, "resolved"),
        ("reopening", {"reason": "it came back"}, "triaged"),
        ("cancellation", {"reason": "a drill"}, "cancelled"),
    ]
    for noun, fields, status in steps:
        assert send(alice, number, noun, **fields).status_code == 303, noun
        assert stage.house.incident(number).status == status


def test_closing_waits_for_the_post_mortem(alice, stage, number) -> None:
    send(alice, number, "resolution")
    assert send(alice, number, "closure").status_code == 409
    page = f"/incidents/{number}/postmortem"
    assert submit(alice, page, page, text="# What happened\n\nNode 2 **stopped**.").status_code == 303
    assert "<strong>stopped</strong>" in alice.get(page).text
    assert "Saved by Alice" in alice.get(page).text
    assert "# What happened" in alice.get(page + ".md").text
    assert send(alice, number, "closure").status_code == 303
    assert stage.house.incident(number).status == "closed"


@pytest.mark.parametrize(
    ("noun", "fields"),
    [
        ("priority", {"reason": "kept words"}),
        ("priority", {"priority": "P9", "reason": "kept words"}),
        ("priority", {"priority": "P1", "reason": " "}),
        ("notes", {"text": "  "}),
        ("evidence", {"title": "kept words", "text": ""}),
        ("evidence", {"title": "", "text": "kept words"}),
        ("cancellation", {}),
        ("reopening", {}),
        ("runs", {"pipeline": "[[1]]", "digest": "x"}),
        ("runs", {"pipeline": "not json", "digest": "x"}),
    ],
)
def test_a_form_that_lacks_something_says_what(alice, stage, number, noun, fields) -> None:
    before = stage.house.timeline(number)
    answer = send(alice, number, noun, **fields)
    assert answer.status_code == 422
    for typed in fields.values():
        if typed.strip() == "kept words":
            assert "kept words" in answer.text
    assert f'href="/incidents/{number}"' in answer.text
    assert stage.house.timeline(number) == before


def test_what_is_refused_gives_back_what_was_typed(alice, stage, number) -> None:
    send(alice, number, "cancellation", reason="a duplicate")
    answer = submit(alice, f"/incidents/{number}", f"/incidents/{number}/mitigation", note="an hour of notes")
    assert answer.status_code == 409
    assert "an hour of notes" in answer.text
    assert "cancelled" in answer.text


def test_a_command_that_a_person_brings_is_shown_before_it_runs(alice, stage, number) -> None:
    path = f"/incidents/{number}/commands"
    before = stage.house.timeline(number)
    page = submit(alice, path, path, text="kubectl get pods -l 'app=a b' | head -5")
    assert page.status_code == 200
    assert "kubectl get pods -l &#39;app=a b&#39; | head -5" in page.text
    assert stage.house.timeline(number) == before
    pipeline = [["kubectl", "get", "pods", "-l", "app=a b"], ["head", "-5"]]
    digest = digest_of(tuple(map(tuple, pipeline)))
    assert f'name="digest" value="{digest}"' in page.text
    answer = submit(alice, path, f"/incidents/{number}/runs", pipeline=json.dumps(pipeline), digest=digest)
    assert answer.status_code == 303
    started = stage.house.incident(number).runs[0].started
    assert started.text == "kubectl get pods -l 'app=a b' | head -5"
    assert [list(argv) for argv in started.pipeline] == pipeline


def test_the_timeline_tells_what_ran_and_not_what_the_form_says_it_was(alice, stage, number) -> None:
    pipeline = (("kubectl", "get", "pods"),)
    fields = {"pipeline": json.dumps(pipeline), "digest": digest_of(pipeline), "text": "kubectl get nodes"}
    send(alice, number, "runs", **fields)
    assert stage.house.incident(number).runs[0].started.text == "kubectl get pods"


@pytest.mark.parametrize(
    "text", ["kubectl get pods; reboot", "echo $(id)", "ls > /tmp/x", "kubectl get <kind>", "a 'b", ""]
)
def test_what_would_need_a_shell_is_not_taken(alice, stage, number, text) -> None:
    path = f"/incidents/{number}/commands"
    page = submit(alice, path, path, text=text)
    assert page.status_code == 422
    assert 'name="pipeline"' not in page.text


def test_an_approved_command_of_ones_own_is_found_again(alice, stage, number) -> None:
    pipeline = (("hcloud", "server", "reboot", "node-2"),)
    fields = {"pipeline": json.dumps(pipeline), "digest": digest_of(pipeline)}
    answer = send(alice, number, "approvals", **fields)
    again = alice.get(answer.headers["location"]).text
    assert "Approved by Alice" in again
    assert f'action="/incidents/{number}/runs"' in again
    assert answer.headers["location"] in alice.get(f"/incidents/{number}").text
    assert send(alice, number, "runs", **fields).status_code == 303


def test_who_approved_a_possible_loss_is_told_to_fetch_a_second_person(alice, root, stage, number) -> None:
    pipeline = (("hcloud", "server", "reset", "node-2"),)
    fields = {"pipeline": json.dumps(pipeline), "digest": digest_of(pipeline)}
    send(alice, number, "approvals", **fields)
    assert send(alice, number, "runs", **fields).status_code == 409
    assert send(root, number, "runs", **fields).status_code == 303


def test_an_incident_that_is_not_there_is_absent(alice) -> None:
    assert alice.get("/incidents/99").status_code == 404
    assert alice.get("/incidents/99/postmortem").status_code == 404
    assert submit(alice, "/", "/incidents/99/acknowledgement").status_code == 404


def test_ticked_alerts_move_and_an_incident_merges(alice, stage) -> None:
    first = stage.fires("QueueStuck", summary="Queue a", service="mail", queue="a")
    stage.fires("QueueStuck", summary="Queue b", service="mail", queue="b")
    told = stage.house.incident(first).alerts[0].fingerprint
    assert send(alice, first, "moving", reason="no ticks").status_code != 303
    assert send(alice, first, "moving", **{f"alert.{told}": "yes"}).status_code == 303
    moved = last(stage, first)
    assert isinstance(moved, e.AlertsLeft)
    assert "split from incident" in alice.get(f"/incidents/{moved.to}").text
    assert send(alice, moved.to, "merging", into=str(first), reason="the same").status_code == 303
    assert stage.house.incident(moved.to).merged_into == first
    assert f'href="/incidents/{first}"' in alice.get(f"/incidents/{moved.to}").text
