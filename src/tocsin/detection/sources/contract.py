"""
What every source of alerts shares: a body in, what was read out.

A source is one file with `read(body, source) -> Reading`. It judges each alert alone: a bad one is put aside with its
reason and the others count. `Unreadable` is for a body of which nothing can be used. The surprise: a body of many tiny
values is refused before it is parsed, because it would take a hundred times its own size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from tocsin.detection import bounds
from tocsin.incident.alert import Alert
from tocsin.incident.beat import Beat

HEARTBEATS = frozenset({"Watchdog"})
"""Alerts that always fire: not an alarm, a sign of life."""


MOST_FLAWS = 3
MOST_VALUES = 1_000_000
"""More than any honest body of 8 MiB holds."""


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

    @property
    def flaws(self) -> tuple[str, ...]:
        """What was not whole, in a few words each; () when all of it can be used."""
        more = len(self.quarantined) - MOST_FLAWS
        return (
            *self.quarantined[:MOST_FLAWS],
            *((f"{more} more",) if more > 0 else ()),
            *((f"the sender left out {self.left_out} alerts (its max_alerts should be 0)",) if self.left_out else ()),
        )


class Read(Protocol):
    """The one function of a source; it may raise `Unreadable` and nothing else, whatever the bytes are."""

    def __call__(self, body: bytes, source: str = "") -> Reading:
        """Read a body; `source` is the name of the token it came with, and becomes each alert's source."""
        ...


def beat_name(alert: str, cluster: str) -> str:
    """What an alert's heartbeat is called: two clusters behind one token live and die apart."""
    return bounds.bounded(f"{alert} {cluster}" if cluster else alert, bounds.NAME)


def parsed(body: bytes) -> Any:
    """The body as JSON, bad UTF-8 and lone surrogates replaced; raises `Unreadable`."""
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise Unreadable(f"the body holds more than {MOST_VALUES} values")
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Unreadable("the body is not JSON") from None


def each_judged(raw_alerts: Iterable[Any], judge: Callable[[Any], Alert | str], left_out: object = 0) -> Reading:
    """Judge each alert alone: an `Alert`, or what is wrong with it. Raises `Unreadable` when every one is bad."""
    judged = [judge(raw) for raw in raw_alerts]
    alerts = [alert for alert in judged if isinstance(alert, Alert)]
    bad = tuple(f"alert {number}: {why}" for number, why in enumerate(judged, 1) if isinstance(why, str))
    if bad and not alerts:
        raise Unreadable(f"no alert of the body can be used; {bad[0]}")
    return Reading(alerts, bad, max(0, left_out) if type(left_out) is int else 0)


def in_words(value: object) -> str:
    """A JSON value as a text: texts as they are, nothing as "", all else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def table_in_words(value: object) -> dict[str, str]:
    """A JSON object as labels; anything else is no labels."""
    return {str(name): in_words(held) for name, held in value.items()} if isinstance(value, dict) else {}


def instant_in(value: object) -> datetime | None:
    """The instant that a text tells (RFC 3339), in UTC; one that cannot be read is one that was not told."""
    try:
        return bounds.instant(msgspec.convert(value, datetime)) if isinstance(value, str) else None
    except (msgspec.ValidationError, OverflowError):
        return None
