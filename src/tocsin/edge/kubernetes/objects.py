"""
The few fields of Kubernetes' objects that a snapshot needs; all others are skipped while reading.

A pod's `env`, where secrets stand, is not among them and so never reaches memory as a value.
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct, field

SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
QUANTITY = re.compile(r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:[eE]([+-]?\d{1,3}))?([numkMGTPE]i?|Ki|)", re.ASCII)


class _Object(Struct, frozen=True, rename="camel"):
    """A part of an object; what the API leaves out has a default."""


class Owner(_Object, frozen=True, rename="camel"):
    """Who made an object."""

    kind: str
    name: str


class Metadata(_Object, frozen=True, rename="camel"):
    """Name, place, labels."""

    name: str
    namespace: str = ""
    labels: dict[str, str] | None = None
    owner_references: list[Owner] | None = None
    deletion_timestamp: datetime | None = None


class Condition(_Object, frozen=True, rename="camel"):
    """One condition; `status` is "True", "False" or "Unknown"."""

    type: str
    status: str
    reason: str | None = None
    last_transition_time: datetime | None = None


class Address(_Object, frozen=True):
    """One address of a node."""

    type: str
    address: str


class Taint(_Object, frozen=True):
    """What keeps pods away."""

    key: str
    effect: str
    value: str = ""


class NodeSpec(_Object, frozen=True, rename="camel"):
    """What a node was told."""

    taints: list[Taint] | None = None


class NodeStatus(_Object, frozen=True, rename="camel"):
    """How a node is."""

    conditions: list[Condition] | None = None
    addresses: list[Address] | None = None
    capacity: dict[str, str] | None = None


class NodeObject(_Object, frozen=True):
    """A node as the API gives it."""

    metadata: Metadata
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


class Reason(_Object, frozen=True):
    """Why a container waits or ended."""

    reason: str | None = None


class ContainerState(_Object, frozen=True):
    """At most one is set."""

    running: dict[str, str | None] | None = None
    waiting: Reason | None = None
    terminated: Reason | None = None


class ContainerStatus(_Object, frozen=True, rename="camel"):
    """How a container is."""

    name: str
    ready: bool = False
    restart_count: int = 0
    state: ContainerState = ContainerState()


class Container(_Object, frozen=True):
    """Its name; nothing of its environment."""

    name: str


class PodSpec(_Object, frozen=True, rename="camel"):
    """What a pod was told."""

    node_name: str = ""
    containers: list[Container] = []


class PodStatus(_Object, frozen=True, rename="camel"):
    """How a pod is."""

    phase: str = ""
    reason: str | None = None
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    pod_ip: str = field(default="", name="podIP")


class PodObject(_Object, frozen=True):
    """A pod as the API gives it."""

    metadata: Metadata
    spec: PodSpec
    status: PodStatus = PodStatus()


class Usage(_Object, frozen=True):
    """What a node uses, by the metrics API: cpu and memory as quantities."""

    metadata: Metadata
    usage: dict[str, str]


class ListMeta(_Object, frozen=True):
    """Where the next part of a list begins, None or "" at its end."""

    next: str | None = field(default=None, name="continue")


class NodeList(_Object, frozen=True):
    """A part of all nodes."""

    items: list[NodeObject]
    metadata: ListMeta = ListMeta()


class PodList(_Object, frozen=True):
    """A part of all pods."""

    items: list[PodObject]
    metadata: ListMeta = ListMeta()


class UsageList(_Object, frozen=True):
    """The usage of all nodes."""

    items: list[Usage]


class Status(_Object, frozen=True):
    """What the API says when it refuses."""

    message: str = ""


def quantity(text: str) -> float:
    """Read "1500m", "24684092Ki", "129e6"; raises `ValueError`."""
    match = QUANTITY.fullmatch(text)
    if match is None or match[3] not in SUFFIXES:
        raise ValueError(f"not a quantity: {text[:40]!r}")
    return float(f"{match[1]}e{match[2] or 0}") * SUFFIXES[match[3]]
