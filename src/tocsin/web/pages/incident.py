"""GET /incidents/N : one incident, whole, and its forms: POST /incidents/N/NOUN, each one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from tocsin.decide import NoSuchIncident
from tocsin.diagnosis.findings import words as finding_words
from tocsin.incident.commands import ApproveStep
from tocsin.incident.events import (
    CheckFinished,
    Entry,
    EvidencePasted,
    PriorityAssigned,
    PriorityChanged,
    SnapshotTaken,
    StepFinished,
)
from tocsin.incident.lifecycle import allowed
from tocsin.incident.sentences import sentence
from tocsin.incident.state import Incident
from tocsin.incident.ties import explained, tie_words
from tocsin.resolution.plan import plan, valid_approval
from tocsin.triage.words import reason
from tocsin.web.forms import GESTURES, Filled
from tocsin.web.outside import address, plain
from tocsin.web.pages.board import spent
from tocsin.web.pages.letter import letter
from tocsin.web.pages.next_step import next_step
from tocsin.web.pages.steps import shown_steps
from tocsin.web.rendering import cause
from tocsin.web.visits import Pages, View, Visit

SHOWN_LINES = 40
MOST_DASHBOARDS = 2
SHOWN_OUTPUT = 64 * 1024


class Line(Struct, frozen=True):
    """One line of the timeline as it is shown; `new_day` when the day before it was another."""

    at: datetime
    sentence: str
    cause: str
    by_person: bool
    new_day: bool


def add(pages: Pages) -> None:
    """The page and one address per gesture."""
    pages.get("/incidents/{number:int}", show)
    for noun in GESTURES:
        pages.post(f"/incidents/{{number:int}}/{noun}", _gesture(noun))


def show(visit: Visit) -> Response:
    """The page."""
    return visit.page("incident.html", **whole(visit, found(visit)))


def found(visit: Visit) -> Incident:
    """The incident that the path names; raises `NoSuchIncident`."""
    number = int(visit.request.path_params["number"])
    incident = visit.house.incident(number)
    if incident is None:
        raise NoSuchIncident(number)
    return incident


def _gesture(noun: str) -> View:
    read, lands_at = GESTURES[noun]

    def gesture(visit: Visit) -> Response:
        number = int(visit.request.path_params["number"])
        form = Filled(incident=number, by=visit.person, fields=visit.form, keep_text=visit.house.keep_text)
        command = read(form)
        visit.house.record(command)
        if isinstance(command, ApproveStep) and not command.step:
            return visit.go(f"/incidents/{number}/commands?digest={quote(command.digest)}")
        return visit.go(f"/incidents/{number}" + (f"#{lands_at}" if lands_at else ""))

    return gesture


def whole(visit: Visit, incident: Incident) -> dict[str, Any]:
    """Everything that the templates of an incident look at."""
    text = visit.house.text_of(incident)
    steps = plan(incident, text, visit.now)
    rule = text.rule(incident.priority) if incident.priority else None
    timeline = visit.house.timeline(incident.number)
    lines = _lines(visit, timeline)
    photographed = next((s.result for s in reversed(incident.shots) if isinstance(s.result, SnapshotTaken)), None)
    return {
        "here": f"/incidents/{incident.number}",
        "incident": incident,
        "priority_name": rule.name if rule else "",
        "why": _why(visit, incident, timeline),
        "spent": lambda shown: spent(shown, visit.now),
        "next": next_step(incident, steps),
        "plan": steps,
        "steps": shown_steps(steps, visit.words),
        "proposal": _proposal(visit, incident),
        "approved": [
            approval
            for approval in incident.approvals
            if not approval.step and valid_approval("", approval.digest, incident, visit.now) is approval
        ],
        "brought": [run for run in incident.runs if not run.started.step],
        "findings": [(f.grave, finding_words(f, visit.language)) for f in incident.findings],
        "photographed_at": photographed.at if photographed else None,
        "alerts": sorted(incident.held.held(), key=lambda held: held.alert.status != "firing"),
        "dashboards": _dashboards(incident),
        "explained": explained((held.tie for held in incident.held.held() if held.tie), visit.language),
        "tied": lambda held: tie_words(held.tie, visit.language),
        "others": [other for other in visit.house.recorder.open_incidents() if _may_join(other, incident)],
        "moves": allowed(incident.status),
        "rules": text.priorities,
        "scenarios": text.scenarios,
        "suppliers": [contact for contact in visit.house.procedure().contacts if contact.supplier],
        "letter": letter(incident, visit.words, visit.times),
        "output": lambda finished: _output(visit, finished),
        "kept": lambda pasted: _output(visit, pasted),
        "early": lines[:-SHOWN_LINES],
        "late": lines[-SHOWN_LINES:],
        "severity_word": severity_words(visit),
    }


def _dashboards(incident: Incident) -> list[str]:
    """Where the alerts say that the picture is, the active ones' first; one or two are a help, more are a list."""
    alerts = sorted(incident.alerts, key=lambda alert: alert.status != "firing")
    return list(dict.fromkeys(place for alert in alerts if (place := address(alert.dashboard))))[:MOST_DASHBOARDS]


def _may_join(other: Incident, incident: Incident) -> bool:
    return other.number != incident.number and other.world_id == incident.world_id


def _why(visit: Visit, incident: Incident, timeline: Sequence[Entry]) -> str:
    """Why it has its priority: the last word on it, a person's or the procedure's."""
    decided = (
        entry.event for entry in reversed(timeline) if isinstance(entry.event, PriorityAssigned | PriorityChanged)
    )
    match next(decided, None):
        case PriorityChanged() as changed:
            return f"{changed.reason} ({cause(changed.because)})"
        case PriorityAssigned() as assigned:
            return reason(assigned, visit.language)
    return ""


def _proposal(visit: Visit, incident: Incident) -> str:
    """Why this scenario or runbook, and the line that says so."""
    if incident.proposed is None:
        return ""
    why, line = sentence(incident.proposed, visit.language), incident.proposed.because.line
    return f"{why} ({line})" if line else why


def severity_words(visit: Visit) -> Callable[[str], str]:
    """How a problem's severity is said."""
    gettext = visit.words.gettext
    said = {"error": gettext("error"), "warning": gettext("warning"), "info": gettext("remark")}
    return said.__getitem__


def _lines(visit: Visit, timeline: Sequence[Entry]) -> list[Line]:
    lines: list[Line] = []
    day = visit.times.day(visit.now)
    for entry in timeline:
        before, day = day, visit.times.day(entry.event.at)
        lines.append(
            Line(
                entry.event.at,
                sentence(entry.event, visit.language),
                cause(entry.event.because),
                bool(entry.event.because.person),
                day != before,
            )
        )
    return lines


def _output(visit: Visit, kept: StepFinished | CheckFinished | EvidencePasted) -> str:
    """The whole text while it is kept, at most 64 KiB of it; the excerpt when it has expired."""
    content = visit.house.store.blob(kept.blob) if kept.blob else None
    if content is None:
        return plain(kept.excerpt) or visit.words.gettext("(no output)")
    shown = plain(content[:SHOWN_OUTPUT].decode(errors="replace")).rstrip("\n")
    if len(content) > SHOWN_OUTPUT:
        return f"{shown}\n… ({len(content)})"
    return shown or visit.words.gettext("(no output)")
