"""
Which node carries what, kept from before the outage.

Built from the last good snapshot. When node 1 is dead nobody can ask the API what ran on it; this remembers. What a
node that is not ready carried is kept from the look before: afterwards the API says whatever it pleases.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from tocsin.cluster.snapshot import Pod, Snapshot

CONTROL_PLANE_ROLES = frozenset({"control-plane", "master"})
# Where Patroni and the operators that use it write the name of the database cluster.
SCOPE_LABELS = ("cluster-name", "patroni.dev/cluster", "application.patroni/scope")


class Topology(Struct, frozen=True, omit_defaults=True):
    """
    `pods` maps "namespace/name" to a node; `addresses` maps an address to a node, `pod_addresses` one to a pod; `owners`
    maps a pod to its workload ("production/web"), `workloads` a workload to the nodes of its pods, `scopes` the name of
    a database cluster to its workload. `known_at` is UTC, None when nothing is known.
    """

    nodes: tuple[str, ...] = ()
    control_plane: tuple[str, ...] = ()
    pods: dict[str, str] = {}
    addresses: dict[str, str] = {}
    known_at: datetime | None = None
    pod_addresses: dict[str, str] = {}
    owners: dict[str, str] = {}
    workloads: dict[str, tuple[str, ...]] = {}
    scopes: dict[str, str] = {}

    def knows_the_same(self, other: Topology) -> bool:
        """Whether nothing moved; when it was looked does not count."""
        return all(getattr(self, name) == getattr(other, name) for name in self.__struct_fields__ if name != "known_at")


UNKNOWN = Topology()


def topology_of(snapshot: Snapshot, before: Topology = UNKNOWN) -> Topology:
    """Keep of a snapshot what correlation and triage need when the API is gone; `before` fills in for nodes that are not ready."""
    # Pods of jobs come and go by the minute: each look would find another cluster.
    placed = [pod for pod in snapshot.pods if pod.node and not pod.finished and not pod.owner.startswith("Job/")]
    silent = {node.name for node in snapshot.nodes if node.ready != "True"}
    pods = {key: node for key, node in before.pods.items() if node in silent}
    pods.update({_key(pod): pod.node for pod in placed})
    owners = {key: owner for key, owner in before.owners.items() if key in pods}
    owners.update({_key(pod): workload for pod in placed if (workload := workload_of(pod))})
    return Topology(
        nodes=tuple(node.name for node in snapshot.nodes),
        control_plane=tuple(n.name for n in snapshot.nodes if CONTROL_PLANE_ROLES & set(n.roles)),
        pods=pods,
        addresses={address: node.name for node in snapshot.nodes for address in node.addresses},
        known_at=snapshot.taken_at,
        pod_addresses={ip: key for ip, key in before.pod_addresses.items() if key in pods} | _own_addresses(placed),
        owners=owners,
        workloads=_workloads(pods, owners),
        scopes={scope: workload for pod in placed if (scope := _scope(pod)) and (workload := workload_of(pod))},
    )


def workload_of(pod: Pod) -> str:
    """ "production/web" for a pod of ReplicaSet/web-7d9f8b6c5; "" for one of nobody."""
    kind, _, name = pod.owner.partition("/")
    if kind == "ReplicaSet":
        name = name.rpartition("-")[0] or name
    return f"{pod.namespace}/{name}" if name else ""


def _key(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"


def _own_addresses(pods: Iterable[Pod]) -> dict[str, str]:
    """An address that several pods have is their node's: it says nothing about a pod."""
    seen: dict[str, str] = {}
    shared: set[str] = set()
    for pod in pods:
        if pod.ip in seen:
            shared.add(pod.ip)
        seen[pod.ip] = _key(pod)
    return {ip: key for ip, key in seen.items() if ip and ip not in shared}


def _workloads(pods: dict[str, str], owners: dict[str, str]) -> dict[str, tuple[str, ...]]:
    nodes: dict[str, dict[str, None]] = {}
    for key, workload in owners.items():
        nodes.setdefault(workload, {})[pods[key]] = None
    return {workload: tuple(names) for workload, names in nodes.items()}


def _scope(pod: Pod) -> str:
    return next((pod.labels[label] for label in SCOPE_LABELS if pod.labels.get(label)), "")
