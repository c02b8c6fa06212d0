"""
What waited in the spool goes into the database, in order, before anything newer.

It tries each second while something waits. The first batch that goes in is told (a line of house/watch, and an
incident like a full disk's, once); so is the end. The surprise: while the database takes nothing, nothing can be told
either: /healthz says it, and the outside check stops hearing from us.
"""

from __future__ import annotations

import asyncio

import structlog

from tocsin.edge.spool import Spool
from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.incident.events import SpoolEmptied, SpoolUsed
from tocsin.loops.alarms import Alarm, end_alarm, raise_alarm
from tocsin.loops.house import House

EVERY = 1.0
PATIENCE = 30.0
IN_USE = "TocsinSpoolInUse"
UNTOLD = "the database did not answer in time"
log = structlog.get_logger()


class Refill:
    """`run` ends when it is cancelled."""

    def __init__(self, house: House, spool: Spool) -> None:
        self._house = house
        self._spool = spool
        self._told: Alarm | None = None
        self._moved = 0
        self._fresh = True

    async def run(self) -> None:
        """Refill for ever."""
        while True:
            self._house.turn("refill")
            try:
                moved = await asyncio.to_thread(self.turn) if self._spool.waiting or self._fresh else 0
            except (Unavailable, Lost, TimeoutError) as trouble:
                log.warning("the spool waits", why=str(trouble) or UNTOLD, bodies=self._spool.waiting)
                moved = 0
            if not moved:
                await asyncio.sleep(EVERY)

    def turn(self) -> int:
        """Move one batch; gives how many bodies. Raises `Unavailable`, `Lost` or TimeoutError."""
        batch = self._spool.next()
        if self._fresh and not batch.bodies:
            end_alarm(self._house, IN_USE)  # we may have been killed between the last body and this
        self._fresh = False
        if not batch.bodies:
            return 0
        house, first = self._house, batch.bodies[0]
        # An answer that does not come leaves the batch where it is: how far it was taken stands in the database.
        house.store.take_spooled(self._spool.spool_id, batch.bodies).result(PATIENCE)
        self._spool.done(batch)
        self._moved += len(batch.bodies)
        if self._told is None:
            since = first.body.received_at
            self._told = Alarm(
                name=IN_USE,
                priority="P3",
                since=since,
                french="tocsin n'a pas pu écrire dans sa base : les alertes ont attendu dans le tampon",
                english="tocsin could not write to its database: alerts waited in the spool",
            )
            house.note("house/watch", [SpoolUsed(at=house.clock.now(), since=since, why=first.why or UNTOLD)])
            raise_alarm(house, self._told)
        if not self._spool.waiting:
            house.note("house/watch", [SpoolEmptied(at=house.clock.now(), bodies=self._moved)])
            end_alarm(house, IN_USE)
            self._told, self._moved = None, 0
        return len(batch.bodies)
