"""
Nodes and pods as the API's JSON: the fields that scripts and people read, in the shape of a 1.20.2 server.

The surprise is in a pod on a dead node: its Ready condition is False while ContainersReady stays True and its
containers still say ready.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.kubectl.asked import labels
from tocsin.rehearsal.machines import Machine
from tocsin.rehearsal.workloads import PracticePod

Object = dict[str, Any]
KUBELET = "v1.20.2"
CPUS, MEMORY_KIB = 2, 24581692
CONDITIONS = {
    "MemoryPressure": ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("KubeletReady", "kubelet is posting ready status"),
}


def stamp(at: datetime) -> str:
    """An instant as the API writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def listed(items: list[Object]) -> Object:
    """Several objects, as `kubectl get -o json` prints them."""
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": "", "selfLink": ""}}


def node_object(machine: Machine, now: datetime) -> Object:
    """One node."""
    roles = {f"node-role.kubernetes.io/{role}": "" for role in machine.roles}
    taints = [
        {"effect": effect, "key": key, "timeAdded": stamp(machine.ready_since)}
        for key, effect in (taint.split(":") for taint in machine.taints)
    ]
    spec: Object = {"taints": taints} if taints else {}
    if machine.cordoned:
        spec["unschedulable"] = True
    size = {"cpu": str(CPUS), "memory": f"{MEMORY_KIB}Ki", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "creationTimestamp": stamp(machine.created_at),
            "labels": {"kubernetes.io/hostname": machine.name, "kubernetes.io/os": "linux", **roles},
            "name": machine.name,
        },
        "spec": spec,
        "status": {
            "addresses": [
                {"address": machine.internal, "type": "InternalIP"},
                {"address": machine.address, "type": "ExternalIP"},
                {"address": machine.name, "type": "Hostname"},
            ],
            "allocatable": size,
            "capacity": size,
            "conditions": [_condition(machine, kind, now) for kind in CONDITIONS],
            "nodeInfo": {"kubeletVersion": KUBELET, "osImage": "Debian GNU/Linux 12 (bookworm)"},
        },
    }


def _condition(machine: Machine, kind: str, now: datetime) -> Object:
    known = machine.ready == "True"
    reason, message = CONDITIONS[kind] if known else ("NodeStatusUnknown", "Kubelet stopped posting node status.")
    well = "True" if kind == "Ready" else "False"
    return {
        "lastHeartbeatTime": stamp(machine.heartbeat_at or now),
        "lastTransitionTime": stamp(machine.ready_since),
        "message": message,
        "reason": reason,
        "status": well if known else "Unknown",
        "type": kind,
    }


def pod_object(pod: PracticePod, cluster: Cluster) -> Object:
    """One pod."""
    owner = pod.workload
    replica_set = owner.owner == "Deployment"
    metadata: Object = {
        "creationTimestamp": stamp(pod.created_at),
        "labels": labels(pod),
        "name": pod.name,
        "namespace": owner.namespace,
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "controller": True,
                "kind": "ReplicaSet" if replica_set else owner.owner,
                "name": f"{owner.name}-{pod.template}" if replica_set else owner.name,
            }
        ],
    }
    if pod.deleted_at:
        metadata["deletionTimestamp"] = stamp(pod.deleted_at)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [{"image": owner.image, "name": owner.name}], "nodeName": pod.node},
        "status": {
            "conditions": _pod_conditions(pod, cluster),
            "containerStatuses": [_container(pod)],
            "phase": "Pending" if pod.waiting == "ContainerCreating" else "Running",
            "podIP": pod.ip,
            "startTime": stamp(pod.created_at),
        },
    }


def _pod_conditions(pod: PracticePod, cluster: Cluster) -> list[Object]:
    node_ready = cluster.machines[pod.node].ready == "True"
    since = pod.started_at if node_ready else cluster.machines[pod.node].ready_since
    words = {
        "Initialized": (True, pod.created_at),
        "Ready": (cluster.serves(pod), since),
        "ContainersReady": (pod.started, pod.started_at),
        "PodScheduled": (True, pod.created_at),
    }
    return [
        {"lastProbeTime": None, "lastTransitionTime": stamp(at), "status": str(holds), "type": kind}
        for kind, (holds, at) in words.items()
    ]


def _container(pod: PracticePod) -> Object:
    state: Object = (
        {"waiting": {"reason": pod.waiting}} if pod.waiting else {"running": {"startedAt": stamp(pod.started_at)}}
    )
    return {
        "image": pod.workload.image,
        "name": pod.workload.name,
        "ready": pod.started,
        "restartCount": pod.restarts,
        "state": state,
    }
