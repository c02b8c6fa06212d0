"""
Which node carries what, kept from before the outage.

Built from the last good snapshot. When node 1 is dead nobody can ask the API what ran on it; this remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from tocsin.cluster.snapshot import Snapshot

NODE_LABELS = ("node", "kubernetes_node", "nodename", "hostname")
CONTROL_PLANE_ROLES = frozenset({"control-plane", "master"})


class Topology(Struct, frozen=True, omit_defaults=True):
    """
    `pods` maps "namespace/name" to a node; `addresses` maps an address to a node; `known_at` is UTC, None when
    nothing is known.
    """

    nodes: tuple[str, ...] = ()
    control_plane: tuple[str, ...] = ()
    pods: dict[str, str] = {}
    addresses: dict[str, str] = {}
    known_at: datetime | None = None


UNKNOWN = Topology()


def topology_of(snapshot: Snapshot) -> Topology:
    """Keep of a snapshot what correlation and triage need when the API is gone."""
    return Topology(
        nodes=tuple(node.name for node in snapshot.nodes),
        control_plane=tuple(n.name for n in snapshot.nodes if CONTROL_PLANE_ROLES & set(n.roles)),
        pods={f"{pod.namespace}/{pod.name}": pod.node for pod in snapshot.pods if pod.node},
        addresses={address: node.name for node in snapshot.nodes for address in node.addresses},
        known_at=snapshot.taken_at,
    )


def node_of(labels: Mapping[str, str], topology: Topology) -> str:
    """The node that labels speak of: their own word, else their `instance` address; "" when nothing tells."""
    for label in NODE_LABELS:
        if labels.get(label):
            return labels[label]
    instance = labels.get("instance", "").rsplit(":", 1)[0]
    return instance if instance in topology.nodes else topology.addresses.get(instance, "")


def node_below(labels: Mapping[str, str], topology: Topology) -> str:
    """The node that carries what the labels speak of: also a pod's, as it was known before the outage."""
    pod = f"{labels.get('namespace', '')}/{labels.get('pod', '')}"
    return node_of(labels, topology) or topology.pods.get(pod, "")
