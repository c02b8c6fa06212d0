"""
The only writer of timelines: load, fold, decide, settle, append; on a lost race, again.

A command comes in, entries go out, in one transaction with everything that follows from them (alert rows, due rows,
the summary, the bodies that were read, the blobs). Open incidents stay folded in memory and follow the store's tail,
because correlation looks across all of them.

The surprise: a look of the clock that changes nothing still writes the due row, else the clock would ring for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct

from tocsin.decide import decide, settle, wake_at
from tocsin.edge.clock import Clock
from tocsin.edge.store.contract import (
    WAKE,
    AlertRow,
    Blob,
    Change,
    Claim,
    Due,
    Find,
    Lease,
    Lost,
    Store,
    Unavailable,
)
from tocsin.incident.alert import Episode
from tocsin.incident.beat import Heard
from tocsin.incident.commands import Command, Look, ReceiveAlerts, Report
from tocsin.incident.events import AlertsCleared, AlertsJoined, ClearingDoubted, Entry, Event, IncidentOpened
from tocsin.incident.intents import open_intents
from tocsin.incident.state import NOTHING_YET, Incident, fold
from tocsin.loops.summary import summary_of
from tocsin.world import Append, World, stream_of

TRIES = 12
PATIENCE = 30.0
EVERYTHING = 1_000_000
log = structlog.get_logger()


class Recorded(Struct, frozen=True):
    """What a command wrote, and the incidents it touched in their new state."""

    entries: tuple[Entry, ...] = ()
    incidents: tuple[Incident, ...] = ()


class Recorder:
    """
    One per process, for any thread. `shared` says that other replicas write to the same store.

    `house_events` are written by `note`; a command by `record`.
    """

    def __init__(self, store: Store, world: Callable[[int], World], clock: Clock, *, shared: bool) -> None:
        self._store = store
        self._world = world
        self._clock = clock
        self._shared = shared
        self._lock = threading.RLock()
        self._open: dict[int, Incident] = {}
        self._position = 0
        self._last_number = 0
        self._load_open()

    def open_incidents(self) -> list[Incident]:
        """Every open incident, folded."""
        with self._lock:
            self._follow()
            return list(self._open.values())

    def incident(self, number: int) -> Incident | None:
        """One incident, folded; None when there is none of that number."""
        with self._lock:
            self._follow()
            known = self._open.get(number)
        return known or self._fold(number)

    def record(
        self,
        command: Command,
        *,
        consumed: Sequence[int] = (),
        blobs: Sequence[Blob] = (),
        beats: Sequence[Heard] = (),
        claim: Claim | None = None,
        lease: Lease | None = None,
    ) -> Recorded:
        """
        Decide a command and write what follows, all or nothing.

        Raises `Refused`, `NoSuchIncident`, `Unavailable`; `Lost` when the claim or lease is no longer held.
        """
        with self._lock:
            for _ in range(TRIES):
                self._follow()
                change, incidents, now = self._decide(command)
                guarded = msgspec.structs.replace(
                    change,
                    consumed=tuple(consumed),
                    blobs=tuple(blobs),
                    beats=tuple(beats),
                    claim=claim,
                    lease=lease,
                )
                if not (guarded.appends or guarded.dues or consumed or claim or guarded.seen):
                    return Recorded()
                try:
                    entries = self._commit(guarded, now)
                except Lost:
                    if not self._shared and claim is None and lease is None:
                        self._load_open()
                    if (claim or lease) and not self._moved(change):
                        raise
                    continue
                self._remember(incidents)
                return Recorded(tuple(entries), tuple(incidents))
        raise Lost(f"{TRIES} races lost in a row")

    def note(self, stream: str, events: Sequence[Event], dues: Sequence[Due] | None = None) -> list[Entry]:
        """
        Append to a stream of the house ("house/watch"), after whatever stands there; `dues` replaces its due rows, None
        leaves them.
        """
        with self._lock:
            for _ in range(TRIES):
                seq = self._store.last_seq(stream)
                change = Change(
                    appends=(Append(stream=stream, expected_seq=seq, events=tuple(events)),),
                    dues=() if dues is None else ((stream, tuple(dues)),),
                )
                try:
                    return self._commit(change, self._clock.now())
                except Lost:
                    continue
        raise Lost(f"{TRIES} races lost on {stream}")

    def _decide(self, command: Command) -> tuple[Change, list[Incident], datetime]:
        now = self._clock.now()
        world = self._world(self._last_number + 1)
        known = dict(self._open)
        if not isinstance(command, ReceiveAlerts | Report) and command.incident not in known:
            found = self._fold(command.incident)
            if found is not None:
                known[command.incident] = found
        appends = decide(command, known, world, now)
        if not appends and isinstance(command, Look) and command.incident in known:
            looked = known[command.incident]
            appends = [Append(stream=stream_of(looked.number), expected_seq=looked.seq, events=())]
        settled = [self._settle(append, known, world, now) for append in appends]
        change = Change(
            appends=tuple(append for append, _ in settled),
            alerts=tuple(row for append, incident in settled for row in _rows(append, incident, now)),
            summaries=tuple(summary_of(incident) for append, incident in settled if append.events),
            dues=tuple((append.stream, _dues(incident, world)) for append, incident in settled),
        )
        return change, [incident for _, incident in settled], now

    @staticmethod
    def _settle(append: Append, known: dict[int, Incident], world: World, now: datetime) -> tuple[Append, Incident]:
        """The append with what the procedure demands after it, and the incident as it then is."""
        number = int(append.stream.partition("/")[2])
        incident = fold(append.events, known.get(number, NOTHING_YET))
        demanded = settle(incident, world, now)
        whole = Append(stream=append.stream, expected_seq=append.expected_seq, events=(*append.events, *demanded))
        return whole, fold(demanded, incident)

    def _commit(self, change: Change, now: datetime) -> list[Entry]:
        try:
            return self._store.commit(change, now).result(PATIENCE)
        except TimeoutError:
            raise Unavailable(f"the store did not answer within {PATIENCE:.0f} s") from None

    def _moved(self, change: Change) -> bool:
        """Whether a stream of the change is no longer where the decision thought: a race, not a lost claim."""
        return any(self._store.last_seq(append.stream) != append.expected_seq for append in change.appends)

    # The open incidents in memory

    def _load_open(self) -> None:
        self._position = self._store.position()
        self._open = {}
        for summary in self._store.find(Find(is_open=True, limit=EVERYTHING)):
            folded = self._fold(summary.number)
            if folded is not None:
                self._open[folded.number] = folded
        self._last_number = self._store.last_incident()

    def _follow(self) -> None:
        """Take in what other replicas wrote since the last look."""
        if not self._shared:
            return
        while batch := self._store.tail(self._position, 500):
            for position, entry in batch:
                self._position = position
                self._take_in(entry)

    def _take_in(self, entry: Entry) -> None:
        if not entry.stream.startswith("incident/"):
            return
        number = int(entry.stream.partition("/")[2])
        known = self._open.get(number)
        if known is None and isinstance(entry.event, IncidentOpened):
            known = NOTHING_YET
        if known is None or entry.seq > known.seq + 1:
            folded = self._fold(number)
        elif entry.seq <= known.seq:
            return
        else:
            folded = fold([entry.event], known)
        if folded is not None:
            self._remember([folded])

    def _fold(self, number: int) -> Incident | None:
        entries = self._store.load(stream_of(number))
        return fold(entry.event for entry in entries) if entries else None

    def _remember(self, incidents: Sequence[Incident]) -> None:
        for incident in incidents:
            self._last_number = max(self._last_number, incident.number)
            if incident.is_open:
                self._open[incident.number] = incident
            else:
                self._open.pop(incident.number, None)


def _rows(append: Append, incident: Incident, now: datetime) -> list[AlertRow]:
    """The rows of the alerts that these events changed: never all of a storm's for each of its bodies."""
    changed: set[Episode] = set()
    for event in append.events:
        if isinstance(event, IncidentOpened | AlertsJoined):
            changed.update(alert.episode for alert in event.alerts)
        elif isinstance(event, AlertsCleared | ClearingDoubted):
            changed.update(Episode(*episode) for episode in event.episodes)
    return [
        AlertRow(episode=alert.episode, name=alert.name, status=alert.status, incident=incident.number, last_seen=now)
        for alert in (held.alert for held in map(incident.held.get, {episode[:2] for episode in changed}) if held)
        if alert.episode in changed
    ]


def _dues(incident: Incident, world: World) -> tuple[Due, ...]:
    """One row for the clock, one for each open intent."""
    wake = wake_at(incident, world)
    intents = tuple(Due(key=intent.intent_id, at=intent.at) for intent in open_intents(incident))
    return (*((Due(key=WAKE, at=wake),) if wake else ()), *intents)
