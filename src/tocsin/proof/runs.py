"""
What a run, a triage command or a page that ended proves of its line.

New entries of an incident come in with the incident and its text; proofs go out. A practice world's are rehearsals. The
surprises: a page is proof only when it was real, because the practice phone always answers; and grep that finds nothing
ends with 1, which is no failure of the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from tocsin.incident.events import (
    REAL,
    Because,
    CheckFinished,
    Entry,
    LineProved,
    PageSent,
    StepFinished,
    StepOutcomeTold,
    StepStarted,
)
from tocsin.incident.state import Incident
from tocsin.procedure.model import Procedure
from tocsin.proof.book import ProofBook
from tocsin.proof.lines import EXCERPT, contact_digest, digest_of

# The same outcome within this time says nothing new.
AGAIN_AFTER = timedelta(hours=1)
Pipeline = tuple[tuple[str, ...], ...]


def proofs_of(
    entries: Iterable[Entry], incident: Incident, procedure: Procedure, book: ProofBook, *, practice: bool
) -> list[LineProved]:
    """What these entries prove; `practice` when the whole house plays. Nothing for what is known already."""
    rehearsed = practice or incident.world_id != REAL
    found = (proof for entry in entries for proof in _proofs(entry, incident, procedure, rehearsed))
    return [proof for proof in found if _is_news(proof, book)]


def _proofs(entry: Entry, incident: Incident, procedure: Procedure, rehearsed: bool) -> Iterator[LineProved]:
    match entry.event:
        case CheckFinished() as ended:
            check = next((one for one in incident.checks if one.requested.check_id == ended.check_id), None)
            if check is not None:
                yield _run(ended, check.requested.text, check.requested.pipeline, ended.check_id, incident, rehearsed)
        case StepFinished() as ended:
            if run := _started(incident, ended.run_id):
                text = _text_of(procedure, run.step, run.text)
                yield _run(ended, text, run.pipeline, ended.run_id, incident, rehearsed)
        case StepOutcomeTold() as outcome:
            if run := _started(incident, outcome.run_id):
                text = _text_of(procedure, run.step, run.text)
                yield LineProved(
                    at=outcome.at,
                    because=outcome.because,
                    line=digest_of(text),
                    text=text[:EXCERPT],
                    kind="rehearsed" if rehearsed else "ran",
                    held=outcome.done,
                    by=outcome.run_id,
                    incident=incident.number,
                )
        case PageSent() as sent if not rehearsed:
            yield from _page(sent, incident, procedure)


def _started(incident: Incident, run_id: str) -> StepStarted | None:
    return next((run.started for run in incident.runs if run.started.run_id == run_id), None)


def _run(
    ended: CheckFinished | StepFinished,
    text: str,
    pipeline: Pipeline,
    by: str,
    incident: Incident,
    rehearsed: bool,
) -> LineProved:
    return LineProved(
        at=ended.ended_at,
        because=Because(source=f"INC-{incident.number}"),
        line=digest_of(text),
        text=text[:EXCERPT],
        kind="rehearsed" if rehearsed else "ran",
        held=_ended_well(ended, pipeline),
        by=by,
        values={} if ended.exit_code is None else {"exit": str(ended.exit_code)},
        detail=ended.why,
        incident=incident.number,
    )


def _ended_well(ended: CheckFinished | StepFinished, pipeline: Pipeline) -> bool:
    searches = len(pipeline) > 1 and pipeline[-1][:1] == ("grep",)
    return not ended.why and (ended.exit_code == 0 or (searches and ended.exit_code == 1))


def _page(sent: PageSent, incident: Incident, procedure: Procedure) -> Iterator[LineProved]:
    page = next((one for one in incident.pages if one.page_id == sent.page_id), None)
    contact = procedure.contact(page.contact) if page else None
    if page is not None and contact is not None:
        yield LineProved(
            at=sent.at,
            because=Because(source=f"INC-{incident.number}"),
            line=contact_digest(contact),
            text=contact.role[:EXCERPT],
            kind="ran",
            held=True,
            by=page.channel,
            incident=incident.number,
        )


def _text_of(procedure: Procedure, step: str, text: str) -> str:
    """The line as the procedure has it: what ran had its placeholders filled in."""
    plan, _, rest = step.partition("/")
    number, _, index = rest.rpartition("/")
    found = procedure.scenario(plan) or procedure.runbook(plan)
    for one in found.steps if found else ():
        if one.number == number and index.isdigit() and 0 < int(index) <= len(one.commands):
            return one.commands[int(index) - 1].text
    return text


def _is_news(proof: LineProved, book: ProofBook) -> bool:
    before = book.known(proof.line).get(proof.kind)
    return before is None or before.held != proof.held or proof.at - before.at >= AGAIN_AFTER
