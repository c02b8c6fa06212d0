"""
The chores: what the house does for itself while nothing happens.

Each minute the disk, the heartbeats and the database's clock; each hour the ledger of all streams' heads and the sweep of what may
leave; every two minutes a look at the cluster, so that its places are known before the hour when nobody can ask; every half
hour a look ahead at all that the procedure names. The surprise: a disk that fills up is an incident like any other,
opened by tocsin itself, once and not every minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from tocsin.edge.clock import DatabaseClock
from tocsin.edge.disk import free_bytes
from tocsin.edge.kubernetes.contract import Photographer, Unanswered
from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.incident.commands import Report
from tocsin.incident.events import DiskLow, DiskRecovered, LedgerTaken
from tocsin.loops.house import House

EVERY = 60.0
MIB = 1 << 20
OURSELVES = "tocsin"
HOUR = timedelta(hours=1)
LOOK_EVERY = timedelta(minutes=2)
LOOK_AHEAD_EVERY = timedelta(minutes=30)
GRAVE = ("P1", "P2")
log = structlog.get_logger()


class Watch:
    """`data` is the folder whose disk is watched; `photographer` None when no cluster is configured."""

    def __init__(self, house: House, data: Path, photographer: Photographer | None) -> None:
        self._house = house
        self._data = data
        self._photographer = photographer
        self._low = False
        self._hourly_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._looked_ahead_at: datetime | None = None
        self._ahead: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Keep house for ever."""
        while True:
            self._house.turn("watch")
            try:
                await asyncio.to_thread(self.turn)
                await self._look()
                self._look_ahead()
            except (Unavailable, Lost) as trouble:
                log.warning("the chores wait", why=str(trouble))
            await asyncio.sleep(EVERY)

    def turn(self) -> None:
        """One minute's chores; raises `Unavailable` or `Lost`."""
        house = self._house
        if isinstance(house.clock, DatabaseClock):
            house.clock.follow(house.store.now())
        self._disk()
        house.look("house/watch")
        house.look("house/maintenance")
        now = house.clock.now()
        if self._hourly_at is None or now - self._hourly_at >= HOUR:
            self._hourly_at = now
            heads = tuple(head for head in house.store.heads() if head[0] != "house/ledger")
            house.note("house/ledger", [LedgerTaken(at=now, heads=heads)])
            house.store.sweep(now, now - house.settings.retention.bodies).result(60)

    def _disk(self) -> None:
        free = free_bytes(self._data)
        now = self._house.clock.now()
        low = free < self._house.settings.disk.min_free
        if low and not self._low:
            self._house.note("house/watch", [DiskLow(at=now, free_bytes=free)])
            self._report_disk(free)
        elif self._low and not low:
            self._house.note("house/watch", [DiskRecovered(at=now, free_bytes=free)])
        self._low = low

    def _report_disk(self, free: int) -> None:
        """An incident of its own, so that somebody is told while there is still room to write it down."""
        house = self._house
        if house.practice or any(incident.reported_by == OURSELVES for incident in house.recorder.open_incidents()):
            return
        left = f"{free // MIB} MiB"
        french = house.settings.language == "fr"
        text = (
            f"tocsin n'a plus que {left} libres pour écrire" if french else f"tocsin has only {left} left to write to"
        )
        house.record(Report(by=OURSELVES, text=text, via="watch"))

    async def _look(self) -> None:
        now = self._house.clock.now()
        if self._photographer is None or (self._looked_at and now - self._looked_at < LOOK_EVERY):
            return
        self._looked_at = now
        try:
            taken = await asyncio.wait_for(self._photographer.snapshot(), 10)
        except (Unanswered, TimeoutError) as silence:
            log.info("the cluster gave no picture", why=str(silence))
            return
        await asyncio.to_thread(self._house.see_cluster, taken)

    def _look_ahead(self) -> None:
        """
        Whether what the procedure names is there and allowed: while all is well, for the hour when it is not.

        It may take half a minute, so it has a task of its own. A grave incident puts it off: what the cluster is like
        then must not stand in for what it is like.
        """
        now, last = self._house.clock.now(), self._looked_ahead_at
        is_due = last is None or now - last >= LOOK_AHEAD_EVERY
        is_idle = self._ahead is None or self._ahead.done()
        if self._house.look_ahead is not None and is_due and is_idle and not self._is_grave():
            self._looked_ahead_at = now
            self._ahead = asyncio.create_task(_take(self._house.look_ahead))

    def _is_grave(self) -> bool:
        return any(incident.priority in GRAVE for incident in self._house.recorder.open_incidents())


async def _take(look_ahead: Callable[[], Awaitable[object]]) -> None:
    try:
        await look_ahead()
    except (Unavailable, Lost) as trouble:
        log.warning("the look ahead was not kept", why=str(trouble))
    except Exception:
        log.exception("the look ahead ended early")
