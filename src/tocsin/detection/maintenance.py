"""
Maintenance: what a window covers is recorded, counted apart, and calls nobody; nothing is hidden.

Windows come from the procedure and from people (lines of house/maintenance); each has matchers and an end. An incident
whose alerts are all covered when it opens is of kind "maintenance". The surprise is how it ends: when the window is
over and something still fires, or when an alert joins that no window covers, the incident becomes one like any other
and people are called, with the whole response time before them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin.incident.alert import OURSELVES, Alert
from tocsin.incident.events import Because, Entry, Event, MaintenanceEnded, MaintenanceLeft, MaintenancePlanned
from tocsin.incident.state import Incident
from tocsin.procedure.matchers import NAME_LABEL, hold, matchers_in
from tocsin.procedure.model import Procedure
from tocsin.world import Window, World

ANNOUNCEMENT = "TocsinMaintenance"
ANNOUNCED = f"{OURSELVES}:{ANNOUNCEMENT}"


def planned(lines: Iterable[Entry]) -> dict[str, Window]:
    """The windows that people planned, by id; one that a person ended is over from then on."""
    found: dict[str, Window] = {}
    for line in lines:
        match line.event:
            case MaintenancePlanned() as plan:
                found[plan.window_id] = Window(
                    window_id=plan.window_id,
                    title=plan.title,
                    begins=plan.begins,
                    ends=plan.ends,
                    matchers=matchers_in(plan.matchers) or (),
                    because=plan.because,
                )
            case MaintenanceEnded(window_id=window_id, because=because, at=at) if because.person and window_id in found:
                kept = found[window_id]
                found[window_id] = Window(
                    window_id=window_id,
                    title=kept.title,
                    begins=kept.begins,
                    ends=min(at, kept.ends),
                    matchers=kept.matchers,
                    because=kept.because,
                )
            case _:
                continue
    return found


def written(procedure: Procedure) -> dict[str, Window]:
    """The windows of the procedure; their id is their place."""
    return {
        f"{rule.source.path}:{rule.source.line}": Window(
            window_id=f"{rule.source.path}:{rule.source.line}",
            title=rule.title,
            begins=rule.begins,
            ends=rule.ends,
            matchers=rule.matchers,
            because=Because(line=str(rule.source)),
        )
        for rule in procedure.maintenance
    }


def cover(alert: Alert, windows: Iterable[Window], now: datetime) -> Window | None:
    """The window that covers an alert now. Our own alerts are never covered, the announcement excepted."""
    if alert.source == OURSELVES:
        return None
    labels = {NAME_LABEL: alert.name, **alert.labels}
    return next((w for w in windows if w.begins <= now < w.ends and w.matchers and hold(w.matchers, labels)), None)


def lies_within(alerts: Iterable[Alert], windows: tuple[Window, ...], now: datetime) -> bool:
    """Whether everything is covered, or is the announcement of a window."""
    return all(_announces(alert) or cover(alert, windows, now) for alert in alerts)


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The end of the shelter, once something fires that no window covers."""
    if incident.kind != "maintenance" or not incident.is_open or lies_within(incident.firing, world.maintenance, now):
        return []
    within = incident.assigned.respond_within if incident.assigned else None
    return [MaintenanceLeft(at=now, respond_by=now + within if within else None)]


def next_look(incident: Incident, world: World) -> datetime | None:
    """When the first window over what fires ends."""
    if incident.kind != "maintenance" or not incident.is_open or incident.opened_at is None:
        return None
    ends = (
        window.ends
        for window in world.maintenance
        for alert in incident.firing
        if window.ends > incident.opened_at and cover(alert, (window,), max(window.begins, incident.opened_at))
    )
    return min(ends, default=None)


def _announces(alert: Alert) -> bool:
    return alert.source == OURSELVES and alert.name == ANNOUNCEMENT
