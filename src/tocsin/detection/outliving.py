"""
Effects that outlive their cause become incidents of their own.

The node is back and its alert has ended, but one pod still fires a quarter of an hour later: it has another reason, and
nobody would see it under a cause that is over. It leaves, for the open incident of its matter or a new one, by the
clock: both lines in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tocsin.detection.matters import seen
from tocsin.detection.regroup import opened_from
from tocsin.incident.alert import Alert, Tie
from tocsin.incident.book import alert_key
from tocsin.incident.events import AlertsJoined, AlertsLeft, Because
from tocsin.incident.state import Incident
from tocsin.world import Append, World, stream_of

OUTLIVES_AFTER = timedelta(minutes=15)


def next_look(incident: Incident) -> datetime | None:
    """When its effects will have outlived it; None while its cause fires or nothing else does."""
    if not incident.is_open or incident.cause_over_at is None or not incident.held.firing:
        return None
    return incident.cause_over_at + OUTLIVES_AFTER


def promoted(incident: Incident, others: Mapping[int, Incident], world: World, now: datetime) -> list[Append]:
    """What leaves this incident now, and where it goes; [] when it is not time."""
    due = next_look(incident)
    if due is None or now < due:
        return []
    groups: dict[str, list[Alert]] = {}
    for alert in incident.firing:
        groups.setdefault(seen(alert, world.topology).key, []).append(alert)
    homes = {i.group: i for i in others.values() if i.is_open and i.world_id == incident.world_id and i is not incident}
    number = world.next_incident
    leaving: list[AlertsLeft] = []
    coming: list[Append] = []
    tie = Tie("promoted", str(incident.number))
    for group, alerts in groups.items():
        home = homes.get(group)
        coming.append(
            _joined(home, incident, tuple(alerts), tie, now)
            if home
            else opened_from(incident, tuple(alerts), tie, group, number, Because(), now)
        )
        leaving.append(_left(alerts, home.number if home else number, now))
        number += home is None
    left = Append(stream=stream_of(incident.number), expected_seq=incident.seq, events=tuple(leaving))
    return [left, *coming]


def _left(alerts: list[Alert], to: int, now: datetime) -> AlertsLeft:
    return AlertsLeft(at=now, alerts=tuple(alert_key(alert) for alert in alerts), to=to, reason="promoted")


def _joined(home: Incident, incident: Incident, alerts: tuple[Alert, ...], tie: Tie, now: datetime) -> Append:
    line = AlertsJoined(at=now, alerts=alerts, ties=(tie,) * len(alerts), came_from=incident.number)
    return Append(stream=stream_of(home.number), expected_seq=home.seq, events=(line,))
