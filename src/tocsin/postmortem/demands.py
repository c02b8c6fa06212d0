"""
The post-mortem room's door: once a P1 or P2 is resolved, the procedure's post-mortem is required.

Which priorities and which sections is the procedure's word. Saving a text is possible as soon as the incident is
resolved, and again later: each saving is a line.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.incident.commands import SavePostmortem
from tocsin.incident.events import Because, Event, PostmortemRequired, PostmortemSaved
from tocsin.incident.refused import Refused
from tocsin.incident.state import Incident
from tocsin.world import World


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The requirement, once."""
    rule = world.text_of(incident).postmortem
    if incident.status != "resolved" or incident.postmortem_required is not None or rule is None:
        return []
    if incident.priority not in rule.priorities:
        return []
    return [PostmortemRequired(at=now, because=Because(line=str(rule.source)), sections=rule.sections)]


def next_look(incident: Incident, world: World) -> datetime | None:
    """The post-mortem waits for nothing."""
    return None


def save(incident: Incident, ask: SavePostmortem, now: datetime) -> list[Event]:
    """A person's text; refused while the incident is still open."""
    if incident.is_open:
        raise Refused("not_resolved", status=incident.status)
    return [PostmortemSaved(at=now, because=Because(person=ask.by), blob=ask.blob, excerpt=ask.excerpt)]
