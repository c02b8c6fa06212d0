"""
What is counted for /metrics.

One registry of our own for each house, so that two houses in one Python don't add up. Labels are bounded: a source is
the name of a token that an administrator made, the rest are words of ours.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class Meters:
    """`bodies` is counted by the intake; what can be read off the house is collected when somebody asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.bodies = Counter(
            "tocsin_bodies",
            "Bodies posted to /ingest, by source and verdict.",
            ("source", "verdict"),
            registry=self.registry,
        )
        self._children: dict[tuple[Counter, str, str], Counter] = {}
        self.alerts = Counter(
            "tocsin_alerts",
            "Alerts in the bodies that were kept, by source; quarantined ones could not be read.",
            ("source", "verdict"),
            registry=self.registry,
        )

    def count(self, counter: Counter, source: str, verdict: str, by: int = 1) -> None:
        """Add to one of the counters; looking its labels up each time would cost more than the addition."""
        child = self._children.get((counter, source, verdict))
        if child is None:
            child = self._children[counter, source, verdict] = counter.labels(source, verdict)
        child.inc(by)
