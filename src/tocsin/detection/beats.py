"""
Which heartbeats prove life.

A recorded body sent again must not keep a dead sender alive. So the arrival counts and not what the body says; a
`since` may repeat and never go back; a `sent_at` or `sequence` must be newer than the last believed one; and a
`sent_at` far from our clock is not believed, else one beat from the future would silence all later ones.

The surprise: an Alertmanager repeats its Watchdog byte by byte, so for it alone a repetition is life. Whoever can
repeat it holds the sender's token.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tocsin.incident.beat import BeatKey, Heard

APART = timedelta(minutes=5)
"""How far a sender's clock may be from ours."""


def believed(told: Iterable[Heard], last: Iterable[Heard]) -> list[Heard]:
    """The newest believed beat of each sender that has one among `told`, given the last believed ones."""
    known: dict[BeatKey, Heard] = {heard.key: heard for heard in last}
    new: dict[BeatKey, Heard] = {}
    for heard in told:
        if _proves_life(heard, known.get(heard.key)):
            known[heard.key] = new[heard.key] = heard
    return list(new.values())


def _proves_life(heard: Heard, last: Heard | None) -> bool:
    beat = heard.beat
    if beat.sent_at is not None and abs(heard.received_at - beat.sent_at) > APART:
        return False
    if last is None:
        return True
    before = last.beat
    if heard.received_at < last.received_at:
        return False
    if beat.since is not None and before.since is not None and beat.since < before.since:
        return False
    if beat.sent_at is not None:
        return before.sent_at is None or beat.sent_at > before.sent_at
    if beat.sequence is not None:
        return before.sequence is None or beat.sequence > before.sequence
    return True
