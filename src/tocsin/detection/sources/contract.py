"""
What every source of alerts shares: a body in, what was read out.

A source is one file with `read(body, source) -> Reading`. It judges each alert alone: a bad one is put aside with its
reason and the others count. `Unreadable` is for a body of which nothing can be used.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from tocsin.detection import bounds
from tocsin.incident.alert import Alert
from tocsin.incident.beat import Beat

HEARTBEATS = frozenset({"Watchdog"})
"""Alerts that always fire: not an alarm, a sign of life."""


class Unreadable(Exception):
    """
    Nothing in this body can be used: HTTP 422, an entry, never a retry.

    `why` is one English sentence about the form of the body; it repeats nothing of its content.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Reading(Struct, frozen=True):
    """
    `quarantined` has one reason for each alert put aside ("alert 2: it has no labels"), in the order of the body;
    `left_out` is how many the sender says that it did not put in; `beats` are signs of life, which are no alerts.
    """

    alerts: list[Alert]
    quarantined: tuple[str, ...] = ()
    left_out: int = 0
    beats: tuple[Beat, ...] = ()


class Read(Protocol):
    """The one function of a source; it may raise `Unreadable` and nothing else, whatever the bytes are."""

    def __call__(self, body: bytes, source: str = "") -> Reading:
        """Read a body; `source` is the name of the token it came with, and becomes each alert's source."""
        ...


def beat_name(alert: str, cluster: str) -> str:
    """What an alert's heartbeat is called: two clusters behind one token live and die apart."""
    return bounds.bounded(f"{alert} {cluster}" if cluster else alert, bounds.NAME)
