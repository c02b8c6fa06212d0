"""
An alert that fires and ends again and again keeps one incident open, and quiet.

The third end within half an hour makes the incident unstable: the calls stop (but for the one that says that nobody
took it in time), and it resolves only after twice the last quiet. It is stable again once it has fired for half an hour
without a break; then people are called anew.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.incident.book import CYCLES, FLAPS_WITHIN
from tocsin.incident.events import Event, FlappingEnded, FlappingNoticed
from tocsin.incident.state import Incident
from tocsin.world import World


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The line that says that it is unstable, or that it is no longer."""
    flapped = incident.held.flapped
    if not incident.is_open or flapped is None:
        return []
    if incident.unstable_since is None:
        name, at = flapped
        return [FlappingNoticed(at=now, alert=name, cycles=CYCLES)] if now - at < FLAPS_WITHIN else []
    due = next_look(incident, world)
    return [FlappingEnded(at=now)] if due is not None and now >= due else []


def next_look(incident: Incident, world: World) -> datetime | None:
    """When it will have fired for half an hour without a break."""
    last = incident.held.last_cleared
    if not incident.is_open or incident.unstable_since is None or not incident.held.firing or last is None:
        return None
    return last + FLAPS_WITHIN
