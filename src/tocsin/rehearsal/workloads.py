"""
The pods of the practice cluster and who owns them.

A pod knows only about its own container; whether it serves also depends on its node, which `Cluster` knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Owner = Literal["Deployment", "StatefulSet", "DaemonSet"]

STARTS_AFTER = timedelta(seconds=15)  # from the node's return, or the pod's creation, to a ready container
GONE_AFTER = timedelta(seconds=3)  # from a delete, on a node that answers, to the pod's end


@dataclass
class Workload:
    """A Deployment, StatefulSet or DaemonSet."""

    namespace: str
    name: str
    owner: Owner
    created_at: datetime
    image: str

    @property
    def key(self) -> str:
        """ "production/web"."""
        return f"{self.namespace}/{self.name}"


@dataclass
class PracticePod:
    """
    A pod. `started` is its container's own readiness, `waiting` the reason it does not start ("CrashLoopBackOff"),
    `deleted_at` set while it is Terminating. `millicores` and `mebibytes` are its usage. Instants are UTC.
    """

    workload: Workload
    name: str
    node: str
    ip: str
    created_at: datetime
    started_at: datetime
    template: str
    started: bool = True
    restarts: int = 0
    waiting: str = ""
    deleted_at: datetime | None = None
    millicores: int = 1
    mebibytes: int = 0

    @property
    def key(self) -> str:
        """ "production/postgresql-0"."""
        return f"{self.workload.namespace}/{self.name}"

    @property
    def status(self) -> str:
        """The STATUS column. A dead node's pod goes on saying Running: that is what the real one does."""
        if self.deleted_at:
            return "Terminating"
        return self.waiting or "Running"


def workloads(created_at: datetime) -> dict[str, Workload]:
    """By key."""
    found = [
        Workload("ingress", "traefik", "DaemonSet", created_at, "traefik:v3.7"),
        Workload("production", "postgresql", "StatefulSet", created_at, "postgres-patroni:15-4.1.5"),
        Workload("production", "redis", "StatefulSet", created_at, "redis:7.0.15"),
        Workload("production", "web", "Deployment", created_at, "shop-web:1.42.0"),
    ]
    return {workload.key: workload for workload in found}


def pods(known: dict[str, Workload], created_at: datetime) -> dict[str, PracticePod]:
    """
    Where everything runs before anything happens, by key.

    The names and places of traefik, postgresql and web are those of a real cluster that was recorded.
    """
    traefik, postgresql = known["ingress/traefik"], known["production/postgresql"]
    redis, web = known["production/redis"], known["production/web"]
    rows = [
        (traefik, "traefik-5v7bw", "node-1", "10.241.0.4", "7d84f48f4f", 21, 88),
        (traefik, "traefik-5xk59", "node-2", "10.242.0.5", "7d84f48f4f", 19, 86),
        (postgresql, "postgresql-0", "node-2", "10.242.0.4", "5448bd48c6", 34, 214),
        (postgresql, "postgresql-1", "node-1", "10.241.0.5", "5448bd48c6", 96, 241),
        (redis, "redis-0", "node-1", "10.241.0.8", "6b9c7f5d8c", 9, 12),
        (redis, "redis-1", "node-2", "10.242.0.8", "6b9c7f5d8c", 6, 12),
        (web, "web-9d7bb4458-29vr7", "node-2", "10.242.0.6", "9d7bb4458", 118, 163),
        (web, "web-9d7bb4458-mswn5", "node-1", "10.241.0.6", "9d7bb4458", 125, 171),
        (web, "web-9d7bb4458-wqg6w", "node-2", "10.242.0.7", "9d7bb4458", 121, 159),
    ]
    found = [
        PracticePod(
            workload=workload,
            name=name,
            node=node,
            ip=ip,
            created_at=created_at,
            started_at=created_at + timedelta(seconds=2),
            template=template,
            millicores=millicores,
            mebibytes=mebibytes,
        )
        for workload, name, node, ip, template, millicores, mebibytes in rows
    ]
    return {pod.key: pod for pod in found}
