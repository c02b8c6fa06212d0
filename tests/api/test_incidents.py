"""Everything that a person may see of an incident, and do about it, by the API."""

import hashlib

import pytest

from tests.api.conftest import asking, token_of
from tests.intake.conftest import BODIES
from tocsin.detection.sources.alertmanager import read
from tocsin.incident import events as e
from tocsin.incident.commands import ReceiveAlerts, TellResult
from tocsin.incident.wire import GENESIS, digest, link
from tocsin.resolution.steps import digest_of


def test_a_report_opens_an_incident_and_is_answered_with_it(alice):
    told = {"text": "Cluster down", "detected_at": "2026-11-24T01:50:00Z", "everything_down": True}
    answer = alice("POST", "/api/incidents", told)
    assert (answer.status, answer.headers["location"]) == (201, "/api/incidents/1")
    seen = answer.json["incident"]
    assert (seen["id"], seen["priority"], seen["status"], seen["title"]) == (1, "P1", "detected", "Cluster down")
    assert seen["respond_by"] == "2026-11-24T02:15:00.000Z"
    assert [entry["type"] for entry in answer.json["entries"]][:2] == ["IncidentOpened", "PriorityAssigned"]


def test_the_list_shows_newest_first_and_can_be_paged(alice):
    for text in ("Cluster down", "Pod restart", "Pod restart again", "Something else"):
        alice("POST", "/api/incidents", {"text": text, "everything_down": text == "Cluster down"})
    alice("POST", "/api/incidents/2/cancellation", {"reason": "a drill"})
    everything = alice("GET", "/api/incidents").json
    assert ([row["id"] for row in everything["incidents"]], everything["next"]) == ([4, 3, 2, 1], None)
    first = alice("GET", "/api/incidents?limit=2").json
    second = alice("GET", f"/api/incidents?limit=2&before={first['next']}").json
    assert [row["id"] for row in first["incidents"] + second["incidents"]] == [4, 3, 2, 1]
    assert [row["id"] for row in alice("GET", "/api/incidents?open=true").json["incidents"]] == [4, 3, 1]
    assert [row["id"] for row in alice("GET", "/api/incidents?open=false").json["incidents"]] == [2]
    assert [row["id"] for row in alice("GET", "/api/incidents?priority=P1").json["incidents"]] == [1]
    assert [row["id"] for row in alice("GET", "/api/incidents?q=again").json["incidents"]] == [3]


@pytest.mark.parametrize(
    "query",
    ["open=maybe", "priority=P5", "limit=0", "limit=201", "limit=-1", "limit=x", "limit=%F0%9F%92%A9", "before=1e3"],
)
def test_a_query_that_makes_no_sense_is_400(alice, query):
    answer = alice("GET", f"/api/incidents?{query}")
    assert (answer.status, answer.json["error"]) == (400, "bad_parameter")


def test_one_incident_is_told_whole(alice, number):
    seen = alice("GET", f"/api/incidents/{number}").json
    assert (seen["id"], seen["scenario"], seen["reported_by"]) == (1, "node-down", "Alice")
    assert seen["respond_by"] == "2026-11-24T04:00:00.000Z"
    assert "acknowledge" in seen["moves"]
    alone = "the example “1 node down”, by a person's word; no probe agrees so far (incidents.md:8)"
    assert seen["priority_reason"] == alone
    assert seen["pages"][0]["channel"] == "email"
    steps = seen["plan"]["items"]
    assert [(step["key"], step["risk"], step["needs_approval"], step["state"]) for step in steps] == [
        ("node-down/1/1", "R0", False, "todo"),
        ("node-down/2/1", "R2", True, "todo"),
        ("node-down/3/0", "R0", False, "todo"),
    ]
    assert seen["plan"]["next"] == "node-down/1/1"
    assert steps[0]["command"]["pipeline"] == [["kubectl", "get", "nodes"]]
    assert steps[2]["command"] is None


def test_the_sentences_are_in_the_callers_language(alice, number):
    french = alice("GET", f"/api/incidents/{number}/timeline?lang=fr").json["entries"]
    english = alice("GET", f"/api/incidents/{number}/timeline?lang=en").json["entries"]
    by_header = alice("GET", f"/api/incidents/{number}/timeline", accept_language="fr-FR").json["entries"]
    assert french[0]["sentence"].startswith("Incident ouvert : 1 node down")
    assert english[0]["sentence"].startswith("Incident opened: 1 node down")
    assert by_header[0]["sentence"] == french[0]["sentence"]
    assert french[0]["because"] == "Alice"


def test_the_timeline_lets_a_reader_check_the_chain(alice, house, number):
    entries = alice("GET", f"/api/incidents/{number}/timeline").json["entries"]
    previous = GENESIS
    for entry, kept in zip(entries, house.store.lines(f"incident/{number}"), strict=True):
        assert entry["digest"] == digest(kept.body.encode())
        previous = link(previous, f"incident/{number}", entry["seq"], entry["digest"])
        assert entry["chain"] == previous
    later = alice("GET", f"/api/incidents/{number}/timeline?after=2").json["entries"]
    assert [entry["seq"] for entry in later] == [entry["seq"] for entry in entries][2:]


