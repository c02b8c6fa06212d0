"""
A heartbeat: a sender's word that it is alive, which is worth something only while it keeps coming.

`Beat` is what a body says, `Heard` the last one that was believed, with the instant of its arrival: that is what a
dead man's switch measures from. Which beats are believed is `tocsin.detection.beats`' affair. The surprise: a beat is
never a line of a timeline. One row per sender is overwritten; its absence is what becomes an event.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from tocsin.incident.events import REAL


class BeatKey(NamedTuple):
    """Whose life it is about: beats of one key replace one another."""

    world_id: str
    source: str
    name: str


class Beat(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    One sign of life. Instants are the sender's, UTC.

    `since` is when the sender began to beat (a Watchdog's startsAt): it repeats, and never goes back. `sent_at` and
    `sequence` differ at each beat and grow.
    """

    source: str
    name: str
    since: datetime | None = None
    sent_at: datetime | None = None
    sequence: int | None = None


class Heard(Struct, frozen=True, kw_only=True):
    """A beat and when it arrived, by our clock (UTC): the instant of its keeping, however late it is read."""

    beat: Beat
    received_at: datetime
    world_id: str = REAL

    @property
    def key(self) -> BeatKey:
        """Whose life it is about."""
        return BeatKey(self.world_id, self.beat.source, self.beat.name)
