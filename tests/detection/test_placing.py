"""Children, parents and the umbrella: which incident takes what, and what it says why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.story import Story, alert
from tocsin.cluster.snapshot import Node, Pod, Snapshot
from tocsin.cluster.topology import Topology, topology_of
from tocsin.incident import commands as c
from tocsin.incident.sentences import sentence

KUBE_STATE = {
    "container": "kube-state-metrics",
    "instance": "10.244.0.9:8080",
    "job": "kube-state-metrics",
    "service": "ksm",
}


def _places(story_at) -> Topology:
    def pod(name: str, node: str, owner: str, ip: str, namespace: str = "production") -> Pod:
        return Pod(namespace=namespace, name=name, node=node, owner=owner, ip=ip)

    return topology_of(
        Snapshot(
            taken_at=story_at,
            nodes=(
                Node(name="node-1", ready="True", roles=("control-plane",), addresses=("10.0.0.1",)),
                Node(name="node-2", ready="True", addresses=("10.0.0.2",)),
                Node(name="node-3", ready="True", addresses=("10.0.0.3",)),
            ),
            pods=(
                pod("web-7d9f8b6c5-abcde", "node-2", "ReplicaSet/web-7d9f8b6c5", "10.244.0.2"),
                pod("web-7d9f8b6c5-fghij", "node-3", "ReplicaSet/web-7d9f8b6c5", "10.244.0.3"),
                pod("postgresql-0", "node-2", "StatefulSet/postgresql", "10.244.0.4"),
                pod("postgresql-1", "node-3", "StatefulSet/postgresql", "10.244.0.5"),
                pod("ksm-1", "node-3", "ReplicaSet/ksm", "10.244.0.9", "monitoring"),
            ),
        )
    )


@pytest.fixture
def story(procedure) -> Story:
    story = Story(procedure)
    story.world = type(story.world)(
        **{**{f: getattr(story.world, f) for f in story.world.__struct_fields__}, "topology": _places(story.now)}
    )
    return story


def _ties(story: Story, number: int) -> dict[str, tuple[str, str]]:
    return {held.alert.name: tuple(held.tie) for held in story.incident(number).held.held()}


def test_a_dead_node_explains_what_lay_on_it_and_says_how(story):
    """Labels of upstream's shapes: no node on a pod's alert, kube-state-metrics' own address on a workload's."""
    story.fires("KubeNodeNotReady", node="node-2", **KUBE_STATE)
    story.fires("KubePodNotReady", namespace="production", pod="web-7d9f8b6c5-abcde", job="kube-state-metrics")
    story.fires("KubeDeploymentReplicasMismatch", namespace="production", deployment="web", **KUBE_STATE)
    story.fires("TargetDown", job="node-exporter", instance="10.0.0.2:9100")
    story.fires("PostgreSQLDown", instance="10.244.0.4:9187")
    story.fires("PostgresqlReplicationLag", instance="10.244.0.5:9187")
    story.fires("Wazuh 504", **{"agent.name": "node-2", "rule.id": "504"})
    assert list(story.incidents) == [1]
    assert _ties(story, 1) == {
        "KubeNodeNotReady": ("cause", "node-2"),
        "KubePodNotReady": ("pod_on", "node-2"),
        "KubeDeploymentReplicasMismatch": ("workload_on", "node-2"),
        "TargetDown": ("address_of", "node-2"),
        "PostgreSQLDown": ("pod_on", "node-2"),
        "PostgresqlReplicationLag": ("member_on", "node-2"),
        "Wazuh 504": ("named", "node-2"),
    }
    story.check_properties()


def test_children_that_came_first_are_gathered_and_called_for_no_more(story):
    story.fires("KubePodNotReady", namespace="production", pod="web-7d9f8b6c5-abcde")
    story.fires("PostgreSQLDown", instance="10.244.0.4:9187")
    story.passes(timedelta(minutes=4))
    called = {number: len(story.incident(number).pages) for number in (1, 2)}
    story.fires("KubeNodeNotReady", node="node-2")
    assert [story.incident(n).status for n in (1, 2, 3)] == ["merged", "merged", "detected"]
    assert len(story.incident(3).alerts) == 3
    story.passes(timedelta(hours=2))
    assert {number: len(story.incident(number).pages) for number in (1, 2)} == called
    story.check_properties()


def test_what_came_longer_ago_than_ten_minutes_has_another_reason(story):
    story.fires("KubePodNotReady", namespace="production", pod="web-7d9f8b6c5-abcde")
    story.passes(timedelta(minutes=11))
    story.fires("KubeNodeNotReady", node="node-2")
    assert [story.incident(n).is_open for n in (1, 2)] == [True, True]


@pytest.mark.parametrize(
    "name",
    [
        "NodeFilesystemAlmostOutOfSpace",
        "KubeletClientCertificateExpiration",
        "NodeMemoryHighUtilization",
        "KubePodCrashLooping",
    ],
)
def test_a_dead_node_does_not_explain_what_is_of_another_nature(story, name):
    """However near it lies: the disk of that very node, a certificate, a program that starts again and again."""
    story.fires("KubeNodeNotReady", node="node-2")
    story.fires(name, node="node-2", namespace="production", pod="web-7d9f8b6c5-abcde")
    assert len(story.incidents) == 2


def test_the_node_with_the_only_control_plane_explains_the_api_and_the_missing_leader(story):
    story.fires("PatroniHasNoLeader", scope="main")
    story.fires("KubeAPIDown", job="apiserver")
    story.fires("KubeSchedulerDown", job="kube-scheduler")
    assert [i.number for i in story.incidents.values() if i.is_open] == [2]
    story.fires("KubeNodeNotReady", node="node-1")
    assert [i.number for i in story.incidents.values() if i.is_open] == [3]
    assert story.incident(3).priority == "P1"


def test_an_incident_that_a_person_reported_or_placed_is_never_gathered(story):
    story.fires("KubePodNotReady", namespace="production", pod="web-7d9f8b6c5-abcde")
    story.fires("QueueStuck", queue="a")
    story.ask(c.Merge(incident=2, by="Alice", into=1))
    story.ask(c.Report(by="Bob", text="the shop is slow"))
    story.fires("KubeNodeNotReady", node="node-2")
    assert [i.number for i in story.incidents.values() if i.is_open] == [1, 3, 4]


def _strange(count: int, at) -> list:
    return [alert(f"Strange{n}", at, peer=f"peer-{n}") for n in range(count)]


def test_a_storm_that_nothing_explains_has_one_umbrella_and_one_call(story):
    story.receives(*_strange(30, story.now))
    assert list(story.incidents) == [1]
    assert story.incident(1).group == "storm"
    assert story.incident(1).held.count == 30
    assert len({page.contact for page in story.incident(1).pages}) == len(story.incident(1).pages) == 1


def test_what_is_unlike_the_crowd_stands_alone_in_the_middle_of_a_storm(story):
    """The unrelated fault is never hidden, known by name or not."""
    unlike = [
        alert("NodeFilesystemAlmostOutOfSpace", story.now, instance="10.0.0.3:9100", mountpoint="/"),
        alert("BackupMissing", story.now, backup="object-store", severity="critical"),
    ]
    story.receives(*_strange(30, story.now), *unlike)
    assert sorted(i.held.count for i in story.incidents.values()) == [1, 1, 30]


def test_the_first_alerts_of_a_storm_go_under_its_umbrella_once_it_is_one(story):
    for one in _strange(30, story.now):
        story.receives(one)
        story.passes(timedelta(seconds=1))
    still = [i for i in story.incidents.values() if i.is_open]
    assert [i.group for i in still] == ["storm"]
    assert still[0].held.count == 30
    story.check_properties()


def test_twenty_alerts_in_an_hour_are_no_storm(story):
    for one in _strange(25, story.now):
        story.receives(one)
        story.passes(timedelta(minutes=3))
    assert all(incident.group != "storm" for incident in story.incidents.values())


def test_forty_pods_of_one_workload_are_one_matter_and_no_storm(story):
    story.receives(
        *(alert("KubePodNotReady", story.now, namespace="production", pod=f"web-7d9f8b6c5-{n:05}") for n in range(40))
    )
    assert [i.group for i in story.incidents.values()] == ["workload:production/web"]


def test_a_cause_that_comes_takes_its_effects_out_of_the_umbrella(story):
    on_it = [alert(f"Silent{n}", story.now, namespace="production", pod="postgresql-0") for n in range(3)]
    story.receives(*_strange(30, story.now), *on_it)
    story.fires("KubeNodeNotReady", node="node-2")
    umbrella = next(i for i in story.incidents.values() if i.group == "storm")
    node = next(i for i in story.incidents.values() if i.group == "node:node-2")
    assert umbrella.held.count == 30
    assert node.held.count == 4


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "2 alertes expliquées par node-2"), ("en", "2 alerts explained by node-2")]
)
def test_the_timeline_says_what_is_explained_by_what(story, language, said):
    story.fires("KubeNodeNotReady", node="node-2")
    story.receives(
        alert("TargetDown", story.now, instance="10.0.0.2:9100"),
        alert("KubePodNotReady", story.now, namespace="production", pod="web-7d9f8b6c5-abcde"),
    )
    joined = next(event for event in story.timeline(1) if type(event).__name__ == "AlertsJoined")
    assert said in sentence(joined, language)


def test_without_a_picture_of_the_cluster_the_labels_alone_are_believed(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.fires("KubeletInstanceUnreachable", node="node-2")
    story.fires("KubePodNotReady", namespace="production", pod="web-1")
    assert [i.held.count for i in story.incidents.values()] == [2, 1]


def test_what_ends_in_the_batch_that_brings_its_cause_has_ended_there(story):
    story.fires("KubePodNotReady", namespace="production", pod="web-7d9f8b6c5-abcde")
    over = replace(story.incident(1).alerts[0], status="cleared", ends_at=story.now)
    story.receives(over, alert("KubeNodeNotReady", story.now, node="node-2"))
    assert {a.name: a.status for a in story.incident(2).alerts} == {
        "KubeNodeNotReady": "firing",
        "KubePodNotReady": "cleared",
    }


def test_what_joins_in_the_batch_that_brings_its_cause_is_gathered_with_the_rest(story):
    story.fires("KubePodNotReady", namespace="production", pod="postgresql-0")
    story.receives(
        alert("PostgresqlReplicationLag", story.now, instance="10.244.0.5:9187"),
        alert("KubeNodeNotReady", story.now, node="node-2"),
    )
    assert [i.held.count for i in story.incidents.values() if i.is_open] == [3]
