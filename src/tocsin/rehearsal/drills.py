"""
Drills that a person starts and clicks through: the world breaks, monitoring tells, everything else is theirs.

`begin` may be called from any thread (a form is answered in one). The surprise: a drill that is begun while another
still runs ends that one first: its alerts are told as over and the cluster is made sound.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

from tocsin.edge.clock import Clock
from tocsin.rehearsal.cluster import Fault
from tocsin.rehearsal.monitoring import Monitoring

FAULTS: tuple[Fault, ...] = ("node_down", "control_plane_down", "primary_down", "ddos")


class Drills:
    """Made on the event loop that will play them; one drill at a time."""

    def __init__(self, monitoring: Monitoring, clock: Clock) -> None:
        self._monitoring = monitoring
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self.current: Fault | None = None

    def begin(self, fault: Fault) -> Future[None]:
        """Start this drill; the future is done when the world is broken. Alerts follow about a practice minute later."""
        return asyncio.run_coroutine_threadsafe(self._begin(fault), self._loop)

    async def end(self) -> None:
        """Stop what plays; nothing more is told."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task, self.current = None, None

    async def _begin(self, fault: Fault) -> None:
        await self.end()
        await self._monitoring.clear()
        self._monitoring.strike(fault, self._clock.now())
        self.current = fault
        self._task = asyncio.create_task(self._play(fault))

    async def _play(self, fault: Fault) -> None:
        await self._monitoring.tell(fault)
        await self._monitoring.tell_the_end()
        self.current = None
