"""Which incident an alert belongs to."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.story import DAY, Story, alert
from tocsin.cluster.topology import Topology
from tocsin.incident import commands as c

TWO_NODES = Topology(
    nodes=("node-1", "node-2"),
    pods={"production/web-1": "node-2", "production/web-2": "node-1"},
    addresses={"10.0.0.2": "node-2"},
)


def test_alerts_of_one_matter_are_one_incident(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.fires("KubeNodeUnreachable", node="node-2")
    story.fires("KubeNodeNotReady", node="node-1")
    assert [len(i.alerts) for i in story.incidents.values()] == [2, 1]


def test_what_ran_on_a_dead_node_joins_its_incident(procedure):
    """The pod's place was known before the outage; its neighbour on the other node is another matter."""
    story = Story(procedure, topology=TWO_NODES)
    story.receives(
        alert("KubePodNotReady", DAY, namespace="production", pod="web-1"),
        alert("TargetDown", DAY, job="node-exporter", instance="10.0.0.2:9100"),
        alert("KubeNodeNotReady", DAY, node="node-2"),
        alert("KubePodNotReady", DAY, namespace="production", pod="web-2"),
    )
    assert sorted(len(i.alerts) for i in story.incidents.values()) == [1, 3]


def test_the_worlds_never_mix(procedure):
    """A practice alert opens a practice incident beside the real one, and calls itself an exercise."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    told = story.incident(1).alerts
    story.ask(c.ReceiveAlerts(source="alertmanager", alerts=told, received_at=story.now, world_id="practice/1"))
    assert [(i.world_id, i.kind) for i in story.incidents.values()] == [("real", "normal"), ("practice/1", "exercise")]


def test_a_new_episode_joins_and_an_old_one_is_old_news(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    first = story.incident().alerts[0]
    story.passes(timedelta(minutes=1))
    story.clears("KubeNodeNotReady")
    story.receives(first)  # a late duplicate of the beginning
    assert story.incident().firing == ()
    story.receives(replace(first, starts_at=story.now))
    assert len(story.incident().firing) == 1
    assert len(story.incident().alerts) == 1


def test_the_end_of_an_alert_that_nobody_holds_opens_nothing(procedure):
    story = Story(procedure)
    story.receives(replace(alert("KubeNodeNotReady", DAY, node="node-2"), status="cleared"))
    assert story.incidents == {}


def test_what_a_resolved_incident_held_does_not_open_it_again_by_repeating(procedure):
    """A person resolved it while the sender goes on repeating the same episode."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    held = story.incident().alerts[0]
    story.ask(c.Resolve(incident=1, by="Alice"))
    story.ask(c.ReceiveAlerts(source="alertmanager", alerts=(held,), received_at=story.now, ended=(held.episode,)))
    assert list(story.incidents) == [1]
    again = replace(held, starts_at=story.now + timedelta(minutes=1))
    story.receives(again)
    assert list(story.incidents) == [1, 2]
