"""
Alerts of senders that never say "over": silence says it for them.

Wazuh tells each event and never its end; a CrowdSec decision ends by itself. Such an alert is over when it has not come
again for its time. Each time it comes the clock starts anew, but only a repetition that moves it by a quarter writes a
line: an attack of a thousand events an hour is a few lines, and the silence is at least three quarters of what was set.

The surprise: whether a delivery is a repetition is judged by the sender's own clock, so that an event that is sent again
hours later, from its backlog, does not begin anew what is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from tocsin.incident.alert import Alert
from tocsin.incident.events import AlertsCleared, Event
from tocsin.incident.state import Incident
from tocsin.world import World

RENEWED_AFTER = 4
"""A repetition within a quarter of the silence changes nothing."""


def silence_of(alert: Alert, usual: timedelta) -> timedelta | None:
    """After how much silence it is over; None when its sender tells the end itself."""
    return alert.quiet_after or (usual if alert.endless else None)


def stamped(alert: Alert, usual: timedelta, now: datetime) -> Alert:
    """The alert with the instant at which it is over unless it comes again."""
    silence = silence_of(alert, usual)
    return alert if silence is None or alert.status == "cleared" else replace(alert, quiet_at=now + silence)


def is_repetition(alert: Alert, began: datetime, usual: timedelta) -> bool:
    """Whether it tells nothing new of an episode of the same kind that began then."""
    silence = silence_of(alert, usual)
    return silence is not None and alert.starts_at <= began + silence / RENEWED_AFTER


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The end of what has been silent for its time."""
    if not incident.held.timed:
        return []
    over = [alert.episode for alert in incident.firing if alert.quiet_at is not None and alert.quiet_at <= now]
    return [AlertsCleared(at=now, episodes=tuple(over), silent=True)] if over and incident.is_open else []


def next_look(incident: Incident, world: World) -> datetime | None:
    """When the next silence is long enough."""
    if not incident.is_open or not incident.held.timed:
        return None
    return min((alert.quiet_at for alert in incident.firing if alert.quiet_at is not None), default=None)
