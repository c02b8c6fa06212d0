"""
The triage room's door: an incident without a priority gets one, and a worse alert raises it.

Raising is automatic, lowering never. After a person lowered a priority only an alert that is worse than anything the
triage itself had seen raises it again. When it rises the deadline is the earlier of the old one and now + the new
response time, so that raising never gives more time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.incident.alert import OURSELVES
from tocsin.incident.commands import ChangePriority, ConfirmTriage
from tocsin.incident.events import Because, Event, Priority, PriorityAssigned, PriorityChanged, TriageConfirmed
from tocsin.incident.lifecycle import after
from tocsin.incident.refused import Refused
from tocsin.incident.state import Incident
from tocsin.procedure.model import Procedure
from tocsin.triage.classify import Verdict, classify, classify_report, worst
from tocsin.world import World

# What the procedures of this field promise, for a table that lacks a row (the checker says so).
USUAL: dict[Priority, timedelta] = {
    "P1": timedelta(minutes=15),
    "P2": timedelta(minutes=30),
    "P3": timedelta(hours=2),
    "P4": timedelta(hours=24),
}


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The priority that the alerts ask for, when it is the first or more urgent than the triage's last word."""
    if not incident.is_open or incident.opened_at is None:
        return []
    procedure = world.text_of(incident)
    verdict = _verdict(incident, procedure, world)
    if incident.assigned is not None and verdict.priority >= incident.assigned.priority:
        return []
    if incident.priority is not None and verdict.priority >= incident.priority:
        return []
    return [_assign(incident, verdict, procedure, now)]


def next_look(incident: Incident, world: World) -> datetime | None:
    """Triage waits for nothing."""
    return None


def change_priority(incident: Incident, ask: ChangePriority, world: World, now: datetime) -> list[Event]:
    """A person's decision; raises `Refused` without a reason, when it changes nothing, or when it is over."""
    if not incident.is_open:
        raise Refused("not_open", status=incident.status)
    if not ask.reason.strip():
        raise Refused("reason_needed")
    if incident.priority is None or ask.priority == incident.priority:
        raise Refused("same_priority", priority=ask.priority)
    within, line = response_time(ask.priority, world.text_of(incident))
    return [
        PriorityChanged(
            at=now,
            because=Because(person=ask.by, line=line),
            before=incident.priority,
            priority=ask.priority,
            respond_within=within,
            respond_by=_deadline(incident, ask.priority, within, now),
            reason=ask.reason.strip(),
        )
    ]


def confirm(incident: Incident, ask: ConfirmTriage, world: World, now: datetime) -> list[Event]:
    """A person agrees, or picks another scenario; raises `Refused` for a scenario the procedure lacks."""
    after(incident.status, "confirm")
    if ask.scenario and world.text_of(incident).scenario(ask.scenario) is None:
        raise Refused("no_such_scenario", scenario=ask.scenario)
    return [TriageConfirmed(at=now, because=Because(person=ask.by), scenario=ask.scenario)]


def response_time(priority: Priority, procedure: Procedure) -> tuple[timedelta, str]:
    """The procedure's response time and its line; the usual one and "" when the table lacks the row."""
    rule = procedure.rule(priority)
    return (rule.respond_within, str(rule.source)) if rule else (USUAL[priority], "")


def _verdict(incident: Incident, procedure: Procedure, world: World) -> Verdict:
    verdicts = [classify(alert, procedure, world) for alert in incident.held.kinds.values()]
    if incident.report:
        verdicts.append(classify_report(incident.report, incident.everything_down, _is_backed(incident), procedure))
    return worst(verdicts) if verdicts else Verdict(priority="P3", reason="unknown", classified=False)


def _is_backed(incident: Incident) -> bool:
    """Whether more than a person's word stands behind a report: a probe, or what tocsin sees of itself."""
    return bool(incident.backed_by) or incident.reported_by == OURSELVES


def _assign(incident: Incident, verdict: Verdict, procedure: Procedure, now: datetime) -> PriorityAssigned:
    within, line = response_time(verdict.priority, procedure)
    return PriorityAssigned(
        at=now,
        because=Because(line=verdict.line or line),
        priority=verdict.priority,
        respond_within=within,
        respond_by=_deadline(incident, verdict.priority, within, now),
        scenario=verdict.scenario or incident.scenario,
        reason=verdict.reason,
        detail=verdict.detail,
        classified=verdict.classified,
    )


def _deadline(incident: Incident, priority: Priority, within: timedelta, now: datetime) -> datetime:
    """From the first signal's storing; when raised never later than before; when lowered counted from the start again."""
    start = incident.received_at or now
    if incident.respond_by is None:
        return start + within
    if incident.priority is not None and priority < incident.priority:
        return min(incident.respond_by, now + within)
    return start + within
