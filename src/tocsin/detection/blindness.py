"""
What was told over while monitoring was blind is not over.

When Prometheus dies, Alertmanager soon takes every alert for resolved, the Watchdog among them; seen from here that is
a recovery of everything at once. So while a heartbeat is silent, every end that came after its last beat is doubted:
kept, shown, and the alert counts as active. Once the heartbeats are back for REEXAMINED_AFTER, which is enough for
the rules to be evaluated and what still burns to be sent again, what is doubted still is over.

The surprise: ends that came before anybody could know of the silence are doubted too, with hindsight. The quiet hold
is longer than the silence that is waited for, so no incident has resolved by itself in between.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.incident.alert import OURSELVES
from tocsin.incident.events import AlertsCleared, ClearingDoubted, Event
from tocsin.incident.state import Incident
from tocsin.world import World

REEXAMINED_AFTER = timedelta(minutes=5)


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The doubt while we are blind, its end once we have seen for long enough."""
    if not incident.is_open:
        return []
    if world.blind_since is not None:
        return _doubt(incident, world.blind_since, now)
    due = next_look(incident, world)
    return [AlertsCleared(at=now, episodes=incident.doubted)] if due is not None and now >= due else []


def next_look(incident: Incident, world: World) -> datetime | None:
    """When what is doubted will be believed; None while we are blind."""
    if not incident.doubted or world.blind_since is not None or world.sighted_at is None or not incident.is_open:
        return None
    return world.sighted_at + REEXAMINED_AFTER


def _doubt(incident: Incident, blind_since: datetime, now: datetime) -> list[Event]:
    """Senders that never tell an end, and we ourselves, don't depend on the heartbeats."""
    if incident.held.firing == incident.held.count:
        return []
    over = [
        alert.episode
        for alert in incident.alerts
        if alert.status == "cleared"
        and alert.ends_at is not None
        and alert.ends_at > blind_since
        and alert.quiet_at is None
        and alert.source != OURSELVES
    ]
    return [ClearingDoubted(at=now, episodes=tuple(over), silent_since=blind_since)] if over else []
