"""
What each side told → one `Inventory`: which node is which server, where pods run, what stands before the services.

Pure. The surprise: a node and a server are matched by the provider's id first, then by name, then by address, because a
node can be called otherwise than its server.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin.cluster.inventory import Firewall, Inventory, Machine, Member, Place, Reached
from tocsin.edge.preflight.cluster_things import (
    Node,
    Things,
    distribution,
    firewalls_of_the_web,
    has_balancer,
    is_control_plane,
)
from tocsin.edge.preflight.hetzner import Estate, Server

PROVIDER = "hcloud://"
FINISHED = ("Succeeded", "Failed")


def bound(
    found: Things | None,
    estate: Estate | None,
    members: tuple[Member, ...],
    contacts: tuple[Reached, ...],
    at: datetime,
) -> Inventory:
    """Put together what answered at `at`; None for a side that did not."""
    sides = {
        "kubernetes": found is not None,
        "hetzner": estate is not None,
        "patroni": bool(members),
        "channels": bool(contacts),
    }
    seen = found or Things()
    return Inventory(
        machines=_machines(seen.nodes or (), estate.servers if estate else ()),
        members=tuple(_with_pod(member, seen) for member in members),
        places=tuple(
            Place(pod=pod.place, node=pod.spec.node_name, containers=pod.containers)
            for pod in sorted(seen.pods or (), key=lambda pod: pod.place)
            if pod.status.phase not in FINISHED
        ),
        firewalls=tuple(Firewall(id=str(one.id), name=one.name) for one in estate.firewalls) if estate else (),
        contacts=contacts,
        waf=firewalls_of_the_web(seen),
        distribution=distribution(seen.nodes or ()),
        load_balancer=_balanced(found, estate),
        seen_at={side: at for side, answered in sides.items() if answered},
    )


def _machines(nodes: Iterable[Node], servers: Iterable[Server]) -> tuple[Machine, ...]:
    left = list(servers)
    machines: list[Machine] = []
    for node in nodes:
        server = _server_of(node, left)
        if server is not None:
            left.remove(server)
        machines.append(_machine(node, server))
    alone = [Machine(server=one.name, server_id=str(one.id), addresses=tuple(sorted(one.addresses))) for one in left]
    return tuple(sorted(machines, key=lambda one: one.node)) + tuple(alone)


def _machine(node: Node, server: Server | None) -> Machine:
    own = tuple(one.address for one in node.status.addresses or () if one.type != "Hostname")
    return Machine(
        node=node.metadata.name,
        server=server.name if server else "",
        server_id=str(server.id) if server else "",
        control_plane=is_control_plane(node),
        addresses=tuple(sorted({*own, *(server.addresses if server else ())})),
    )


def _server_of(node: Node, servers: Iterable[Server]) -> Server | None:
    every = list(servers)
    number = node.spec.provider_id.removeprefix(PROVIDER) if node.spec.provider_id.startswith(PROVIDER) else ""
    addresses = {one.address for one in node.status.addresses or () if not one.address.startswith("127.")}
    tests = (
        lambda server: bool(number) and str(server.id) == number,
        lambda server: server.name == node.metadata.name,
        lambda server: bool(server.addresses & addresses),
    )
    return next((server for test in tests for server in every if test(server)), None)


def _with_pod(member: Member, seen: Things) -> Member:
    pod = next((pod.place for pod in seen.pods or () if pod.metadata.name == member.name), "")
    return Member(name=member.name, scope=member.scope, rest=member.rest, role=member.role, state=member.state, pod=pod)


def _balanced(found: Things | None, estate: Estate | None) -> bool | None:
    if estate is not None and estate.load_balancers:
        return True
    if found is not None and found.services is not None:
        return has_balancer(found.services)
    return False if estate is not None else None
