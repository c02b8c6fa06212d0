"""
The reconciler: reads the senders' own lists, and brings what differs through the same inbox as everything else.

At the start and each minute, and at once when a delivery says that it was cut short. What a list tells beyond what we
hold becomes a kept body of its own kind, so that the one reader stays the only door. A list that could not be read for
UNREAD_FOR is told, as a P2. The surprise: with several replicas only the one that holds the lease reads, and a new
holder begins to count absences anew.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from tocsin.detection import reconciliation
from tocsin.detection.reconciliation import GONE_AFTER, Listed, Picture
from tocsin.detection.registry import RECONCILED
from tocsin.edge.alert_lists import AlertList, NotRead
from tocsin.edge.store.contract import Lost, NewBody, Unavailable
from tocsin.incident.alert import Alert, Episode
from tocsin.incident.events import REAL, SourceReachable, SourceUnreachable
from tocsin.loops.alarms import Alarm, end_alarm, raise_alarm
from tocsin.loops.house import House

EVERY = 60.0
LEASE_FOR = timedelta(minutes=3)
UNREAD_FOR = timedelta(minutes=5)
UNREAD = "TocsinSourceUnreachable"
PATIENCE = 30.0
log = structlog.get_logger()


class Reconciler:
    """`lists` by the name of their source. `wake` may be called from any thread; `run` ends when it is cancelled."""

    def __init__(self, house: House, holder: str, lists: Mapping[str, AlertList]) -> None:
        self._house = house
        self._holder = holder
        self._lists = lists
        self._absent: dict[Episode, datetime] = {}
        self._unread: dict[str, datetime] = {}
        self._told: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awake = asyncio.Event()
        house.on_partial = self.wake

    def wake(self, source: str) -> None:
        """A delivery of that source is known to be partial."""
        if self._loop is not None and source in self._lists:
            self._loop.call_soon_threadsafe(self._awake.set)

    async def run(self) -> None:
        """Reconcile for ever."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._house.turn("reconciler")
            self._awake.clear()
            try:
                leads = bool(self._lists) and await asyncio.to_thread(self._leads)
                if leads:
                    await asyncio.gather(*(self.look(source) for source in self._lists))
            except (Unavailable, Lost, TimeoutError) as trouble:
                log.warning("the lists of the senders wait", why=str(trouble))
            try:
                await asyncio.wait_for(self._awake.wait(), EVERY)
            except TimeoutError:
                continue

    def _leads(self) -> bool:
        now = self._house.clock.now()
        return self._house.store.lease("reconciler", self._holder, now, LEASE_FOR) is not None

    async def look(self, source: str) -> None:
        """Read one list and bring what differs; raises what the store raises."""
        try:
            picture = await self._lists[source].read()
        except NotRead as error:
            await asyncio.to_thread(self._not_read, source, str(error))
            return
        await asyncio.to_thread(self._compare, source, picture)

    def _compare(self, source: str, picture: Picture) -> None:
        house, now = self._house, self._house.clock.now()
        self._read(source, now)
        held = reconciliation.held_of(source, REAL, house.recorder.open_incidents())
        receiver = house.settings.sources[source].receiver if source in house.settings.sources else ""
        missed = self._unknown(source, reconciliation.missed(picture, held, receiver, now))
        gone = self._gone(source, picture, held, now)
        if not missed and not gone:
            return
        log.info("a list tells what no delivery told", source=source, missed=len(missed), gone=len(gone))
        content = reconciliation.body_of(missed, gone, now)
        body = NewBody(
            source=source,
            kind=RECONCILED,
            world_id=REAL,
            received_at=now,
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            alerts=len(missed) + len(gone),
        )
        house.store.keep(body).result(PATIENCE)

    def _unknown(self, source: str, missed: list[Listed]) -> list[Listed]:
        """Without what an incident holds or held: what people have dealt with is not brought back."""
        known = {row.episode for row in self._house.store.alerts(reconciliation.episodes_of(source, missed))}
        return [alert for alert in missed if Episode(source, alert.fingerprint, alert.startsAt) not in known]

    def _gone(self, source: str, picture: Picture, held: list[Alert], now: datetime) -> list[Alert]:
        """What has been absent for long enough, each time that absence meant something."""
        pulses = self._house.sight.pulses()
        beats = any(sender.source == source for sender in pulses.expected)
        blind = pulses.blind_since is not None
        candidates = reconciliation.absent(picture, held)
        if not reconciliation.proves_absence(picture, beats, blind, now):
            candidates = []
        absent = {alert.episode for alert in candidates}
        others = {episode: since for episode, since in self._absent.items() if episode.source != source}
        self._absent = others | {episode: self._absent.get(episode, now) for episode in absent}
        return [alert for alert in candidates if now - self._absent[alert.episode] >= GONE_AFTER]

    # A list that cannot be read

    def _not_read(self, source: str, why: str) -> None:
        house, now = self._house, self._house.clock.now()
        since = self._unread.setdefault(source, now)
        log.info("a list was not read", source=source, why=why)
        if source in self._told or now - since < UNREAD_FOR:
            return
        raise_alarm(
            house,
            Alarm(
                name=UNREAD,
                priority="P2",
                since=since,
                about=source,
                french=f"La liste d'alertes de {source} est illisible : {why}",
                english=f"The list of alerts of {source} cannot be read: {why}",
            ),
        )
        house.note("house/watch", [SourceUnreachable(at=now, source=source, since=since, why=why)])
        self._told.add(source)

    def _read(self, source: str, now: datetime) -> None:
        self._unread.pop(source, None)
        end_alarm(self._house, UNREAD, source)
        if source in self._told:
            self._house.note("house/watch", [SourceReachable(at=now, source=source)])
            self._told.discard(source)
