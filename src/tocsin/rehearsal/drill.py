"""
The scripted drill "node 2 down", from the failure to the draft of the post-mortem, as a row of moments.

The world breaks, monitoring tells it over HTTP, a person acknowledges by the link of the call and works through the
scenario by the API. The surprise: it goes through doors only, so a moment that does not come is a fault of the whole
house; it raises `NotHappened` with what was awaited.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from tocsin.edge.clock import Clock
from tocsin.lexicon import Language, say
from tocsin.rehearsal.monitoring import Monitoring, NotTaken
from tocsin.rehearsal.people import Json, NotHappened, Person
from tocsin.rehearsal.phone import PracticePhone
from tocsin.rehearsal.words import phrase

REBOOT = "hcloud server reboot node-2"
LOOK = ("kubectl", "get", "nodes")
LIMIT = 20.0  # real seconds for one moment, also on a slow machine
REACHES_FOR_PHONE = 80.0  # practice seconds
READS = 15.0
LOOKS_AGAIN = 15.0
PODS_TAKE = 25.0
DRAFT_LINES = 24


class Moment(Struct, frozen=True):
    """`at` is the practice instant (UTC), `text` what happened, `lines` its detail."""

    at: datetime
    text: str
    lines: tuple[str, ...] = ()


class Set(Struct, frozen=True, kw_only=True):
    """What the drill is played on. `name` is how the person stands in the timeline, `zone` for the times it tells."""

    clock: Clock
    monitoring: Monitoring
    phone: PracticePhone
    person: Person
    name: str
    language: Language
    zone: ZoneInfo


async def play(stage: Set) -> AsyncIterator[Moment]:
    """Play it once. Raises `NotHappened`."""
    playing = _Play(stage)
    ending: asyncio.Task[int] | None = None
    try:
        async for moment in playing.detection():
            yield moment
        ending = asyncio.create_task(stage.monitoring.tell_the_end())
        for part in (playing.acknowledgement, playing.triage, playing.resolution, playing.end):
            async for moment in part():
                yield moment
    finally:
        if ending is not None:
            ending.cancel()
            await asyncio.gather(ending, return_exceptions=True)


class _Play:
    """One play: its incident's number, once there is one."""

    def __init__(self, stage: Set) -> None:
        self.stage = stage
        self.number = 0

    async def detection(self) -> AsyncIterator[Moment]:
        """The failure, the alerts, the incident."""
        stage = self.stage
        known = await self._numbers()
        stage.monitoring.strike("node_down", stage.clock.now())
        yield self._moment("broken")
        try:
            count = await asyncio.wait_for(stage.monitoring.tell("node_down"), LIMIT)
        except (NotTaken, TimeoutError) as why:
            raise NotHappened(f"{self._say('await_told')}: {why}") from None
        names = list(dict.fromkeys(alarm.name for alarm in stage.monitoring.firing))
        yield self._moment("told", count=count, names=", ".join(names))

        async def opened() -> int | None:
            return min(await self._numbers() - known, default=None)

        self.number = await stage.person.until(self._say("await_opened"), LIMIT, opened)
        incident = await self._until("await_priority", lambda one: bool(one["priority"]))
        yield self._opened(incident)

    async def acknowledgement(self) -> AsyncIterator[Moment]:
        """The call, and the link."""
        stage = self.stage
        call = await stage.phone.wait_for(self.number, LIMIT)
        if call is None:
            raise NotHappened(self._say("await_page"))
        yield self._moment("paged", (call.message.text,), contact=f"{stage.name} <{call.address}>")
        await stage.clock.sleep(REACHES_FOR_PHONE)
        await stage.person.follow(call.message.link)
        incident = await self._until("await_taken", lambda one: bool(one["acknowledged_at"]))
        yield self._moment("taken", name=incident["acknowledged_by"])

    async def triage(self) -> AsyncIterator[Moment]:
        """What was gathered, and a person's agreement."""
        incident = await self._until("await_evidence", _has_evidence)
        findings = tuple(finding["sentence"] for finding in incident["findings"])
        checks = tuple(self._check(check) for check in incident["checks"])
        yield self._moment("evidence", (*findings, *checks))
        await self.stage.clock.sleep(READS)
        await self._ask("triage", {})
        yield self._moment("triaged", name=self.stage.name)

    async def resolution(self) -> AsyncIterator[Moment]:
        """The scenario's steps in their order, the one command approved and run."""
        rebooted = False
        for item in (await self._incident())["plan"]["items"]:
            number, command = item["step"]["number"], item["command"]
            if command is None:
                await self._ask("marks", {"step": item["key"], "done": True, "note": self._say("read_note")})
                yield self._moment("step_seen", number=number, text=item["step"]["text"])
            elif not rebooted:
                if command["text"] != REBOOT:
                    break
                async for moment in self._reboot(item):
                    yield moment
                rebooted = True
            else:
                await self.stage.clock.sleep(PODS_TAKE)
                run = await self._run({"step": item["key"], "digest": command["digest"]}, command["text"])
                yield self._moment("verified", await self._output(run), number=number, text=command["text"])
        if not rebooted:
            raise NotHappened(self._say("await_command", text=REBOOT))

    async def _reboot(self, item: Json) -> AsyncIterator[Moment]:
        command = item["command"]
        target = {"step": item["key"], "digest": command["digest"]}
        await self._ask("approvals", target)
        name = self.stage.name
        yield self._moment("approved", name=name, letter=item["risk"], risk=item["risk_word"], text=command["text"])
        run = await self._run(target, command["text"])
        ended = run["finished"]
        output = ended.get("excerpt", "").strip()
        yield self._moment("ran", text=command["text"], code=ended["exit_code"], output=output)
        yield self._moment("accepted", name=name)
        seen, looks = await self._look_until_back()
        yield self._moment("back", await self._output(seen), count=looks)

    async def _look_until_back(self) -> tuple[Json, int]:
        """What a person types meanwhile: `kubectl get nodes`, with the same gates and the same record."""
        looks = 0
        try:
            async with asyncio.timeout(LIMIT):
                while True:
                    looks += 1
                    run = await self._run({"pipeline": [LOOK]}, " ".join(LOOK))
                    ready = [line.split()[1] for line in _lines(run) if line.startswith("node-2 ")]
                    if ready == ["Ready"]:
                        return run, looks
                    await self.stage.clock.sleep(LOOKS_AGAIN)
        except TimeoutError:
            raise NotHappened(self._say("await_back")) from None

    async def end(self) -> AsyncIterator[Moment]:
        """The alerts clear, the person resolves, the draft is there."""
        await self._until("await_cleared", lambda one: all(alert["status"] == "cleared" for alert in one["alerts"]))
        yield self._moment("cleared")
        await self._ask("resolution", {"note": self._say("resolution_note")})
        await self._until("await_resolved", lambda one: one["status"] == "resolved")
        yield self._moment("resolved", name=self.stage.name)
        text = (await self.stage.person.get(f"/api/incidents/{self.number}/postmortem"))["text"]
        if not text.strip():
            raise NotHappened(self._say("await_draft"))
        lines = text.splitlines()
        yield self._moment("drafted", tuple(lines[:DRAFT_LINES]), lines=len(lines))

    # Inside

    async def _numbers(self) -> set[int]:
        return {int(row["id"]) for row in (await self.stage.person.get("/api/incidents"))["incidents"]}

    async def _incident(self) -> Json:
        return await self.stage.person.incident(self.number)

    async def _ask(self, what: str, body: Json) -> Json:
        return await self.stage.person.post(f"/api/incidents/{self.number}/{what}", body)

    async def _until(self, awaited: str, holds: Any, **values: object) -> Json:
        """The incident, once that holds of it."""

        async def look() -> Json | None:
            incident = await self._incident()
            return incident if holds(incident) else None

        return await self.stage.person.until(self._say(awaited, **values), LIMIT, look)

    async def _run(self, target: Json, text: str) -> Json:
        """Run it, wait for its end, and give the run; raises `NotHappened` unless it ended with 0."""
        before = len((await self._incident())["runs"])
        await self._ask("runs", target)

        def ended(incident: Json) -> bool:
            return len(incident["runs"]) > before and bool(incident["runs"][before]["finished"])

        incident = await self._until("await_run", ended, text=text)
        run: Json = incident["runs"][before]
        code = run["finished"].get("exit_code")
        if code != 0:
            why = run["finished"].get("why") or run["finished"].get("excerpt", "").strip()
            raise NotHappened(f"{self._say('await_success', text=text, code=code)}: {why}")
        return run

    async def _output(self, run: Json) -> tuple[str, ...]:
        """The whole of what a run wrote; the run itself holds an excerpt."""
        digest = run["finished"]["blob"]
        text = await self.stage.person.text(f"/api/incidents/{self.number}/blobs/{digest}")
        return tuple(text.splitlines())

    def _opened(self, incident: Json) -> Moment:
        respond_by = datetime.fromisoformat(incident["respond_by"]).astimezone(self.stage.zone)
        lines = (
            self._say("why", reason=incident["priority_reason"]),
            self._say("scenario", title=incident["plan"]["title"]),
            self._say("respond_by", at=f"{respond_by:%H:%M:%S}"),
        )
        title, priority = incident["title"], incident["priority"]
        return self._moment("opened", lines, number=self.number, priority=priority, title=title)

    def _check(self, check: Json) -> str:
        text, finished = check["requested"]["text"], check["finished"]
        if finished.get("exit_code") is None:
            return self._say("ended", text=text, why=finished.get("why", ""))
        return self._say("code", text=text, code=finished["exit_code"])

    def _moment(self, key: str, lines: Sequence[str] = (), /, **values: object) -> Moment:
        return Moment(self.stage.clock.now(), self._say(key, **values), tuple(lines))

    def _say(self, key: str, /, **values: object) -> str:
        return phrase(key, self.stage.language, **values)


def _has_evidence(incident: Json) -> bool:
    checks, shots = incident["checks"], incident["shots"]
    return bool(checks) and all(check["finished"] for check in checks) and any(shot["result"] for shot in shots)


def _lines(run: Json) -> tuple[str, ...]:
    return tuple(run["finished"].get("excerpt", "").splitlines())


def mark(language: Language) -> str:
    """What stands before every line of a drill: "EXERCICE"."""
    return say("drill", language).upper()
