"""Effects that outlive their cause."""

from __future__ import annotations

from datetime import timedelta

from tests.story import Story
from tocsin.cluster.topology import Topology
from tocsin.incident import commands as c

PLACES = Topology(
    nodes=("node-1", "node-2"),
    control_plane=("node-1",),
    pods={"production/web-1": "node-2", "production/api-1": "node-2"},
    owners={"production/web-1": "production/web", "production/api-1": "production/api"},
    workloads={"production/web": ("node-2",), "production/api": ("node-2",)},
)


def _night(procedure) -> Story:
    """Node 2 dies with two pods; it comes back, one of them does not."""
    story = Story(procedure, topology=PLACES)
    story.fires("KubeNodeNotReady", node="node-2")
    story.fires("KubePodNotReady", namespace="production", pod="web-1")
    story.fires("TargetDown", namespace="production", pod="api-1")
    story.ask(c.Acknowledge(incident=1, by="Alice"))
    story.passes(timedelta(minutes=5))
    story.clears("KubeNodeNotReady")
    story.clears("TargetDown")
    return story


def test_a_child_that_outlives_its_parent_by_a_quarter_of_an_hour_is_an_incident_of_its_own(procedure):
    story = _night(procedure)
    story.passes(timedelta(minutes=14))
    assert list(story.incidents) == [1]
    story.passes(timedelta(minutes=2))
    assert [alert.name for alert in story.incident(2).alerts] == ["KubePodNotReady"]
    assert story.incident(2).group == "workload:production/web"
    assert story.incident(2).held.held()[0].tie == ("promoted", "1")
    assert [alert.name for alert in story.incident(1).alerts] == ["KubeNodeNotReady", "TargetDown"]
    assert story.incident(2).pages
    story.check_properties()


def test_the_parent_is_quiet_once_the_child_has_left(procedure):
    story = _night(procedure)
    story.passes(timedelta(minutes=25))
    assert "ResolutionSuggested" in story.kinds(1)


def test_a_child_that_ends_in_time_stays(procedure):
    story = _night(procedure)
    story.passes(timedelta(minutes=10))
    story.clears("KubePodNotReady")
    story.passes(timedelta(minutes=30))
    assert list(story.incidents) == [1]
    assert len(story.incident(1).alerts) == 3


def test_a_cause_that_comes_back_keeps_its_children(procedure):
    story = _night(procedure)
    story.passes(timedelta(minutes=10))
    story.fires("KubeNodeNotReady", node="node-2")
    story.passes(timedelta(minutes=30))
    assert list(story.incidents) == [1]
