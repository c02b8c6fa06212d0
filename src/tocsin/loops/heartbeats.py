"""
The dead man's switch: looks when a heartbeat's time is over, tells that monitoring is blind, and that it sees again.

The clock is a due row of house/watch, written anew at each look; a look also comes each minute, from the chores. The
surprise is the order: the incident is opened before the line is written and ended before it is, so that a crash in
between repeats what has an identity, and loses nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.detection import blindness, heartbeats
from tocsin.detection.heartbeats import Pulses, Sender
from tocsin.edge.store.contract import WAKE, Due
from tocsin.incident.commands import Look
from tocsin.incident.events import (
    REAL,
    Because,
    Event,
    HeartbeatExpected,
    HeartbeatForgotten,
    HeartbeatMissing,
    HeartbeatReturned,
)
from tocsin.incident.refused import Refused
from tocsin.incident.sentences import spoken
from tocsin.loops.alarms import Alarm, end_alarm, raise_alarm
from tocsin.loops.house import House
from tocsin.loops.sight import STREAM

BLIND = "TocsinMonitoringBlind"
UNANSWERED = timedelta(minutes=1)
"""When to look again at what is known to be silent."""


class DeadMansSwitch:
    """One per server. `look` is for any thread and may come at any time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._started_at = house.clock.now()
        house.looks[STREAM] = self.look

    def look(self) -> None:
        """What is due now; raises `Unavailable` or `Lost`."""
        house = self._house
        if house.practice:
            return
        now, heard, limit = house.clock.now(), last_heard(house), limit_of(house)
        pulses = house.sight.pulses()
        events = [*self._declared(pulses, now), *heartbeats.demands(pulses, heard, limit, self._started_at, now)]
        for event in events:
            self._tell(event)
        if events:
            house.note(STREAM, events)
            pulses = house.sight.pulses()
        house.recorder.note(STREAM, (), self._dues(pulses, heard, limit, now))
        self._look_at_ends(now)

    def _declared(self, pulses: Pulses, now: datetime) -> list[Event]:
        """Those of the settings that are not expected yet. A person's forgetting does not outlive a restart for them."""
        wanted = [Sender(*name.split("/", 1)) for name in self._house.settings.heartbeats.expected]
        return [
            HeartbeatExpected(at=now, name=sender.name, source=sender.source)
            for sender in wanted
            if sender not in pulses.expected and pulses.forgotten.get(sender, self._started_at) <= self._started_at
        ]

    def _tell(self, event: Event) -> None:
        if isinstance(event, HeartbeatMissing):
            raise_alarm(self._house, _alarm(self._house, event.source, event.name, event.last_at))
        elif isinstance(event, HeartbeatReturned):
            end_alarm(self._house, BLIND, f"{event.source}/{event.name}")

    def _dues(self, pulses: Pulses, heard: dict[Sender, datetime], limit: timedelta, now: datetime) -> list[Due]:
        at = heartbeats.next_look(pulses, heard, limit, self._started_at)
        if pulses.blind_since is not None:
            at = min(at or now + UNANSWERED, now + UNANSWERED)
        return [] if at is None else [Due(key=WAKE, at=max(at, now + timedelta(seconds=1)))]

    def _look_at_ends(self, now: datetime) -> None:
        """Ends that are doubted now, and doubts whose clock is not set yet."""
        world = self._house.world()
        for incident in self._house.recorder.open_incidents():
            if incident.doubted or blindness.demands(incident, world, now):
                self._house.record(Look(incident=incident.number))


def forget(house: House, source: str, name: str, by: str) -> None:
    """A person no longer expects it; raises `Refused` when nobody does."""
    pulse = house.sight.pulses().expected.get(Sender(source, name))
    if pulse is None:
        raise Refused("no_such_heartbeat", name=name)
    if pulse.silent_since is not None:
        end_alarm(house, BLIND, f"{source}/{name}")
    house.note(STREAM, [HeartbeatForgotten(at=house.clock.now(), because=Because(person=by), name=name, source=source)])
    house.look(STREAM)


def last_heard(house: House) -> dict[Sender, datetime]:
    """When the last believed beat of each sender arrived."""
    return {
        Sender(heard.beat.source, heard.beat.name): heard.received_at
        for heard in house.store.beats()
        if heard.world_id == REAL
    }


def limit_of(house: House) -> timedelta:
    """After how much silence monitoring is blind; a plain timedelta, which the wire form of events knows."""
    return timedelta(seconds=house.settings.heartbeats.missing_after.total_seconds())


def _alarm(house: House, source: str, name: str, since: datetime) -> Alarm:
    limit = limit_of(house)
    return Alarm(
        name=BLIND,
        priority="P1",
        since=since,
        about=f"{source}/{name}",
        french=f"Supervision aveugle : plus de battement {name} de {source} depuis plus de {spoken(limit, 'fr')}",
        english=f"Monitoring is blind: no heartbeat {name} from {source} for more than {spoken(limit, 'en')}",
    )
