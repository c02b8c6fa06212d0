"""
The look ahead, kept: what it bound, what is news, and the one P4 for what no longer holds.

`take` asks every side once and writes down what changed; `Watch` calls it on a timer, people by `tocsin preflight`. The
surprise: there is one alarm for all that drifted, and it ends by itself once all of it holds again or has left the
procedure.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
import structlog

from tocsin.cluster.inventory import kept, same
from tocsin.edge.preflight.look import Preflight
from tocsin.incident.events import DriftEnded
from tocsin.loops.alarms import Alarm, end_alarm, raise_alarm
from tocsin.loops.house import House
from tocsin.proof.book import STREAM
from tocsin.proof.look import Found, Look, news, still_drifted, told

ALARM = "TocsinProcedureDrifted"
TOLD = 5
log = structlog.get_logger()


class LookAhead:
    """One per house; two looks never overlap."""

    def __init__(self, house: House, preflight: Preflight) -> None:
        self._house = house
        self._preflight = preflight
        self._one = asyncio.Lock()

    async def take(self) -> Look:
        """Look, write down what is new, tell what drifted; raises `Unavailable` or `Lost`."""
        async with self._one:
            look = await self._preflight.look(self._house.procedure(), self._house.texts)
            for side, why in look.why.items():
                log.info("a look ahead was not answered", side=side, why=why)
            await asyncio.to_thread(self._keep, look)
            return look

    def _keep(self, look: Look) -> None:
        house = self._house
        before = house.proofs.inventory()
        inventory = kept(before, look.inventory)
        text = msgspec.json.encode(inventory).decode()
        digest = hashlib.sha256(text.encode()).hexdigest()
        changed = not same(before, inventory)
        events = news(look, house.proofs.book(), digest, changed=changed, language=house.settings.language)
        if events:
            house.keep_for_ever(text)
            house.note(STREAM, events)
        self._tell(look)

    def _tell(self, look: Look) -> None:
        """The alarm while anything that drifted does not hold; its end once all does."""
        book = self._house.proofs.book()
        if book.drifting_since is None:
            return
        lost = still_drifted(look, book)
        if lost:
            raise_alarm(self._house, self._alarm(lost, book.drifting_since))
        elif not look.silent:  # who does not answer tells nothing
            # In this order: after a crash in between the next look comes here again, and ending twice changes nothing.
            end_alarm(self._house, ALARM)
            self._house.note(STREAM, [DriftEnded(at=look.at, since=book.drifting_since)])

    @staticmethod
    def _alarm(lost: Sequence[Found], since: datetime) -> Alarm:
        french, english = (", ".join(told(one, language) for one in lost[:TOLD]) for language in ("fr", "en"))
        return Alarm(
            name=ALARM,
            priority="P4",
            since=since,
            french=f"La procédure ne tient plus : {french}",
            english=f"The procedure no longer holds: {english}",
        )
