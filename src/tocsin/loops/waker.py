"""
The clock's hand: looks at each incident when its time has come.

It sleeps until the earliest due row, or until something is recorded. Two replicas may look at once: the second finds
nothing left to demand. The surprise: it sleeps by the house's clock, which in practice runs faster than life.
"""

from __future__ import annotations

import asyncio

import structlog

from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.incident.commands import Look
from tocsin.loops.house import House

LOOKS = 200
LONGEST = 30.0
log = structlog.get_logger()


class Waker:
    """`wake` may be called from any thread; `run` ends when it is cancelled."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """A due row may have changed."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._awake.set)

    async def run(self) -> None:
        """Look for ever."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._house.turn("waker")
            self._awake.clear()
            try:
                pause = await asyncio.to_thread(self.turn)
            except (Unavailable, Lost) as trouble:
                log.warning("the clocks wait", why=str(trouble))
                pause = 1.0
            if pause > 0:
                await self._pause(pause)

    def turn(self) -> float:
        """Look at all that is due; gives the seconds of the house's clock until the next one, 0 when more waits."""
        now = self._house.clock.now()
        streams = self._house.store.due(now, LOOKS)
        for stream in streams:
            self._look(stream)
        if len(streams) == LOOKS:
            return 0.0
        coming = self._house.store.next_due(intents=False)
        if coming is None:
            return LONGEST
        return max(0.01, min(LONGEST, (coming - self._house.clock.now()).total_seconds()))

    def _look(self, stream: str) -> None:
        try:
            if stream.startswith("incident/"):
                self._house.record(Look(incident=int(stream.partition("/")[2])))
            else:
                self._house.look(stream)
        except (Unavailable, Lost):
            raise
        except Exception:
            log.exception("a look failed", stream=stream)

    async def _pause(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._house.clock.sleep(seconds))
        ringing = asyncio.ensure_future(self._awake.wait())
        _, pending = await asyncio.wait({sleeping, ringing}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
