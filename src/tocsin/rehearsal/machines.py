"""
The two servers, as the hoster and as Kubernetes see them.

The surprise is that these are two views: to the hoster a hung machine is "running", and for 40 s after its death
Kubernetes still calls a node Ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# "silent": the kernel lives and heeds the power button, kubelet and network are gone. "hung": not even the kernel.
Power = Literal["up", "silent", "hung", "booting", "off"]

BOOT_AFTER = timedelta(seconds=60)  # from the accepted action to a running kernel
KUBELET_AFTER = timedelta(seconds=8)  # from there to the first Ready
SHUTDOWN_AFTER = timedelta(seconds=5)
GRACE = timedelta(seconds=40)  # kube-controller-manager --node-monitor-grace-period, its default
EVICT_AFTER = timedelta(seconds=300)  # the default toleration of node.kubernetes.io/unreachable


@dataclass
class Machine:
    """
    A server and its node. `ready` is the node's Ready condition, `heartbeat_at` frozen while the kubelet is gone;
    `boots` tells one boot from the next, so that what was planned for an earlier one is dropped. Instants are UTC.
    """

    name: str
    server_id: int
    address: str
    internal: str
    pod_network: str
    roles: tuple[str, ...]
    created_at: datetime
    ready_since: datetime
    cpu_millicores: int
    memory_bytes: int
    power: Power = "up"
    ready: Literal["True", "Unknown"] = "True"
    heartbeat_at: datetime | None = None
    cordoned: bool = False
    boots: int = 0

    @property
    def is_up(self) -> bool:
        """Its kernel, network and kubelet work."""
        return self.power == "up"

    @property
    def heeds_power_button(self) -> bool:
        """Whether a soft (ACPI) reboot or shutdown has any effect; the hoster accepts the action either way."""
        return self.power in ("up", "silent")

    @property
    def server_status(self) -> str:
        """The hoster's word: it sees the virtual machine, not what runs in it."""
        return "off" if self.power == "off" else "running"

    @property
    def taints(self) -> tuple[str, ...]:
        """Keys with effect, as the node carries them now."""
        unreachable = ("node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute")
        cordon = ("node.kubernetes.io/unschedulable:NoSchedule",)
        return (*(unreachable if self.ready != "True" else ()), *(cordon if self.cordoned else ()))


def two_machines(created_at: datetime) -> dict[str, Machine]:
    """node-1 (control plane) and node-2 (worker); addresses are of the documentation range."""
    node_1 = Machine(
        name="node-1",
        server_id=42,
        address="203.0.113.10",
        internal="10.0.0.2",
        pod_network="10.241.0",
        roles=("control-plane", "master"),
        created_at=created_at,
        ready_since=created_at + timedelta(seconds=6),
        cpu_millicores=1549,
        memory_bytes=1487 << 20,
    )
    node_2 = Machine(
        name="node-2",
        server_id=43,
        address="203.0.113.11",
        internal="10.0.0.3",
        pod_network="10.242.0",
        roles=(),
        created_at=created_at + timedelta(seconds=1),
        ready_since=created_at + timedelta(seconds=9),
        cpu_millicores=1541,
        memory_bytes=1491 << 20,
    )
    return {"node-1": node_1, "node-2": node_2}