def acts(alice, number, address, content, status=200):
    answer = alice("POST", f"/api/incidents/{number}/{address}", content)
    assert answer.status == status, answer.json
    return answer.json


def test_from_acknowledging_to_closing(alice, number):
    said = acts(alice, number, "acknowledgement", {})
    assert said["incident"]["acknowledged_by"] == "Alice"
    assert [entry["sentence"] for entry in said["entries"]] == ["Acknowledged"]
    acts(alice, number, "priority", {"priority": "P2", "reason": "it is dead"})
    acts(alice, number, "triage", {"scenario": "node-down"})
    acts(alice, number, "notes", {"text": "the fan is loud"})
    acts(alice, number, "marks", {"step": "node-down/3/0", "done": True})
    acts(alice, number, "mitigation", {"note": "traffic moved"})
    acts(alice, number, "resolution", {})
    said = acts(alice, number, "closure", {}, 409)
    assert (said["error"], "post-mortem" in said["message"]) == ("postmortem_missing", True)
    saved = alice("PUT", f"/api/incidents/{number}/postmortem", {"text": "# What happened\nA fan."})
    assert saved.status == 200
    assert acts(alice, number, "closure", {})["incident"]["status"] == "closed"
    assert acts(alice, number, "reopening", {"reason": "again"})["incident"]["status"] == "triaged"
    assert acts(alice, number, "cancellation", {"reason": "a duplicate"})["incident"]["status"] == "cancelled"


def test_raising_the_priority_needs_a_reason(alice, number):
    assert acts(alice, number, "priority", {"priority": "P1", "reason": "all is slow"})["incident"]["priority"] == "P1"
    refused = acts(alice, number, "priority", {"priority": "P2"}, 422)
    assert refused["message"] == "Object missing required field `reason`."


def test_what_the_state_does_not_allow_is_409_in_the_callers_language(alice, number):
    refused = alice("POST", f"/api/incidents/{number}/closure?lang=fr", {})
    assert (refused.status, refused.json["error"]) == (409, "no_such_move")
    assert refused.json["message"] != alice("POST", f"/api/incidents/{number}/closure?lang=en", {}).json["message"]


def run_of(seen):
    return next(entry["event"]["run_id"] for entry in seen["entries"] if entry["type"] == "StepStarted")


def test_a_step_that_reads_runs_and_its_output_can_be_fetched(alice, house, clock, number):
    item = alice("GET", f"/api/incidents/{number}").json["plan"]["items"][0]
    run = run_of(acts(alice, number, "runs", {"step": item["key"], "digest": item["command"]["digest"]}))
    blob = house.evidence_blob("node-1 Ready\n" * 3)
    now = clock.now()
    finished = e.StepFinished(at=now, run_id=run, started_at=now, ended_at=now, exit_code=0, blob=blob.digest)
    house.record(TellResult(incident=number, outcome=finished), blobs=[blob])
    seen = alice("GET", f"/api/incidents/{number}").json
    assert seen["plan"]["items"][0]["state"] == "done"
    output = alice("GET", f"/api/incidents/{number}/blobs/{blob.digest}")
    assert (output.body, output.headers["content-type"]) == (b"node-1 Ready\n" * 3, "text/plain; charset=utf-8")


def test_a_text_of_another_incident_is_not_shown(alice, house, number):
    digest_elsewhere, _ = house.keep_text("s3cret of another incident")
    assert alice("GET", f"/api/incidents/{number}/blobs/{digest_elsewhere}").status == 404


def test_a_step_that_changes_something_wants_an_approval_of_exactly_this_command(alice, number):
    item = alice("GET", f"/api/incidents/{number}").json["plan"]["items"][1]
    target = {"step": item["key"], "digest": item["command"]["digest"]}
    assert acts(alice, number, "runs", target, 409)["error"] == "needs_approval"
    assert acts(alice, number, "approvals", {**target, "digest": "0" * 64}, 409)["error"] == "command_changed"
    acts(alice, number, "approvals", target)
    assert alice("GET", f"/api/incidents/{number}").json["plan"]["items"][1]["state"] == "approved"
    acts(alice, number, "runs", target)


