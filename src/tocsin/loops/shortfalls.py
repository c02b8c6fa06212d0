"""
What a sender sent and we could not use, told as a P4 of our own: once for each sender, however many alerts it costs.

A bad alert among good ones is put aside, and a body may say itself that alerts were left out of it. Both are lines
already; nobody reads lines at night, so a small incident tells it by day. The surprise: it ends by silence, an hour after
the last such body, because no sender ever says that it has been repaired.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tocsin.detection.sources.contract import Reading
from tocsin.edge.store.contract import Body
from tocsin.incident.events import REAL
from tocsin.loops.alarms import Alarm, raise_alarm
from tocsin.loops.house import House

QUIET_AFTER = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=5)


class Shortfalls:
    """One per reader: it remembers whom it told of lately, so that a storm of bad bodies costs nothing."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._told: dict[str, datetime] = {}

    def tell(self, read: Iterable[tuple[Body, Reading]]) -> None:
        """Raise the alarm of each sender whose bodies were not whole; raises `Unavailable` or `Lost`."""
        now = self._house.clock.now()
        for body, reading in read:
            flaws = reading.flaws
            told = self._told.get(body.source)
            if not flaws or body.world_id != REAL or (told is not None and now - told < AGAIN_AFTER):
                continue
            raise_alarm(self._house, _alarm(body.source, flaws[0], now))
            self._told[body.source] = now


def _alarm(source: str, flaw: str, now: datetime) -> Alarm:
    return Alarm(
        name="TocsinAlertsPutAside",
        priority="P4",
        since=now,
        about=source,
        quiet_after=QUIET_AFTER,
        french=f"Des alertes de {source} ne peuvent pas servir : {flaw}",
        english=f"Alerts of {source} cannot be used: {flaw}",
    )
