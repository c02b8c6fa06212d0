"""What an alert means: the team's words first, then the catalogue, then "not classified"; topology only raises."""

from __future__ import annotations

import pytest

from tests.story import NIGHT, alert
from tocsin.cluster.topology import UNKNOWN, Topology
from tocsin.triage.classify import classify, classify_report
from tocsin.world import World

TWO_NODES = Topology(nodes=("node-1", "node-2"), control_plane=("node-1",), addresses={"10.0.0.2": "node-2"})


@pytest.fixture
def judge(procedure, catalogue):
    """Classify an alert by the team's procedure and the shipped catalogue."""

    def verdict(name, *, topology=UNKNOWN, severity="warning", **labels):
        world = World(procedure=procedure, catalogue=catalogue, topology=topology)
        return classify(alert(name, NIGHT, severity=severity, **labels), procedure, world)

    return verdict


@pytest.mark.parametrize(
    ("name", "labels", "priority", "scenario", "line"),
    [
        ("KubeNodeNotReady", {"node": "node-2"}, "P2", "node-2-down-worker", "incidents.md:8"),
        ("KubeNodeUnreachable", {"node": "node-2"}, "P2", "node-2-down-worker", "incidents.md:8"),
        ("KubernetesNodeNotReady", {"node": "node-2"}, "P2", "node-2-down-worker", "incidents.md:8"),
        ("KubeNodeNotReady", {"node": "node-1"}, "P1", "node-1-down-control-plane", "incidents.md:53"),
        ("PostgresReplicationRoleChanged", {}, "P2", "postgresql-primary-down", "incidents.md:8"),
        ("TocsinPgChecksumFailures", {}, "P1", "", "incidents.md:7"),  # corruption: never propose a failover
        ("KubePodCrashLooping", {"namespace": "paie"}, "P3", "", "incidents.md:9"),
        ("TocsinRedisHitRatioLow", {}, "P3", "", "incidents.md:9"),
        ("TocsinDisk70", {}, "P4", "", "incidents.md:10"),
    ],
)
def test_the_teams_own_words_come_first(judge, name, labels, priority, scenario, line):
    verdict = judge(name, **labels)
    assert (verdict.priority, verdict.scenario, verdict.line) == (priority, scenario, line)
    assert verdict.classified


@pytest.mark.parametrize(
    ("name", "priority", "scenario", "reason"),
    [
        ("KubeAPIDown", "P1", "node-1-down-control-plane", "catalogue"),
        ("KubeletDown", "P1", "node-1-down-control-plane", "catalogue"),
        ("PatroniHasNoLeader", "P1", "postgresql-primary-down", "catalogue"),
        ("PostgreSQLNoPrimary", "P1", "postgresql-primary-down", "alike"),
        ("RedisDown", "P2", "", "catalogue"),
        ("AlertmanagerClusterDown", "P2", "", "catalogue"),
        ("NodeFilesystemSpaceFillingUp", "P3", "", "catalogue"),
    ],
)
def test_then_the_catalogue(judge, name, priority, scenario, reason):
    verdict = judge(name)
    assert (verdict.priority, verdict.scenario, verdict.reason) == (priority, scenario, reason)


def test_an_unknown_alert_is_p2_when_its_source_calls_it_critical_else_p3(judge):
    assert [judge("FluxLow", severity=s).priority for s in ("critical", "Critical", "warning", "")] == [
        "P2",
        "P2",
        "P3",
        "P3",
    ]
    assert not judge("FluxLow", severity="critical").classified


def test_the_topology_only_raises(judge):
    """A node that carries the control plane takes the cluster with it, whatever its name."""
    renamed = Topology(nodes=("alpha", "beta"), control_plane=("alpha",))
    assert judge("KubeNodeNotReady", topology=renamed, node="alpha").priority == "P1"
    assert judge("KubeNodeNotReady", topology=renamed, node="beta").priority == "P2"
    assert judge("KubeAPIDown", topology=TWO_NODES).priority == "P1"


def test_a_node_is_found_by_the_address_of_the_exporter(judge):
    verdict = judge("TocsinNodeSilent", topology=TWO_NODES, instance="10.0.0.2:9100")
    assert verdict.scenario == "node-2-down-worker"


def test_an_alert_without_a_node_gets_no_nodes_scenario(judge):
    assert judge("KubeNodeNotReady").scenario == ""


@pytest.mark.parametrize(
    ("said", "priority", "scenario"),
    [
        ("le nœud 2 ne répond plus", "P2", "node-1-down-control-plane"),
        ("la base de données est corrompue", "P1", ""),
        ("je crois qu'on a une attaque ddos", "P3", ""),
        ("le logo est de travers", "P3", ""),
    ],
)
def test_a_persons_words_are_read_more_loosely(procedure, said, priority, scenario):
    assert classify_report(said, False, True, procedure).priority == priority


def test_a_persons_words_alone_call_nobody(procedure):
    alone = classify_report("la base de données est corrompue", False, False, procedure)
    assert (alone.priority, alone.reason) == ("P3", "report_alone")


def test_everything_is_down_is_a_p1(procedure):
    assert classify_report("rien ne va", True, False, procedure).priority == "P1"
