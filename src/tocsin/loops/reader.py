"""
Bodies to commands, in the order of their arrival.

One reader at a time drains the inbox, by a lease whose fence the commit checks: two readers would part an effect from
its cause. Neighbouring bodies of one source are read as one batch. The surprise: a body that breaks the reader must
not stop the others: its batch is tried again one by one, and the one that fails is put aside with a line.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic

import structlog
from msgspec.structs import replace

from tocsin.decide import Unsettled
from tocsin.detection.beats import believed
from tocsin.detection.bounds import UNKNOWN_START
from tocsin.detection.holders import Holders
from tocsin.detection.registry import READERS
from tocsin.detection.silence import is_repetition, silence_of
from tocsin.detection.skew import marked
from tocsin.detection.sources.contract import Reading, Unreadable
from tocsin.detection.starts import dated
from tocsin.edge.store.contract import Body, Lease, Lost, Unavailable
from tocsin.incident.alert import Alert, Episode
from tocsin.incident.beat import Heard
from tocsin.incident.commands import ReceiveAlerts
from tocsin.loops.house import House
from tocsin.loops.shortfalls import Shortfalls

BATCH = 256
LEASE_FOR = timedelta(seconds=15)
POLL = 5.0
GATHER_FOR = 0.05
SENDERS_SHARE = 2.0
"""Of the time that reading took, in a storm."""
log = structlog.get_logger()


class Reader:
    """`wake` may be called from any thread; `run` ends when it is cancelled."""

    def __init__(self, house: House, holder: str) -> None:
        self._house = house
        self._holder = holder
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lease: Lease | None = None
        self._shortfalls = Shortfalls(house)
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to read."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._awake.set)

    async def run(self) -> None:
        """Read for ever."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._house.turn("reader")
            self._awake.clear()
            began = monotonic()
            try:
                read = await asyncio.to_thread(self.turn)
            except (Unavailable, Lost) as trouble:
                log.warning("the inbox waits", why=str(trouble))
                read = 0
                await asyncio.sleep(1)
            if read:
                await asyncio.sleep(self._pause(read, monotonic() - began))
            else:
                await _wait(self._awake, POLL)

    def _pause(self, read: int, took: float) -> float:
        """
        While senders knock, keeping comes first: reading takes a third of the time, and what comes meanwhile is read
        together (each batch costs a commit that senders wait behind). Once they are quiet, a backlog is read at full speed.
        """
        if self._awake.is_set():
            return max(GATHER_FOR, SENDERS_SHARE * took)
        return 0.0 if read >= BATCH else GATHER_FOR

    def turn(self) -> int:
        """Read one batch; gives how many bodies. Raises `Unavailable` or `Lost`."""
        house = self._house
        bodies = house.store.waiting(BATCH)
        if not bodies:
            return 0
        lease = self._hold()
        if lease is None:
            return 0
        try:
            for _, batch in groupby(bodies, key=lambda body: (body.source, body.kind, body.world_id)):
                self._read(list(batch), lease)
        except Lost:
            self._lease = None
            raise
        return len(bodies)

    def _hold(self) -> Lease | None:
        """The lease, renewed only when half of it is gone: a renewal is a commit of its own."""
        now = self._house.clock.now()
        if self._lease is None or self._lease.until - now < LEASE_FOR / 2:
            self._lease = self._house.store.lease("reader", self._holder, now, LEASE_FOR)
        return self._lease

    def _read(self, batch: list[Body], lease: Lease) -> None:
        try:
            read = self._understood(batch)
            command, beats = self._command(batch[0], read)
            self._house.record(command, consumed=[body.id for body in batch], beats=beats, lease=lease)
        except (Unavailable, Lost):
            raise
        except (Exception, Unsettled) as error:
            if len(batch) > 1:
                for body in batch:
                    self._read([body], lease)
                return
            self._put_aside(batch[0], error, lease)
            return
        self._shortfalls.tell(read)

    @staticmethod
    def _understood(batch: Sequence[Body]) -> list[tuple[Body, Reading]]:
        return [(body, READERS[body.kind](body.content, body.source)) for body in batch]

    def _command(self, first: Body, read: Sequence[tuple[Body, Reading]]) -> tuple[ReceiveAlerts, list[Heard]]:
        """What the bodies mean: a command, and the heartbeats that are believed (kept beside it, in one commit)."""
        arrived: list[tuple[Alert, datetime]] = []
        beats: list[Heard] = []
        for body, reading in read:
            at = body.received_at
            arrived += [(replace(marked(alert, at), source=first.source), at) for alert in reading.alerts]
            beats += [
                Heard(beat=replace(beat, source=first.source), received_at=body.received_at, world_id=body.world_id)
                for beat in reading.beats
            ]
        alerts = self._dated(arrived, first.world_id)
        command = ReceiveAlerts(
            source=first.source,
            alerts=tuple(alerts),
            received_at=first.received_at,
            world_id=first.world_id,
            ended=self._ended(alerts),
        )
        return command, believed(beats, self._house.store.beats()) if beats else []

    def _dated(self, arrived: list[tuple[Alert, datetime]], world_id: str) -> list[Alert]:
        """Each with a start; what is open is only looked at when one has none."""
        if all(alert.starts_at > UNKNOWN_START for alert, _ in arrived):
            return [alert for alert, _ in arrived]
        mine = (incident for incident in self._house.recorder.open_incidents() if incident.world_id == world_id)
        return dated(arrived, {(a.source, a.fingerprint): a for incident in mine for a in incident.alerts})

    def _ended(self, alerts: Sequence[Alert]) -> tuple[Episode, ...]:
        """Their episodes that belong to an incident which is over."""
        still_open = self._house.recorder.open_incidents()
        holders = Holders(still_open)
        unknown = {alert.episode for alert in alerts if not holders.holds(alert.episode)}
        if not unknown:
            return ()
        numbers = {incident.number for incident in still_open}
        rows = self._house.store.alerts(list(unknown))
        ended = [row.episode for row in rows if row.incident not in numbers]
        return (*ended, *self._repeated([alert for alert in alerts if alert.episode in unknown], numbers))

    def _repeated(self, alerts: Sequence[Alert], still_open: set[int]) -> list[Episode]:
        """Those that only repeat what an incident which is over held: their sender tells no end, so none was told."""
        usual = self._house.settings.quiet_after
        asked = [alert for alert in alerts if silence_of(alert, usual) is not None]
        if not asked:
            return []
        rows = self._house.store.last_episodes([(alert.source, alert.fingerprint) for alert in asked])
        over = {row.episode[:2]: row.episode.starts_at for row in rows if row.incident not in still_open}
        return [a.episode for a in asked if a.episode[:2] in over and is_repetition(a, over[a.episode[:2]], usual)]

    def _put_aside(self, body: Body, error: Exception, lease: Lease) -> None:
        """A body that was accepted and cannot be used: it stays kept, with the reason, and a person reads the line."""
        why = error.why if isinstance(error, Unreadable) else f"{type(error).__name__}: {error}"
        log.error("a body is put aside", body=body.id, source=body.source, why=why, exc_info=error)
        digest = hashlib.sha256(body.content).hexdigest()
        self._house.refuse_body(body.source, digest, why, len(body.content), body.content)
        empty = ReceiveAlerts(
            source=body.source, alerts=(), received_at=body.received_at, world_id=body.world_id, ended=()
        )
        self._house.record(empty, consumed=[body.id], lease=lease)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
