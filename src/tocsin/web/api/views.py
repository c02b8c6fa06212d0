"""
What the house knows, as JSON values.

An instant is RFC 3339 in UTC, a span ISO 8601, an absence null. Words for people stand beside the codes, in the
caller's language. Texts from outside are given as they came: JSON is data, whoever shows it escapes it.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from tocsin.diagnosis.findings import words
from tocsin.incident.book import EMPTY, Held
from tocsin.incident.events import Entry
from tocsin.incident.findings import Finding
from tocsin.incident.lifecycle import allowed
from tocsin.incident.sentences import because_words, sentence
from tocsin.incident.state import Incident
from tocsin.incident.ties import tie_words
from tocsin.lexicon import Language, say
from tocsin.loops.house import House
from tocsin.procedure.model import Procedure, Step
from tocsin.resolution.plan import Plan, PlanItem, plan
from tocsin.triage.words import reason

Json = dict[str, Any]


def incident_view(house: House, incident: Incident, language: Language) -> Json:
    """Everything about one incident: its summary's fields, its state, what can be done now, and the steps."""
    row = house.store.summary(incident.number)
    summary: Json = msgspec.json.decode(row.body) if row else {}
    state: Json = msgspec.to_builtins(replace(incident, held=EMPTY), enc_hook=lambda _: None)
    del state["held"]
    return {
        **state,
        **summary,
        "alerts": [_held_view(held, language) for held in incident.held.held()],
        "status_word": say(incident.status, language),
        "priority_reason": reason(incident.assigned, language) if incident.assigned else "",
        "moves": sorted(allowed(incident.status)),
        "findings": [finding_view(finding, language) for finding in incident.findings],
        "plan": plan_view(plan(incident, house.text_of(incident), house.clock.now()), language),
    }


def _held_view(held: Held, language: Language) -> Json:
    """An alert, and why it is in this incident (null in timelines from before that was kept)."""
    tie = held.tie
    why = {"reason": tie.reason, "subject": tie.subject, "sentence": tie_words(tie, language)} if tie else None
    return {**msgspec.to_builtins(held.alert), "why": why}


def finding_view(finding: Finding, language: Language) -> Json:
    """A finding with its sentence."""
    return {**msgspec.to_builtins(finding), "sentence": words(finding, language)}


def plan_view(steps: Plan, language: Language) -> Json:
    """The steps; `next` is the key of the one to do now, null at the end."""
    return {
        "source": steps.source,
        "slug": steps.slug,
        "title": steps.title,
        "ours": steps.ours,
        "next": steps.next.key if steps.next else None,
        "items": [item_view(item, language) for item in steps.items],
    }


def item_view(item: PlanItem, language: Language) -> Json:
    """One command of one step: `key` and `digest` are what an approval or a run names."""
    command = item.command
    return {
        "key": item.key,
        "state": item.state,
        "step": _step_view(item.step),
        "verifies": None if item.check is None else item.check.expect,
        "source": str(command.source if command else item.step.source),
        "command": None if command is None else msgspec.to_builtins(command),
        "risk": item.risk,
        "risk_word": say(item.risk, language),
        "needs_approval": item.needs_approval,
        "approval": None if item.approval is None else msgspec.to_builtins(item.approval),
        "last_run": None if item.last_run is None else msgspec.to_builtins(item.last_run),
    }


def _step_view(step: Step) -> Json:
    """What the step says of itself; the texts that verify and undo as written."""
    return {
        "number": step.number,
        "text": step.text,
        "notes": step.notes,
        "limit": msgspec.to_builtins(step.limit),
        "before": [check.text for check in step.before],
        "verify": [check.text for check in step.verify],
        "undo": [
            *([step.undo_text] if step.undo_text else []),
            *(c.text for c in step.undo if c.text not in step.undo_text),
        ],
        "not_run": step.not_run,
    }


def entry_view(entry: Entry, language: Language) -> Json:
    """One line of a timeline; `digest` and `chain` let a reader check that nothing was changed."""
    event: Json = msgspec.to_builtins(entry.event)
    return {
        "seq": entry.seq,
        "at": entry.event.at,
        "recorded_at": entry.recorded_at,
        "type": event["type"],
        "sentence": sentence(entry.event, language),
        "because": because_words(entry.event.because, language),
        "event": event,
        "digest": entry.digest,
        "chain": entry.chain,
    }


def procedure_view(procedure: Procedure) -> Json:
    """What was understood, where it stands, and what is wrong with it."""
    seen: Json = msgspec.to_builtins(procedure)
    return seen | {"errors": len(procedure.errors)}


def blobs_of(incident: Incident) -> frozenset[str]:
    """The digests of the outputs, snapshots and texts that belong to an incident."""
    results = (
        *(run.finished for run in incident.runs),
        *(check.finished for check in incident.checks),
        *(shot.result for shot in incident.shots),
        *incident.evidence,
        incident.postmortem,
    )
    return frozenset(digest for result in results if (digest := getattr(result, "blob", "")))
