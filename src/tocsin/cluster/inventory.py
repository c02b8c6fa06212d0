"""
What the names of a procedure stand for, kept from while all was well.

`edge.preflight` fills it; it is asked for in the hour when the API is gone: which server is node-1, which address the
database's members answer at, which firewall `<firewall-id>` can be. The surprise: what nobody could ask stays as it was
known before, with the instant it was seen (`kept`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Distribution = Literal["", "k3s", "kubeadm"]


class Machine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node with its Hetzner server (id and name, "" when none fits) and whether it carries the control plane."""

    node: str = ""
    server: str = ""
    server_id: str = ""
    control_plane: bool = False
    addresses: tuple[str, ...] = ()


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A member of a Patroni cluster: its REST address, its role and state when it was seen, and its pod."""

    name: str
    scope: str = ""
    rest: str = ""
    role: str = ""
    state: str = ""
    pod: str = ""


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pod ("namespace/name"), its node and its containers."""

    pod: str
    node: str = ""
    containers: tuple[str, ...] = ()


class Firewall(Struct, frozen=True, kw_only=True):
    """A firewall of Hetzner's: what `<firewall-id>` can be."""

    id: str
    name: str


class Reached(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact and one channel that has an address for it: whether the channel's server answered, else why not."""

    contact: str
    channel: str
    answers: bool
    why: str = ""


class Inventory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    Everything that was bound. `seen_at` maps a side ("kubernetes", "hetzner", "patroni", "channels") to when it last
    answered (UTC). `waf` names the plugin or program that stands before the services ("modsecurity", "crowdsec"…);
    `load_balancer` is None when nobody could tell.
    """

    machines: tuple[Machine, ...] = ()
    members: tuple[Member, ...] = ()
    places: tuple[Place, ...] = ()
    firewalls: tuple[Firewall, ...] = ()
    contacts: tuple[Reached, ...] = ()
    waf: tuple[str, ...] = ()
    distribution: Distribution = ""
    load_balancer: bool | None = None
    seen_at: dict[str, datetime] = {}

    def node(self, name: str) -> Machine | None:
        """The machine of that node, or of that server."""
        return next((machine for machine in self.machines if name in (machine.node, machine.server)), None)


NOTHING_BOUND = Inventory()


def kept(before: Inventory, now: Inventory) -> Inventory:
    """What is known after a look: the sides that answered as they are now, the others as they were before."""
    answered = frozenset(now.seen_at)
    cluster = now if "kubernetes" in answered else before
    hetzner = now if "hetzner" in answered else before
    if "kubernetes" in answered and "hetzner" not in answered:
        machines = tuple(_with_server(machine, before.node(machine.node)) for machine in now.machines)
    else:
        machines = _with_roles(now, before) if "hetzner" in answered and cluster is before else cluster.machines
    return Inventory(
        machines=machines,
        members=now.members if "patroni" in answered else before.members,
        places=cluster.places,
        firewalls=hetzner.firewalls,
        contacts=now.contacts if "channels" in answered else before.contacts,
        waf=cluster.waf,
        distribution=cluster.distribution,
        load_balancer=now.load_balancer if now.load_balancer is not None else before.load_balancer,
        seen_at={**before.seen_at, **now.seen_at},
    )


def same(one: Inventory, other: Inventory) -> bool:
    """Whether two looks bound the same things, whenever they were."""
    return replace(one, seen_at={}) == replace(other, seen_at={})


def _with_server(machine: Machine, known: Machine | None) -> Machine:
    if machine.server or known is None:
        return machine
    return replace(machine, server=known.server, server_id=known.server_id)


def _with_roles(now: Inventory, before: Inventory) -> tuple[Machine, ...]:
    """Hetzner answered alone: its servers, with the nodes that they were known to be."""
    servers = {machine.server: machine for machine in now.machines}
    known = tuple(machine for machine in before.machines if machine.node)
    return known + tuple(machine for name, machine in servers.items() if all(name != one.server for one in known))
