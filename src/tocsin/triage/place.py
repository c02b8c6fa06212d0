"""
What the team calls a node's scenario, and whether that node carries the cluster.

Whether it carries the control plane is told by the topology, else by the procedure's own title ("Node 1 down (control plane)").
"""

from __future__ import annotations

import re

from tocsin.cluster.topology import Topology
from tocsin.incident.concepts import concepts_of, plain
from tocsin.procedure.model import Procedure, Scenario

_NAMED = re.compile(r"\b(?:node|noeud|serveur|server) ?(\w+)")
_CONTROL = ("control plane", "controlplane", "plan de controle", "master")


def is_control_plane(node: str, topology: Topology, procedure: Procedure) -> str:
    """The reason to believe that it is ("node-1", "incidents.md:57"), "" when nothing says so."""
    if not node:
        return ""
    if node in topology.control_plane:
        return node
    named = next((s for s in procedure.scenarios if _names(s, node) and says_control_plane(s)), None)
    return str(named.source) if named else ""


def scenario_for_node(node: str, topology: Topology, procedure: Procedure) -> Scenario | None:
    """The scenario that names this node, else the one for its role, else the only one about nodes."""
    about = [s for s in procedure.scenarios if "node" in concepts_of(s.title).subjects]
    named = next((s for s in about if node and _names(s, node)), None)
    if named or not about:
        return named
    if node and topology.nodes:
        control = node in topology.control_plane
        return next((s for s in about if says_control_plane(s) == control and not _named(s)), None)
    return about[0] if len(about) == 1 else None


def _named(scenario: Scenario) -> str:
    found = _NAMED.search(plain(scenario.title))
    return found.group(1) if found and found.group(1) not in ("down", "en", "indisponible", "not") else ""


def _names(scenario: Scenario, node: str) -> bool:
    """ "Node 2 down" names node-2, node2 and prod-node-02."""
    word = _named(scenario)
    tail = plain(node).split()
    return (
        bool(word)
        and bool(tail)
        and (tail[-1].lstrip("0") == word.lstrip("0") or plain(node).replace(" ", "") == f"node{word}")
    )


def says_control_plane(scenario: Scenario) -> bool:
    """Whether a scenario's title speaks of the control plane."""
    title = plain(scenario.title)
    return any(word in title for word in _CONTROL)
