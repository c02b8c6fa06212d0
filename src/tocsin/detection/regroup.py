"""
People merge incidents, split them and move alerts between them.

Both sides change in one transaction: what leaves one incident joins the other, with the person and the reason. The
surprise: a person's word stays. Alerts that were placed by hand are never gathered elsewhere by the correlation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.detection.titles import title_of
from tocsin.incident.alert import Alert, Tie
from tocsin.incident.book import Held, alert_key
from tocsin.incident.commands import Merge, MoveAlerts
from tocsin.incident.events import REAL, AlertsJoined, AlertsLeft, Because, Event, IncidentOpened, Merged
from tocsin.incident.refused import Refused
from tocsin.incident.state import Incident
from tocsin.world import Append, World, stream_of

BY_HAND = frozenset({"merged", "moved", "split"})


def merge(incident: Incident, ask: Merge, others: Mapping[int, Incident], now: datetime) -> list[Append]:
    """This incident goes into another; raises `Refused` when one of them is over or a step runs here."""
    into = _other(incident, ask.into, others)
    if any(run.is_open or run.asks for run in incident.runs):
        raise Refused("run_unfinished")
    because = Because(person=ask.by)
    merged = Merged(at=now, because=because, into=into.number, note=ask.reason.strip())
    tie = Tie("merged", str(incident.number))
    alerts = tuple(incident.held)
    joined = AlertsJoined(
        at=now, because=because, alerts=alerts, ties=(tie,) * len(alerts), came_from=incident.number, note=merged.note
    )
    return [_append(incident, merged), _append(into, joined)]


def move(
    incident: Incident, ask: MoveAlerts, others: Mapping[int, Incident], world: World, now: datetime
) -> list[Append]:
    """Some alerts go to another incident, or to a new one; raises `Refused` when that leaves nothing here."""
    if not incident.is_open:
        raise Refused("not_open", status=incident.status)
    chosen = [held for held in incident.held.held() if held.alert.fingerprint in ask.alerts]
    if not chosen or len({held.alert.fingerprint for held in chosen}) < len(set(ask.alerts)):
        raise Refused("no_such_alerts")
    if len(chosen) == incident.held.count:
        raise Refused("nothing_left")
    because = Because(person=ask.by)
    to = ask.to or world.next_incident
    left = AlertsLeft(
        at=now,
        because=because,
        alerts=tuple(alert_key(held.alert) for held in chosen),
        to=to,
        reason="moved" if ask.to else "split",
        note=ask.reason.strip(),
    )
    if not ask.to:
        return [_append(incident, left), _split_off(incident, chosen, because, to, now)]
    into = _other(incident, ask.to, others)
    alerts = tuple(held.alert for held in chosen)
    ties = (Tie("moved", str(incident.number)),) * len(alerts)
    joined = AlertsJoined(at=now, because=because, alerts=alerts, ties=ties, came_from=incident.number)
    return [_append(incident, left), _append(into, joined)]


def opened_from(
    incident: Incident, alerts: tuple[Alert, ...], tie: Tie, group: str, number: int, because: Because, now: datetime
) -> Append:
    """A new incident for alerts that were in this one."""
    event = IncidentOpened(
        at=now,
        because=because,
        number=number,
        title=title_of(alerts),
        group=group,
        received_at=now,
        detected_at=min([now, *(alert.starts_at for alert in alerts)]),
        procedure=incident.procedure,
        alerts=alerts,
        ties=(tie,) * len(alerts),
        came_from=incident.number,
        kind="normal" if incident.world_id == REAL else "exercise",
        world_id=incident.world_id,
    )
    return Append(stream=stream_of(number), expected_seq=0, events=(event,))


def _split_off(incident: Incident, chosen: list[Held], because: Because, number: int, now: datetime) -> Append:
    tie = Tie("split", str(incident.number))
    return opened_from(incident, tuple(held.alert for held in chosen), tie, f"split:{number}", number, because, now)


def _other(incident: Incident, number: int, others: Mapping[int, Incident]) -> Incident:
    other = others.get(number)
    if number == incident.number:
        raise Refused("same_incident")
    if not incident.is_open:
        raise Refused("not_open", status=incident.status)
    if other is None or not other.is_open:
        raise Refused("other_not_open", other=number)
    if other.world_id != incident.world_id:
        raise Refused("other_world")
    return other


def _append(incident: Incident, event: Event) -> Append:
    return Append(stream=stream_of(incident.number), expected_seq=incident.seq, events=(event,))
