"""
How an incident ends, and what the procedure demands of its end.

P3 and P4 resolve by themselves once all their alerts have been quiet for the hold, and so does what lies in a
maintenance or is about tocsin itself. Any other P1 and P2 only asks: a person says that it is over. A P1 or P2 is not
closed without a post-mortem when the procedure wants one. The surprise: an incident that people reported has no alert
to fall quiet, so it always waits for a person.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.incident.alert import OURSELVES
from tocsin.incident.commands import Cancel, Close, Mitigate, Reopen, Resolve
from tocsin.incident.events import Because, Cancelled, Closed, Event, Mitigated, Reopened, ResolutionSuggested, Resolved
from tocsin.incident.lifecycle import after
from tocsin.incident.refused import Refused
from tocsin.incident.state import Incident
from tocsin.world import World

UNSTABLE_GAPS = 2
"""What comes and goes is over when it has been quiet for that many times its last quiet."""
BY_ITSELF = frozenset({"P3", "P4"})


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The end, or the question, once the quiet has lasted."""
    due = next_look(incident, world)
    if due is None or now < due or incident.quiet_since is None:
        return []
    rule = world.text_of(incident).rule(incident.priority or "P3")
    because = Because(line=str(rule.source) if rule else "")
    if incident.priority in BY_ITSELF or incident.kind == "maintenance" or _ours(incident):
        return [Resolved(at=now, because=because)]
    return [ResolutionSuggested(at=now, because=because, quiet_since=incident.quiet_since)]


def next_look(incident: Incident, world: World) -> datetime | None:
    """When the quiet hold ends."""
    waiting = (
        incident.is_open and incident.held.count and incident.quiet_since is not None and incident.suggested_at is None
    )
    if not waiting or incident.quiet_since is None or incident.report or _unfinished(incident):
        return None
    hold = world.quiet_hold
    if incident.unstable_since is not None and incident.last_gap is not None:
        hold = max(hold, UNSTABLE_GAPS * incident.last_gap)
    return incident.quiet_since + hold


def mitigate(incident: Incident, ask: Mitigate, now: datetime) -> list[Event]:
    """Users are no longer harmed."""
    after(incident.status, "mitigate")
    return [Mitigated(at=now, because=Because(person=ask.by), note=ask.note.strip())]


def resolve(incident: Incident, ask: Resolve, now: datetime) -> list[Event]:
    """It is over; refused while a step runs or waits for its outcome to be told."""
    after(incident.status, "resolve")
    if _unfinished(incident):
        raise Refused("run_unfinished")
    return [Resolved(at=now, because=Because(person=ask.by), note=ask.note.strip())]


def close(incident: Incident, ask: Close, world: World, now: datetime) -> list[Event]:
    """Nothing is left to do; refused while the procedure's post-mortem is missing."""
    after(incident.status, "close")
    rule = world.text_of(incident).postmortem
    if rule is not None and incident.priority in rule.priorities and incident.postmortem is None:
        raise Refused("postmortem_missing", priority=incident.priority, line=str(rule.source))
    return [Closed(at=now, because=Because(person=ask.by), note=ask.note.strip())]


def cancel(incident: Incident, ask: Cancel, now: datetime) -> list[Event]:
    """A false alarm or a duplicate."""
    after(incident.status, "cancel")
    return [Cancelled(at=now, because=Because(person=ask.by), reason=_reason(ask.reason))]


def reopen(incident: Incident, ask: Reopen, now: datetime) -> list[Event]:
    """It was not over."""
    after(incident.status, "reopen")
    return [Reopened(at=now, because=Because(person=ask.by), reason=_reason(ask.reason))]


def _ours(incident: Incident) -> bool:
    """Whether it is about tocsin itself: what we saw begin we also see end, whatever the priority."""
    return all(alert.source == OURSELVES for alert in incident.alerts)


def _unfinished(incident: Incident) -> bool:
    """Whether a step runs or waits for a person to tell its outcome: nothing is over then."""
    return any(run.is_open or run.asks for run in incident.runs)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("reason_needed")
    return text.strip()
