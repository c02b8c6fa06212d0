"""What a snapshot shows, and above all what `kubectl get pods` hides."""

from __future__ import annotations

import pytest

from tests.story import NIGHT, Story
from tocsin.cluster.snapshot import Node, Pod, Snapshot
from tocsin.diagnosis.findings import findings, words
from tocsin.incident import events as e

GOOD = Node("node-1", "True")
DEAD = Node("node-2", "Unknown", since=NIGHT)


def seen(*pods, nodes=(GOOD, DEAD), **with_it):
    """The codes and subjects of a picture's findings."""
    return [(f.code, f.subject) for f in findings(Snapshot(taken_at=NIGHT, nodes=nodes, pods=pods, **with_it))]


def test_pods_on_a_dead_node_are_one_finding_although_they_are_called_running():
    pods = [Pod("production", f"web-{n}", node="node-2", phase="Running", ready=True) for n in range(3)]
    assert seen(*pods) == [("node_unknown", "node-2"), ("pod_on_dead_node", "node-2")]


def test_running_is_not_ready():
    crashing = Pod("paie", "web", node="node-1", phase="Running", reason="CrashLoopBackOff", restarts=7)
    waiting = Pod("paie", "job", node="", phase="Pending")
    done = Pod("paie", "old", node="node-1", phase="Succeeded", finished=True)
    assert seen(crashing, waiting, done, nodes=(GOOD,)) == [("pod_crashing", "paie/web"), ("pod_pending", "paie/job")]


def test_all_well_is_said_and_missing_usage_too():
    assert seen(nodes=(GOOD,), usage_why="Metrics API not available") == [("all_well", ""), ("usage_missing", "")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_findings_are_sentences(language):
    for finding in findings(Snapshot(taken_at=NIGHT, nodes=(GOOD, DEAD), usage_why="x")):
        assert "{" not in words(finding, language)


def test_an_incident_asks_for_a_picture_and_the_teams_four_commands_once(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    asked = [event for event in story.timeline() if isinstance(event, e.CheckRequested)]
    assert [event.because.line for event in asked] == [f"incidents.md:{line}" for line in (26, 27, 28, 29)]
    assert story.kinds().count("SnapshotRequested") == 1
    story.fires("KubeNodeUnreachable", node="node-2")
    assert story.kinds().count("SnapshotRequested") == 1


def test_the_runbook_that_fits_is_proposed_and_says_whose_it_is(procedure):
    story = Story(procedure)
    story.fires("RedisDown", instance="redis-0:6379")
    proposed = next(event for event in story.timeline() if isinstance(event, e.RunbookProposed))
    assert (proposed.runbook, proposed.ours, proposed.because.line) == ("redis", True, "incidents.md:36")
