"""
Which open incident holds an alert, asked for each alert of a batch.

The surprise is what is looked up how: small incidents are put into one table, the few large ones are asked in turn, so
that a storm of ten thousand alerts is not walked through for each of its batches.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.incident.alert import Alert, Episode
from tocsin.incident.book import Held, Key, alert_key
from tocsin.incident.state import Incident

LARGE = 64


class Holders:
    """Of incidents of one world."""

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self._large: list[Incident] = []
        self._small: dict[Key, tuple[Incident, Held]] = {}
        for incident in incidents:
            if incident.held.count > LARGE:
                self._large.append(incident)
            else:
                self._small.update({alert_key(held.alert): (incident, held) for held in incident.held.held()})

    def of(self, key: Key) -> tuple[Incident, Held] | None:
        """The incident that holds it, and how."""
        for incident in self._large:
            if held := incident.held.get(key):
                return incident, held
        return self._small.get(key)

    def holds(self, episode: Episode) -> bool:
        """Whether exactly this episode is the newest of its alert in some incident."""
        known = self.of((episode.source, episode.fingerprint))
        return known is not None and known[1].alert.starts_at == episode.starts_at

    def holder(self, alert: Alert) -> tuple[Incident, Held] | None:
        """The same as `of`, by an alert."""
        return self.of(alert_key(alert))
