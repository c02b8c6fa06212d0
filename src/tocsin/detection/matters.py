"""
Which matter an alert belongs to, and which matter explains it.

A matter is what one incident is about: `node:node-2`, `database:production/postgresql`, `workload:production/web`. Its
key is the incident's group. `explained` answers for one alert and one open matter: a `Tie` that says how, or None. The
surprise is what is never explained, however near it lies: a nature of its own (`detection.nature`).
"""

from __future__ import annotations

from typing import NamedTuple

from tocsin.cluster.places import Place, place_of
from tocsin.cluster.topology import Topology
from tocsin.detection.nature import Nature, nature_of
from tocsin.incident.alert import Alert, Tie
from tocsin.incident.concepts import concepts_of

STORM = "storm"
_WHERE = ("scope", "namespace", "service", "job")
_EXACT = frozenset({"named", "address_of", "pod_on"})
# Workloads that every request of the site goes through.
_ENTRANCE = frozenset({"proxy", "waf"})


class Seen(NamedTuple):
    """An alert with where it lies, what it is about and the key of its own matter."""

    alert: Alert
    place: Place
    nature: Nature
    key: str

    @property
    def is_loose(self) -> bool:
        """Whether it can be one of a storm that nothing explains: its sender and its name tell no matter to group it by."""
        return not self.alert.group and self.nature.kind in ("unknown", "outage", "own")


def seen(alert: Alert, topology: Topology) -> Seen:
    """Look at an alert once."""
    place = place_of(alert.labels, topology)
    nature = nature_of(alert.name, alert.labels.get("rule.id", ""))
    return Seen(alert, place, nature, alert.group or _key(alert, place, nature, topology))


def explained(one: Seen, matter: str, topology: Topology) -> Tie | None:
    """How that matter explains the alert; None when it does not."""
    kind, _, subject = matter.partition(":")
    if one.nature.kind in ("own", "disk") or one.key == matter:
        return None
    if kind == "node":
        return _by_node(one, subject, topology)
    if kind == "api":
        needs = one.nature.reads_api or (one.nature.kind == "database" and one.nature.is_root)
        return Tie("reads_api", "API") if needs else None
    if one.nature.kind == "site" and (kind in ("database", "cache") or _is_entrance(matter)):
        return Tie("behind", subject)
    return None


def is_exact(tie: Tie) -> bool:
    """Whether it lies there and nowhere else: such a tie comes before the alert's own matter."""
    return tie.reason in _EXACT


def can_explain(matter: str) -> bool:
    """Whether a matter of that key ever explains others."""
    return matter.partition(":")[0] in ("node", "api", "database", "cache") or _is_entrance(matter)


def rank(one: Seen) -> int:
    """Causes before their effects: the order in which a batch is placed."""
    order = {"node": 0, "api": 1, "database": 2, "cache": 3, "crash": 4}
    if one.nature.kind in ("node", "api"):
        return order[one.nature.kind] if one.nature.is_root else 5
    return order.get(one.nature.kind, 4 if _is_entrance(one.key) else 6)


def _by_node(one: Seen, node: str, topology: Topology) -> Tie | None:
    place = one.place
    if one.nature.kind in ("node", "crash"):  # a program that starts again and again needs its node
        return None
    if place.how in _EXACT and node in place.nodes:
        return Tie(place.how, node)
    if one.nature.kind in ("database", "cache") and node in topology.workloads.get(one.key.partition(":")[2], ()):
        return _leader_or_member(one, node, topology)
    if place.how in ("workload_on", "target_on") and node in place.nodes:
        return Tie(place.how, node)
    if topology.control_plane == (node,) and (one.nature.reads_api or _is_leaderless(one)):
        return Tie("control_plane_on", node)
    return None


def _leader_or_member(one: Seen, node: str, topology: Topology) -> Tie | None:
    if topology.control_plane == (node,) and _is_leaderless(one):
        return Tie("control_plane_on", node)
    return Tie("member_on", node)


def _is_leaderless(one: Seen) -> bool:
    """The leader of a database that keeps its lock in the cluster's API."""
    return one.nature.kind == "database" and one.nature.is_root


def _key(alert: Alert, place: Place, nature: Nature, topology: Topology) -> str:
    match nature.kind:
        case "node" if place.node:
            return f"node:{place.node}"
        case "api":
            return "api"
        case "site":
            return "site"
        case "database" | "cache":
            return f"{nature.kind}:{_store(alert, place, nature.kind, topology)}"
        case "disk":
            return f"disk:{place.node or _where(alert)}"
        case "crash" | "outage" | "unknown" if place.workload and place.how != "target_on":
            return _of_workload(place.workload)
        case "outage" if place.node:
            return f"silent:{place.node}"
    return f"{alert.name}:{place.node or _where(alert)}"


def _of_workload(workload: str) -> str:
    """A database's pod that does not run is a matter of the database."""
    subjects = concepts_of(workload.partition("/")[2]).subjects
    if "database" in subjects:
        return f"database:{workload}"
    return f"cache:{workload}" if "cache" in subjects else f"workload:{workload}"


def _store(alert: Alert, place: Place, kind: str, topology: Topology) -> str:
    """The workload of the database or cache: by place, by its scope, or the only one that there is."""
    if place.workload:
        return place.workload
    if workload := topology.scopes.get(alert.labels.get("scope", "")):
        return workload
    known = [w for w in topology.workloads if kind in concepts_of(w.partition("/")[2]).subjects]
    return known[0] if len(known) == 1 else _where(alert)


def _where(alert: Alert) -> str:
    return next((alert.labels[label] for label in _WHERE if alert.labels.get(label)), "")


def _is_entrance(matter: str) -> bool:
    kind, _, workload = matter.partition(":")
    name = workload.partition("/")[2]
    return kind == "workload" and (
        "waf" in name or "modsecurity" in name or bool(_ENTRANCE & concepts_of(name).subjects)
    )
