"""
Whether a storm is on, and which of its alerts are of the crowd.

A storm is more than twenty new alerts within a minute that nothing explains, of more than five matters: one workload
whose forty pods fail is one matter and no storm. Once begun it goes on while each minute brings some.

Of the crowd is an alert about the same nature, with labels of the same names, as several others. What is unlike all of
them stands alone, up to a handful; beyond that the unlike are a crowd too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from tocsin.cluster.topology import Topology
from tocsin.detection.matters import STORM, Seen, seen
from tocsin.incident.state import STORM_WITHIN, Incident

MANY = 20
MATTERS = 5
ALIKE = 5
ALONE = 5
# What senders put on everything says nothing about likeness.
_COMMON = frozenset({"alertname", "severity", "cluster", "prometheus", "job", "team", "replica", "endpoint", "service"})


class Crowd:
    """`early` are the incidents of the last minute that turn out to be of the storm."""

    def __init__(self, loose: Sequence[Seen], mine: Iterable[Incident], topology: Topology, now: datetime) -> None:
        self._alone = 0
        recent = [incident for incident in mine if _count(incident, now)]
        umbrella = [incident for incident in recent if incident.group == STORM]
        others = [i for i in recent if i.group != STORM and _is_young(i, now) and _is_loose(i, topology)]
        alerts = sum(_count(incident, now) for incident in (*umbrella, *others)) + len(loose)
        matters = len({one.key for one in loose} | {incident.group for incident in others})
        goes_on = any(_is_young(i, now) or _count(i, now) + len(loose) >= ALIKE for i in umbrella)
        self.is_storm = goes_on or (alerts > MANY and matters > MATTERS)
        self._shapes: Counter[tuple[str, frozenset[str]]] = Counter()
        if self.is_storm:
            self._shapes.update(_shape(one) for one in loose)
            self._shapes.update(_shape(one) for i in (*umbrella, *others) for one in _kinds(i, topology))
        self.early = [i for i in others if self.is_storm and all(self._is_alike(a) for a in _kinds(i, topology))]

    def takes(self, one: Seen) -> bool:
        """Whether the umbrella takes it."""
        if not self.is_storm or self._is_alike(one):
            return self.is_storm
        self._alone += 1
        return self._alone > ALONE

    def _is_alike(self, one: Seen) -> bool:
        return self._shapes[_shape(one)] >= ALIKE


def _shape(one: Seen) -> tuple[str, frozenset[str]]:
    return one.nature.kind, frozenset(one.alert.labels) - _COMMON


def _kinds(incident: Incident, topology: Topology) -> list[Seen]:
    return [seen(alert, topology) for alert in incident.held.kinds.values()]


def _count(incident: Incident, now: datetime) -> int:
    """How many alerts were new to it within the last minute."""
    return sum(count for at, count in incident.arrivals if now - at <= STORM_WITHIN)


def _is_young(incident: Incident, now: datetime) -> bool:
    return incident.opened_at is not None and now - incident.opened_at <= STORM_WITHIN


def _is_loose(incident: Incident, topology: Topology) -> bool:
    return all(one.is_loose for one in _kinds(incident, topology))
