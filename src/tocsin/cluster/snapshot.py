"""
The cluster at one instant.

The surprise is `ready`: a pod counts as ready by its Ready condition AND its node's, because on a dead node
`kubectl get pods` goes on printing `1/1 Running` for minutes.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Node(Struct, frozen=True, omit_defaults=True):
    """A node. `ready` is "True", "False" or "Unknown", as the API says; `since` when it became so (UTC)."""

    name: str
    ready: str
    since: datetime | None = None
    roles: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    pressures: tuple[str, ...] = ()
    cpu_millicores: int | None = None
    memory_bytes: int | None = None
    cpu_capacity_millicores: int = 0
    memory_capacity_bytes: int = 0


class Pod(Struct, frozen=True, omit_defaults=True):
    """A pod. `reason` is the waiting or terminated reason of its first unwell container (CrashLoopBackOff…)."""

    namespace: str
    name: str
    node: str = ""
    phase: str = ""
    ready: bool = False
    reason: str = ""
    restarts: int = 0
    owner: str = ""
    finished: bool = False
    containers: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    ip: str = ""


class Snapshot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    What the Kubernetes API answered at `taken_at` (UTC). `usage_why` says why usage is missing, "" when it is
    there.
    """

    taken_at: datetime
    nodes: tuple[Node, ...] = ()
    pods: tuple[Pod, ...] = ()
    usage_why: str = ""
    events: tuple[str, ...] = ()
