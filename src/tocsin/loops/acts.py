"""
One act each: send a page, photograph the cluster, run a triage command, run a step.

What comes back is always an outcome for the timeline, also when the world says no. Outputs are already redacted by
the hands; the whole goes into a blob, an excerpt into the line. The surprise: a cancelled run is an outcome too, the
process was ended and the line says by whom.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec

from tocsin.diagnosis.findings import findings
from tocsin.edge.addresses import addresses
from tocsin.edge.channels.contract import Channel, Failed, Message, Sent
from tocsin.edge.execution.contract import Ran
from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.edge.store.contract import Blob
from tocsin.escalation.page_text import page_text, subject
from tocsin.incident.events import (
    REAL,
    CheckFinished,
    Outcome,
    PageFailed,
    PageSent,
    SnapshotFailed,
    SnapshotTaken,
    StepFinished,
)
from tocsin.incident.findings import Finding
from tocsin.incident.intents import Intent
from tocsin.incident.sentences import sentence
from tocsin.incident.state import Incident, Page
from tocsin.lexicon import Language
from tocsin.loops.hands import Hands
from tocsin.loops.house import EXCERPT, House

CHECK_LIMIT = timedelta(seconds=9)
SNAPSHOT_LIMIT = 9.0
SEND_LIMIT = 20.0
SEND_TRIES = 3
BETWEEN_TRIES = 2.0
LAST_LINES = 8
STOPPED = "tocsin was stopped and ended the command"


async def act(
    house: House, hands: Hands, incident: Incident, intent: Intent, *, again: bool
) -> tuple[Outcome, list[Blob]]:
    """Do it and tell; `again` when an earlier claim lapsed before it told."""
    match intent.kind:
        case "page":
            return await _page(house, hands, incident, intent.intent_id, again=again), []
        case "snapshot":
            return await _snapshot(house, hands, intent.intent_id)
        case "check":
            return await _check(house, hands, incident, intent.intent_id)
        case "run":
            return await _run(house, hands, incident, intent.intent_id)


async def _page(house: House, hands: Hands, incident: Incident, page_id: str, *, again: bool) -> Outcome:
    page = next(page for page in incident.pages if page.page_id == page_id)
    to = f"{page.contact} ({page.channel})"
    channel = hands.channels.get(page.channel)
    address = addresses(house.settings, house.procedure().contacts).get(page.contact, {}).get(page.channel, "")
    if channel is None or not address:
        why = f"no channel {page.channel}" if channel is None else f"{page.contact} has no address for {page.channel}"
        return PageFailed(at=house.clock.now(), page_id=page_id, why=why, to=to)
    message = _message(house, incident, page, again=again)
    why = ""
    for attempt in range(SEND_TRIES):
        if attempt:
            await asyncio.sleep(BETWEEN_TRIES)
        answer = await _send(channel, address, message)
        if isinstance(answer, Sent):
            return PageSent(at=house.clock.now(), page_id=page_id, ref=answer.ref, again=again, to=to)
        why = answer.why
        if answer.permanent:
            break
    return PageFailed(at=house.clock.now(), page_id=page_id, why=why, to=to)


async def _send(channel: Channel, address: str, message: Message) -> Sent | Failed:
    try:
        return await asyncio.wait_for(channel.send(address, message), SEND_LIMIT)
    except TimeoutError:
        return Failed(f"no answer within {SEND_LIMIT:.0f} s")


def _message(house: House, incident: Incident, page: Page, *, again: bool) -> Message:
    language = _language(house, page.contact)
    link = house.contact_link(incident.number, page.contact)
    timeline = house.timeline(incident.number)[-LAST_LINES:]
    return Message(
        page_id=page.page_id,
        incident=incident.number,
        priority=incident.priority or "",
        kind=page.kind,
        subject=subject(incident, page.reason, language),
        text=page_text(incident, page.reason, link, house.settings.timezone, language),
        link=link,
        language=language,
        lines=tuple(f"{entry.event.at:%H:%M} UTC  {sentence(entry.event, language)}" for entry in timeline),
        again=again,
        practice=incident.world_id != REAL or house.practice,
    )


def _language(house: House, contact: str) -> Language:
    said = house.settings.contacts.get(contact)
    return (said.language if said else None) or house.settings.language


async def _snapshot(house: House, hands: Hands, snapshot_id: str) -> tuple[Outcome, list[Blob]]:
    if hands.photographer is None:
        why = "no cluster is configured"
        return SnapshotFailed(at=house.clock.now(), snapshot_id=snapshot_id, why=why), []
    try:
        taken = await asyncio.wait_for(hands.photographer.snapshot(), SNAPSHOT_LIMIT)
    except (Unanswered, TimeoutError) as silence:
        code = silence.code if isinstance(silence, Unanswered) else "api_silent"
        why = silence.why if isinstance(silence, Unanswered) else f"no answer within {SNAPSHOT_LIMIT:.0f} s"
        finding = Finding(code, detail=why, grave=True)
        return SnapshotFailed(at=house.clock.now(), snapshot_id=snapshot_id, why=why, findings=(finding,)), []
    blob = house.evidence_blob(msgspec.json.encode(taken).decode())
    dead = {node.name for node in taken.nodes if node.ready != "True"}
    await asyncio.to_thread(house.see_cluster, taken)
    outcome = SnapshotTaken(
        at=house.clock.now(),
        snapshot_id=snapshot_id,
        blob=blob.digest,
        findings=findings(taken),
        nodes_ready=len(taken.nodes) - len(dead),
        nodes=len(taken.nodes),
        pods_ready=sum(1 for pod in taken.pods if pod.ready and pod.node not in dead),
        pods=sum(1 for pod in taken.pods if not pod.finished),
    )
    return outcome, [blob]


async def _check(house: House, hands: Hands, incident: Incident, check_id: str) -> tuple[Outcome, list[Blob]]:
    asked = next(check.requested for check in incident.checks if check.requested.check_id == check_id)
    ran = await hands.executor.run(check_id, asked.pipeline, CHECK_LIMIT)
    blob = house.evidence_blob(ran.output)
    outcome = CheckFinished(
        at=house.clock.now(),
        because=asked.because,
        check_id=check_id,
        started_at=ran.started_at,
        ended_at=ran.ended_at,
        exit_code=ran.exit_code,
        blob=blob.digest,
        excerpt=ran.output[:EXCERPT],
        why=ran.why,
        truncated=ran.truncated,
        text=asked.text,
    )
    return outcome, [blob]


async def _run(house: House, hands: Hands, incident: Incident, run_id: str) -> tuple[Outcome, list[Blob]]:
    started = next(run.started for run in incident.runs if run.started.run_id == run_id)
    began = house.clock.now()
    try:
        ran = await hands.executor.run(run_id, started.pipeline, started.timeout)
    except asyncio.CancelledError:
        ran = Ran(started_at=began, ended_at=house.clock.now(), exit_code=None, output="", why=STOPPED)
    blob = house.evidence_blob(ran.output)
    outcome = StepFinished(
        at=house.clock.now(),
        because=started.because,
        run_id=run_id,
        started_at=ran.started_at,
        ended_at=ran.ended_at,
        exit_code=ran.exit_code,
        blob=blob.digest,
        excerpt=ran.output[:EXCERPT],
        why=ran.why,
        truncated=ran.truncated,
    )
    return outcome, [blob]
