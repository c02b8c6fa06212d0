"""
Intents to outcomes: the one hand that acts.

It claims open intents by compare-and-swap with a lease, acts with the hands of the incident's world, and records the
outcome in the transaction that gives the claim back. The surprise is the asymmetry after a crash: a page, a check or a
snapshot whose claim has lapsed is done again (a page marked as a reminder); a run is not: it becomes "outcome
unknown", because nobody knows how far it came. And a run that nobody had begun when tocsin went down is not begun
hours later: whoever asked for it saw another cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from tocsin.decide import NoSuchIncident
from tocsin.edge.store.contract import Blob, Claim, Lost, Unavailable
from tocsin.incident.commands import TellResult
from tocsin.incident.events import Outcome, StepFinished, StepOutcomeUnknown
from tocsin.incident.intents import Intent, open_intents
from tocsin.incident.state import Incident
from tocsin.loops import acts
from tocsin.loops.hands import Hands
from tocsin.loops.house import House

SLOTS = 16
LEASE_FOR = timedelta(seconds=15)
RENEW_EVERY = 5.0
POLL = 5.0
WAS_CUT = "tocsin was cut while it ran"
WAS_ENDED = "tocsin was cut while it ran; its process was still alive and has been ended"
BEGINS_WITHIN = timedelta(minutes=5)
TOO_LATE = "it was not started: tocsin was down when it was asked for"
log = structlog.get_logger()


class Performer:
    """
    `hands_of` gives the hands of a world id; `ended` are runs whose process outlived the server before and was ended.

    `wake` may be called from any thread.
    """

    def __init__(
        self, house: House, holder: str, hands_of: Callable[[str], Hands], ended: frozenset[str] = frozenset()
    ) -> None:
        self._house = house
        self._holder = holder
        self._hands_of = hands_of
        self._ended = ended
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be an intent."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._awake.set)

    async def run(self) -> None:
        """Act for ever; on cancellation what runs is given five seconds, then ended and told."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                self._house.turn("performer")
                self._awake.clear()
                if not await self._take():
                    await self._rest()
        finally:
            await self._let_finish()

    async def idle(self) -> None:
        """Act until nothing is left to act on: what the CLI does without a server."""
        self._loop = asyncio.get_running_loop()
        while await self._take() or self._busy:
            if self._busy:
                await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)

    async def _take(self) -> int:
        """Claim as many intents as there are free slots."""
        free = SLOTS - len(self._busy)
        if not free:
            return 0
        try:
            claims = await asyncio.to_thread(
                self._house.store.claim, self._holder, self._house.store.now(), free, LEASE_FOR
            )
        except Unavailable as trouble:
            log.warning("intents wait", why=str(trouble))
            return 0
        for claim in claims:
            task = asyncio.create_task(self._perform(claim))
            self._busy.add(task)
            task.add_done_callback(self._done)
        return len(claims)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._awake.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), POLL)
        except TimeoutError:
            return

    async def _perform(self, claim: Claim) -> None:
        number = int(claim.stream.partition("/")[2])
        try:
            incident = await asyncio.to_thread(self._house.incident, number)
            intent = _intent(incident, claim.key)
            if incident is None or intent is None:
                return
            outcome, blobs = await self._act(incident, intent, claim)
            await self._house.ask(TellResult(incident=number, outcome=outcome), claim=claim, blobs=blobs)
        except (Lost, NoSuchIncident) as gone:
            log.warning("an outcome came too late", intent=claim.key, why=str(gone))
        except Unavailable as trouble:
            log.error("an outcome could not be kept", intent=claim.key, why=str(trouble))
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("an act failed", intent=claim.key)

    async def _act(self, incident: Incident, intent: Intent, claim: Claim) -> tuple[Outcome, list[Blob]]:
        hands = self._hands_of(incident.world_id)
        if intent.kind == "run" and claim.attempts > 1:
            why = WAS_ENDED if intent.intent_id in self._ended else WAS_CUT
            return StepOutcomeUnknown(at=self._house.clock.now(), run_id=intent.intent_id, why=why), []
        now = self._house.clock.now()
        if intent.kind == "run" and now - intent.at > BEGINS_WITHIN:
            return StepFinished(at=now, run_id=intent.intent_id, started_at=now, ended_at=now, why=TOO_LATE), []
        acting = asyncio.ensure_future(acts.act(self._house, hands, incident, intent, again=claim.attempts > 1))
        renewing = asyncio.create_task(self._keep(claim, acting))
        try:
            return await acting
        finally:
            renewing.cancel()

    async def _keep(self, claim: Claim, acting: asyncio.Future[tuple[Outcome, list[Blob]]]) -> None:
        """Hold the claim while the act lasts; once it is somebody else's, end the act: a person may run it again."""
        while True:
            await asyncio.sleep(RENEW_EVERY)
            try:
                await asyncio.to_thread(self._house.store.renew, claim, self._house.store.now(), LEASE_FOR)
            except Lost as gone:
                log.warning("an act is ended: somebody else has it", intent=claim.key, why=str(gone))
                acting.cancel()
                return
            except Unavailable as trouble:
                log.warning("a claim was not renewed", intent=claim.key, why=str(trouble))

    async def _let_finish(self) -> None:
        if not self._busy:
            return
        _, pending = await asyncio.wait(self._busy, timeout=5)
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=5)


def _intent(incident: Incident | None, key: str) -> Intent | None:
    """The open intent of that id; None when its outcome is known by now."""
    return next((intent for intent in open_intents(incident) if intent.intent_id == key), None) if incident else None