def test_a_command_that_a_person_brings_is_recorded_with_its_true_text(alice, number):
    pipeline = [["kubectl", "get", "pods", "-n", "a b; rm -rf /"]]
    made = acts(alice, number, "runs", {"pipeline": pipeline})
    started = next(entry["event"] for entry in made["entries"] if entry["type"] == "StepStarted")
    assert started["text"] == "kubectl get pods -n 'a b; rm -rf /'"
    assert started["pipeline"] == pipeline
    assert started["digest"] == digest_of((tuple(pipeline[0]),))
    lied = {"pipeline": pipeline, "text": "kubectl get nodes"}
    assert acts(alice, number, "runs", lied, 422)["message"] == "Object contains unknown field `text`."


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({}, 422),
        ({"step": "node-down/1/1", "pipeline": [["ls"]]}, 422),
        ({"pipeline": []}, 422),
        ({"pipeline": [[]]}, 422),
        ({"pipeline": [[""]]}, 409),
        ({"pipeline": [["a"] * 201]}, 422),
        ({"pipeline": [["kubectl", "get", "nodes"]], "digest": "00"}, 409),
        ({"step": "no/such/step", "digest": "00"}, 409),
    ],
)
def test_a_run_of_nothing_sensible_is_refused(alice, number, content, status):
    acts(alice, number, "runs", content, status)


def test_the_loss_of_data_takes_two_people(app, house, alice, number):
    bob = asking(app, token_of(house, "bob"))
    pipeline = {"pipeline": [["kubectl", "delete", "pvc", "data-postgresql-0"]]}
    acts(alice, number, "approvals", pipeline)
    assert acts(alice, number, "runs", pipeline, 409)["error"] == "needs_two_people"
    acts(bob, number, "runs", pipeline)


def test_evidence_is_kept_whole_without_its_secrets(alice, house, number):
    text = "line\n" * 1000 + "password=hunter2hunter2\n"
    made = acts(alice, number, "evidence", {"title": "patroni's log", "text": text})
    pasted = made["entries"][0]["event"]
    kept = alice("GET", f"/api/incidents/{number}/blobs/{pasted['blob']}").body
    assert kept.startswith(b"line\nline\n")
    assert b"hunter2" not in kept
    assert hashlib.sha256(kept).hexdigest() == pasted["blob"]


def test_the_postmortem_is_a_draft_until_somebody_saves_one(alice, number):
    address = f"/api/incidents/{number}/postmortem"
    draft = alice("GET", address).json
    assert draft["saved_at"] is None
    assert "1 node down" in draft["text"]
    assert alice("PUT", address, {"text": "# Ours"}).json["error"] == "not_resolved"
    acts(alice, number, "resolution", {})
    assert alice("PUT", address, {"text": "# Ours"}).status == 200
    assert alice("GET", address).json["text"] == "# Ours"
    assert "1 node down" in alice("GET", f"{address}?fresh=true").json["text"]


def test_alerts_that_came_in_are_seen_with_their_labels(house, alice, clock):
    reading = read((BODIES / "node-firing.json").read_bytes(), "prod")
    house.record(ReceiveAlerts(source="prod", alerts=tuple(reading.alerts), received_at=clock.now()))
    seen = alice("GET", "/api/incidents/1").json
    assert [(alert["name"], alert["labels"]["node"]) for alert in seen["alerts"]] == [("KubeNodeNotReady", "node-2")]
    (row,) = alice("GET", "/api/incidents").json["incidents"]
    assert row["alerts"] == [
        {"name": "KubeNodeNotReady", "fingerprint": reading.alerts[0].fingerprint, "status": "firing"}
    ]


@pytest.mark.parametrize("path", ["0", "2", "-1", "x", "9" * 5000, "%31", "1.0", "٣"])
def test_an_incident_that_is_not_there_is_404(alice, number, path):
    address = f"/api/incidents/{path}" if path != "%31" else "/api/incidents/%2531"
    for answer in (
        alice("GET", address),
        alice("GET", f"{address}/timeline"),
        alice("GET", f"{address}/postmortem"),
        alice("POST", f"{address}/acknowledgement", {}),
        alice("POST", f"{address}/notes", {"text": "x"}),
    ):
        assert answer.status == 404, answer.body


def test_people_merge_incidents_and_move_alerts(alice, house):
    alerts = tuple(read((BODIES / "group-of-two.json").read_bytes(), "am").alerts)
    house.record(ReceiveAlerts(source="am", alerts=alerts, received_at=house.clock.now()))
    number = alice("GET", "/api/incidents").json["incidents"][0]["id"]
    first, *others = alice("GET", f"/api/incidents/{number}").json["alerts"]
    answer = alice("POST", f"/api/incidents/{number}/moving", {"alerts": [first["fingerprint"]], "reason": "another"})
    assert answer.status == 200
    alone = answer.json["entries"][0]["event"]["to"]
    held = alice("GET", f"/api/incidents/{alone}").json["alerts"]
    assert [(alert["fingerprint"], alert["why"]["reason"]) for alert in held] == [(first["fingerprint"], "split")]
    assert alice("POST", f"/api/incidents/{alone}/merging", {"into": number}).status == 200
    row = next(row for row in alice("GET", "/api/incidents").json["incidents"] if row["id"] == number)
    assert row["alerts_total"] == len(others) + 1
    refused = alice("POST", f"/api/incidents/{alone}/merging", {"into": number})
    assert (refused.status, refused.json["error"]) == (409, "not_open")
