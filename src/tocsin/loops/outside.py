"""
The other half of the dead man's switch: each minute a sign of life to a check outside, which calls when it stops.

It is only sent while we really live: the loops turn, the database takes writes, nothing waits in the spool or the
inbox for long. A check that cannot be reached for UNREACHED_FOR is told, once, as a P3: from then on nobody would
notice our death. The surprise: when we are ill we say nothing at all, because silence is what the check understands.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from tocsin.edge.outside_check import NotTaken, OutsideCheck
from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.incident.events import OutsideCheckFailed, OutsideCheckReached
from tocsin.loops.alarms import Alarm, end_alarm, raise_alarm
from tocsin.loops.house import House

EVERY = 60.0
TURNED_WITHIN = timedelta(seconds=90)
READ_WITHIN = timedelta(minutes=5)
UNREACHED_FOR = timedelta(minutes=5)
VITAL = ("reader", "waker", "performer")
UNREACHED = "TocsinOutsideCheckUnreachable"
log = structlog.get_logger()


class SignOfLife:
    """`check` None when none is configured. `run` ends when it is cancelled."""

    def __init__(self, house: House, check: OutsideCheck | None) -> None:
        self._house = house
        self._check = check
        self._failing_since: datetime | None = None
        self._told = False

    async def run(self) -> None:
        """Tell it for ever."""
        while True:
            self._house.turn("outside")
            if self._check is not None:
                try:
                    await self.tell(self._check)
                except (Unavailable, Lost, TimeoutError) as trouble:
                    log.warning("what became of the sign of life could not be kept", why=str(trouble))
            await asyncio.sleep(EVERY)

    async def tell(self, check: OutsideCheck) -> bool:
        """One sign of life, if there is life; gives whether it was taken. Raises what the store raises."""
        ill = await asyncio.to_thread(self.illness)
        if ill:
            log.error("no sign of life is sent", why=ill)
            return False
        try:
            await check.ping()
        except NotTaken as error:
            await asyncio.to_thread(self._failed, str(error))
            return False
        await asyncio.to_thread(self._reached)
        return True

    def illness(self) -> str:
        """Why we are not really alive, "" when we are."""
        house = self._house
        now = house.clock.now()
        for name in VITAL:
            turned = house.turned.get(name)
            if turned is None or now - turned > TURNED_WITHIN:
                return f"the {name} does not turn"
        if why := house.store.healthy():
            return why
        if house.spool is not None and house.spool.waiting:
            return "bodies wait in the spool"
        try:
            oldest = house.store.waiting(1)
        except Unavailable as trouble:
            return str(trouble)
        return "the inbox is not read" if oldest and now - oldest[0].received_at > READ_WITHIN else ""

    def _failed(self, why: str) -> None:
        house, now = self._house, self._house.clock.now()
        log.warning("the outside check did not take our sign of life", why=why)
        self._failing_since = since = self._failing_since or now
        if self._told or now - since < UNREACHED_FOR:
            return
        raise_alarm(
            house,
            Alarm(
                name=UNREACHED,
                priority="P3",
                since=since,
                french=f"Le contrôle extérieur ne reçoit plus notre signe de vie : {why}",
                english=f"The outside check no longer takes our sign of life: {why}",
            ),
        )
        house.note("house/watch", [OutsideCheckFailed(at=now, since=since, why=why)])
        self._told = True

    def _reached(self) -> None:
        self._failing_since = None
        end_alarm(self._house, UNREACHED)
        if self._told:
            self._house.note("house/watch", [OutsideCheckReached(at=self._house.clock.now())])
            self._told = False
