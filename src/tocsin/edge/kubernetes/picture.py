"""
From the API's objects to a `Snapshot`: pure.

The surprise is `ready`, by the Ready condition and the node's: for a pod on a node that is gone, the API goes on
saying Running, and for some seconds even Ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tocsin.cluster.snapshot import Node, Pod, Snapshot
from tocsin.edge.kubernetes.objects import Condition, ContainerStatus, NodeObject, PodObject, Usage, quantity

ROLE = "node-role.kubernetes.io/"
PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
FINISHED = ("Succeeded", "Failed")


def picture(
    nodes: Iterable[NodeObject], pods: Iterable[PodObject], usage: Iterable[Usage], usage_why: str, taken_at: datetime
) -> Snapshot:
    """Put together what the API answered."""
    used = {one.metadata.name: one.usage for one in usage}
    shown = tuple(_node(node, used.get(node.metadata.name, {})) for node in nodes)
    alive = {node.name for node in shown if node.ready == "True"}
    return Snapshot(taken_at=taken_at, nodes=shown, pods=tuple(_pod(pod, alive) for pod in pods), usage_why=usage_why)


def _node(node: NodeObject, used: Mapping[str, str]) -> Node:
    conditions = _by_type(node.status.conditions)
    ready = conditions.get("Ready")
    capacity = node.status.capacity or {}
    return Node(
        name=node.metadata.name,
        # A node that has never reported has no condition: nobody knows.
        ready=ready.status if ready else "Unknown",
        since=_utc(ready.last_transition_time) if ready else None,
        roles=tuple(sorted(key.removeprefix(ROLE) for key in node.metadata.labels or {} if key.startswith(ROLE))),
        addresses=tuple(address.address for address in node.status.addresses or ()),
        taints=tuple(
            f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"
            for taint in node.spec.taints or ()
        ),
        pressures=tuple(kind for kind in PRESSURES if kind in conditions and conditions[kind].status == "True"),
        cpu_millicores=_millicores(used.get("cpu")),
        memory_bytes=_bytes(used.get("memory")),
        cpu_capacity_millicores=_millicores(capacity.get("cpu")) or 0,
        memory_capacity_bytes=_bytes(capacity.get("memory")) or 0,
    )


def _pod(pod: PodObject, alive: set[str]) -> Pod:
    ready = _by_type(pod.status.conditions).get("Ready")
    owner = next(iter(pod.metadata.owner_references or ()), None)
    return Pod(
        namespace=pod.metadata.namespace,
        name=pod.metadata.name,
        node=pod.spec.node_name,
        phase=pod.status.phase,
        ready=ready is not None and ready.status == "True" and pod.spec.node_name in alive,
        reason=_reason(pod),
        restarts=sum(container.restart_count for container in pod.status.container_statuses or ()),
        owner=f"{owner.kind}/{owner.name}" if owner else "",
        finished=pod.status.phase in FINISHED,
        containers=tuple(container.name for container in pod.spec.containers),
        labels=dict(pod.metadata.labels or {}),
        ip=pod.status.pod_ip,
    )


def _reason(pod: PodObject) -> str:
    """Say why it is not well: its first unwell container's reason, else the pod's own, else why no node takes it."""
    containers = [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]
    found = next((reason for container in containers if (reason := _container_reason(container))), "")
    if found or pod.status.reason:
        return found or pod.status.reason or ""
    if pod.metadata.deletion_timestamp:
        return "Terminating"
    scheduled = _by_type(pod.status.conditions).get("PodScheduled")
    return (scheduled.reason or "") if scheduled and scheduled.status == "False" else ""


def _container_reason(container: ContainerStatus) -> str:
    why = container.state.waiting or container.state.terminated
    reason = (why.reason or "") if why else ""
    return "" if reason == "Completed" else reason


def _by_type(conditions: Iterable[Condition] | None) -> dict[str, Condition]:
    return {condition.type: condition for condition in conditions or ()}


def _millicores(text: str | None) -> int | None:
    return None if text is None else round(quantity(text) * 1000)


def _bytes(text: str | None) -> int | None:
    return None if text is None else round(quantity(text))


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC) if instant else None
