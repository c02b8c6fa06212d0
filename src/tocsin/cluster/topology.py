"""
Which node carries what, kept from before the outage.

Built from the last good snapshot. When node 1 is dead nobody can ask the API what ran on it; this remembers.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from tocsin.cluster.snapshot import Snapshot

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
