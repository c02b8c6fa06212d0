"""Nodes and pods as a Kubernetes API gives them, as objects and as the tables that `kubectl get` prints."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]

BORN = "2026-09-03T08:00:00Z"
READY_SINCE = "2026-09-03T08:01:10Z"
COLUMNS = {
    "nodes": [("Name", 0), ("Status", 0), ("Roles", 0), ("Age", 0), ("Version", 0), ("Internal-IP", 1)],
    "pods": [("Name", 0), ("Ready", 0), ("Status", 0), ("Restarts", 0), ("Age", 0), ("IP", 1), ("Node", 1)],
}


def node(name: str, ip: str, *, roles: tuple[str, ...] = ()) -> Object:
    labels = {"kubernetes.io/hostname": name} | {f"node-role.kubernetes.io/{role}": "" for role in roles}
    pressures = [condition(kind, "False") for kind in ("MemoryPressure", "DiskPressure", "PIDPressure")]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "uid": f"uid-{name}", "creationTimestamp": BORN, "labels": labels},
        "spec": {"podCIDR": "10.42.0.0/24"},
        "status": {
            "addresses": [{"type": "InternalIP", "address": ip}, {"type": "Hostname", "address": name}],
            "capacity": {"cpu": "4", "memory": "16384000Ki", "pods": "110"},
            "allocatable": {"cpu": "4", "memory": "16384000Ki", "pods": "110"},
            "conditions": [*pressures, condition("Ready", "True")],
            "nodeInfo": {"kubeletVersion": "v1.31.4"},
        },
    }


def pod(namespace: str, name: str, where: str, *, app: str, owner: str = "ReplicaSet", password: str = "") -> Object:
    container: Object = {"name": app, "image": f"registry.example.org/{app}:1"}
    if password:
        container["env"] = [{"name": "PASSWORD", "value": password}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "creationTimestamp": BORN,
            "labels": {"app": app},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": owner, "name": app, "uid": "u"}],
        },
        "spec": {"nodeName": where, "containers": [container]},
        "status": {
            "phase": "Running",
            "podIP": "10.42.0.9",
            "conditions": [condition("PodScheduled", "True"), condition("Ready", "True")],
            "containerStatuses": [
                {
                    "name": app,
                    "ready": True,
                    "restartCount": 0,
                    "image": container["image"],
                    "imageID": "",
                    "state": {"running": {"startedAt": READY_SINCE}},
                    "lastState": {},
                }
            ],
        },
    }


def condition(kind: str, status: str, reason: str = "") -> Object:
    return {"type": kind, "status": status, "reason": reason, "lastTransitionTime": READY_SINCE}


def table(resource: str, items: list[Object]) -> Object:
    columns = [
        {"name": name, "type": "string", "format": "", "description": "", "priority": priority}
        for name, priority in COLUMNS[resource]
    ]
    cells = _node_cells if resource == "nodes" else _pod_cells
    meta = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    rows = [{"cells": cells(one), "object": {**meta, "metadata": one["metadata"]}} for one in items]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": "1"},
        "columnDefinitions": columns,
        "rows": rows,
    }


def _node_cells(one: Object) -> list[Any]:
    status = "Ready" if status_of(one, "Ready") == "True" else "NotReady"
    if one["spec"].get("unschedulable"):
        status += ",SchedulingDisabled"
    prefix = "node-role.kubernetes.io/"
    roles = ",".join(key.removeprefix(prefix) for key in one["metadata"]["labels"] if key.startswith(prefix))
    version, ip = one["status"]["nodeInfo"]["kubeletVersion"], one["status"]["addresses"][0]["address"]
    return [one["metadata"]["name"], status, roles or "<none>", _age(one), version, ip]


def _pod_cells(one: Object) -> list[Any]:
    # As the real API: what the kubelet said last, even when its node is gone.
    containers = one["status"]["containerStatuses"]
    ready = f"{sum(c['ready'] for c in containers)}/{len(containers)}"
    waiting = containers[0]["state"].get("waiting", {})
    status = waiting.get("reason", one["status"]["phase"])
    restarts = str(containers[0]["restartCount"])
    name = one["metadata"]["name"]
    return [name, ready, status, restarts, _age(one), one["status"]["podIP"], one["spec"]["nodeName"]]


def _age(one: Object) -> str:
    return f"{(datetime.now(UTC) - datetime.fromisoformat(one['metadata']['creationTimestamp'])).days}d"


def status_of(one: Object, kind: str) -> str:
    return next((str(c["status"]) for c in one["status"]["conditions"] if c["type"] == kind), "Unknown")


def set_condition(one: Object, kind: str, status: str, reason: str = "") -> None:
    for condition in one["status"]["conditions"]:
        if condition["type"] == kind:
            condition |= {"status": status, "reason": reason}


def merge(into: Object, patch: Object) -> None:
    """A JSON merge patch; for what kubectl changes here the strategic one is the same."""
    for key, value in patch.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict):
            merge(into.setdefault(key, {}), value)
        else:
            into[key] = value
