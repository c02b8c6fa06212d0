"""
A photograph of the practice cluster: what the Kubernetes API would have answered.

The surprise: while the control plane is down there is no photograph, and that it took its time is part of the truth.
"""

from __future__ import annotations

from tocsin.cluster.snapshot import Node, Pod, Snapshot
from tocsin.edge.clock import Clock
from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.rehearsal.cluster import CONTROL_PLANE, Cluster
from tocsin.rehearsal.kubectl.asked import labels
from tocsin.rehearsal.kubectl.objects import CPUS, MEMORY_KIB
from tocsin.rehearsal.machines import Machine
from tocsin.rehearsal.workloads import PracticePod

PATIENCE = 8.0


class PracticePhotographer:
    """A `Photographer` of a `Cluster`."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def snapshot(self) -> Snapshot:
        """Nodes, pods and usage; raises `Unanswered` while the API is silent or refuses connections."""
        cluster = self._cluster.at(self._clock.now())
        address = cluster.machines[CONTROL_PLANE].address
        if cluster.api == "silent":
            await self._clock.sleep(PATIENCE)
            raise Unanswered("api_silent", f"https://{address}:6443: no answer within {PATIENCE:g} s")
        if cluster.api == "refused":
            raise Unanswered("api_silent", f"https://{address}:6443: connection refused")
        now = self._clock.now()
        return Snapshot(
            taken_at=now,
            nodes=tuple(_node(machine) for machine in cluster.at(now).machines.values()),
            pods=tuple(_pod(pod, cluster) for _, pod in sorted(cluster.pods.items())),
        )


def _node(machine: Machine) -> Node:
    measured = machine.is_up and machine.heartbeat_at is None
    return Node(
        name=machine.name,
        ready=machine.ready,
        since=machine.ready_since,
        roles=machine.roles,
        addresses=(machine.internal, machine.address),
        taints=machine.taints,
        cpu_millicores=machine.cpu_millicores if measured else None,
        memory_bytes=machine.memory_bytes if measured else None,
        cpu_capacity_millicores=CPUS * 1000,
        memory_capacity_bytes=MEMORY_KIB << 10,
    )


def _pod(pod: PracticePod, cluster: Cluster) -> Pod:
    return Pod(
        namespace=pod.workload.namespace,
        name=pod.name,
        node=pod.node,
        phase="Pending" if pod.waiting == "ContainerCreating" else "Running",
        ready=cluster.serves(pod),
        reason=pod.waiting,
        restarts=pod.restarts,
        owner=f"{pod.workload.owner}/{pod.workload.name}",
        containers=(pod.workload.name,),
        labels=labels(pod),
    )
