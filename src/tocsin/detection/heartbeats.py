"""
Which heartbeats are expected, and which have fallen silent.

A heartbeat is expected once the settings declare it or it was seen, until a person forgets it. The lines of
house/watch and the last believed beats come in; the lines that are due go out. The surprise: silence is counted from
our own start when that is later than the last beat, because while we were down nobody could knock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from tocsin.incident.events import (
    Entry,
    Event,
    HeartbeatExpected,
    HeartbeatForgotten,
    HeartbeatMissing,
    HeartbeatReturned,
)


class Sender(NamedTuple):
    """Whose life: the source and the heartbeat's name."""

    source: str
    name: str


class Pulse(Struct, frozen=True, kw_only=True):
    """One expected heartbeat. `silent_since` is set while it is missing: the last beat before."""

    expected_at: datetime
    silent_since: datetime | None = None


class Pulses(Struct, frozen=True):
    """
    All of them. `forgotten` says when a person let go of one: only a later beat makes it expected again. `returned_at`
    is when the last silence ended.
    """

    expected: Mapping[Sender, Pulse] = {}
    forgotten: Mapping[Sender, datetime] = {}
    returned_at: datetime | None = None

    @property
    def blind_since(self) -> datetime | None:
        """The earliest last sign of life among the silent ones; None while all beat."""
        return min((p.silent_since for p in self.expected.values() if p.silent_since is not None), default=None)


NONE = Pulses()


def fold_pulses(lines: Iterable[Entry], start: Pulses = NONE) -> Pulses:
    """The heartbeats after these lines of house/watch; what else stands there passes."""
    pulses = start
    for line in lines:
        pulses = _after(pulses, line.event)
    return pulses


def demands(
    pulses: Pulses, heard: Mapping[Sender, datetime], limit: timedelta, started_at: datetime, now: datetime
) -> list[Event]:
    """The lines that are due: newly seen, missing for `limit`, back."""
    events: list[Event] = []
    for sender, at in sorted(heard.items()):
        if sender not in pulses.expected and at > pulses.forgotten.get(sender, at - limit):
            events.append(HeartbeatExpected(at=now, name=sender.name, source=sender.source))
    for sender, pulse in sorted(pulses.expected.items()):
        last = _last(sender, pulse, heard, started_at)
        if pulse.silent_since is None and now - last >= limit:
            events.append(HeartbeatMissing(at=now, name=sender.name, source=sender.source, last_at=last))
        elif pulse.silent_since is not None and heard.get(sender, pulse.silent_since) > pulse.silent_since:
            back = HeartbeatReturned(at=now, name=sender.name, source=sender.source, silent_since=pulse.silent_since)
            events += [back] if now - heard[sender] < limit else []
    return events


def next_look(
    pulses: Pulses, heard: Mapping[Sender, datetime], limit: timedelta, started_at: datetime
) -> datetime | None:
    """When the next one will have been silent for too long; None when nothing can fall silent."""
    beating = ((sender, pulse) for sender, pulse in pulses.expected.items() if pulse.silent_since is None)
    return min((_last(sender, pulse, heard, started_at) + limit for sender, pulse in beating), default=None)


def _last(sender: Sender, pulse: Pulse, heard: Mapping[Sender, datetime], started_at: datetime) -> datetime:
    return max(heard.get(sender, pulse.expected_at), pulse.expected_at, started_at)


def _after(pulses: Pulses, event: Event) -> Pulses:
    match event:
        case HeartbeatExpected(name=name, source=source, at=at):
            return _with(pulses, Sender(source, name), Pulse(expected_at=at))
        case HeartbeatMissing(name=name, source=source, at=at, last_at=last_at):
            return _with(pulses, Sender(source, name), Pulse(expected_at=at, silent_since=last_at))
        case HeartbeatReturned(name=name, source=source, at=at):
            back = _with(pulses, Sender(source, name), Pulse(expected_at=at))
            return Pulses(back.expected, back.forgotten, at)
        case HeartbeatForgotten(name=name, source=source, at=at):
            sender = Sender(source, name)
            left = {known: pulse for known, pulse in pulses.expected.items() if known != sender}
            was_silent = sender in pulses.expected and pulses.expected[sender].silent_since is not None
            return Pulses(left, {**pulses.forgotten, sender: at}, at if was_silent else pulses.returned_at)
        case _:
            return pulses


def _with(pulses: Pulses, sender: Sender, pulse: Pulse) -> Pulses:
    return Pulses({**pulses.expected, sender: pulse}, pulses.forgotten, pulses.returned_at)
