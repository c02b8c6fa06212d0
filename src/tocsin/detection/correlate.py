"""
Alerts join an open incident, open one, or change nothing.

Identity first: an episode that an open incident holds belongs to it, whatever its words. What is new is placed
(`detection.placing`): with what explains it, with its own matter, or in a new incident, each with the reason why. The
worlds never mix: a practice alert finds only practice incidents.

The surprise: a cleared alert that no open incident holds is not an error and opens nothing: it is old news.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin.detection.bounds import UNKNOWN_START
from tocsin.detection.holders import Holders
from tocsin.detection.maintenance import lies_within
from tocsin.detection.matters import STORM
from tocsin.detection.placing import Gathered, gather, place
from tocsin.detection.reports import backing, with_backing
from tocsin.detection.silence import is_repetition, stamped
from tocsin.detection.titles import cut, storm_title, title_of
from tocsin.incident.alert import CAUSE, Alert, Episode, Tie
from tocsin.incident.book import Held, alert_key
from tocsin.incident.commands import ReceiveAlerts, Report
from tocsin.incident.events import (
    REAL,
    AlertsCleared,
    AlertsJoined,
    AlertsLeft,
    Because,
    EndUnproved,
    Event,
    IncidentOpened,
    Kind,
    Merged,
)
from tocsin.incident.state import Incident, fold
from tocsin.procedure.rule_index import rule_for
from tocsin.world import Append, World, stream_of


class _Opening(NamedTuple):
    group: str
    number: int
    alerts: tuple[tuple[Alert, Tie], ...]


def receive(ask: ReceiveAlerts, open_incidents: Sequence[Incident], world: World, now: datetime) -> list[Append]:
    """What a batch of alerts means for the open incidents; a batch that says nothing new gives []."""
    mine = [incident for incident in open_incidents if incident.world_id == ask.world_id]
    return with_backing(_received(ask, mine, world, now), mine, now)


def _received(ask: ReceiveAlerts, mine: Sequence[Incident], world: World, now: datetime) -> list[Append]:
    holders = Holders(mine)
    joined: dict[int, list[tuple[Alert, Tie]]] = {}
    cleared: dict[int, list[Episode]] = {}
    unproved: dict[int, dict[str, list[Episode]]] = {}
    homeless: list[Alert] = []
    firing = {alert.episode: alert for alert in ask.alerts if alert.status == "firing"}
    ended: set[Episode] = set()
    for told in _newest(ask.alerts):
        alert = stamped(told, world.quiet_after, now)
        known = holders.holder(alert)
        if known is not None:
            holder, held = known[0], known[1].alert
            if is_repetition(alert, held.starts_at, world.quiet_after):
                continue
            if alert.status == "cleared" and alert.doubt:
                _doubt(alert, held, unproved.setdefault(holder.number, {}))
            else:
                _follow(alert, known[1], holder.number, joined, cleared)
        elif opens_nothing(alert, world):
            continue
        elif alert.status == "firing" and alert.episode not in ask.ended:
            homeless.append(alert)
        elif alert.status == "cleared" and (fired := firing.get(alert.episode)):  # it was, so it is told
            homeless.append(stamped(fired, world.quiet_after, now))
            if not alert.doubt:
                ended.add(fired.episode)
    placing = place(homeless, mine, world.topology, now)
    for number, alerts in placing.joined.items():
        joined.setdefault(number, []).extend(alerts)
        over = [alert.episode for alert, _ in alerts if alert.episode in ended]
        cleared.setdefault(number, []).extend(over)
    because = Because(source=ask.source)
    numbers = {group: number for number, group in enumerate(placing.opened, start=world.next_incident)}
    lines = {i.number: _lines(i.number, joined, cleared, unproved.get(i.number, {}), because, now) for i in mine}
    after = [fold(lines[incident.number], incident) for incident in mine] if placing.opened or placing.early else []
    gathered = _gatherings(gather(placing, after, world.topology, now), mine, numbers, because, now)
    return [
        *(
            Append(stream=stream_of(incident.number), expected_seq=incident.seq, events=tuple(events))
            for incident in mine
            if (events := [*lines[incident.number], *gathered.get(incident.number, ())])
        ),
        *(
            _opened(_Opening(group, numbers[group], tuple(alerts)), ask, world, now, ended, gathered)
            for group, alerts in placing.opened.items()
        ),
    ]


def opens_nothing(alert: Alert, world: World) -> bool:
    """Whether the team's table, or else tocsin's, says that it is ignored or a sign of life: its body is kept, no more."""
    rule = rule_for(alert.name, alert.labels, world.procedure.alerts) or rule_for(
        alert.name, alert.labels, world.catalogue
    )
    return rule is not None and (rule.ignored or rule.heartbeat)


def report(ask: Report, open_incidents: Sequence[Incident], world: World, now: datetime) -> list[Append]:
    """A person's report opens an incident of its own, always: people are not deduplicated."""
    mine = [incident for incident in open_incidents if incident.world_id == ask.world_id]
    number = world.next_incident
    title = " ".join(ask.text.split())
    event = IncidentOpened(
        at=now,
        because=Because(person=ask.by),
        number=number,
        title=cut(title),
        group=f"report:{number}",
        received_at=now,
        detected_at=min(ask.detected_at, now) if ask.detected_at else now,
        procedure=world.procedure.fingerprint,
        report=ask.text.strip(),
        everything_down=ask.everything_down,
        kind=ask.kind if ask.world_id == REAL else "exercise",
        world_id=ask.world_id,
    )
    return [Append(stream=stream_of(number), expected_seq=0, events=(event, *backing(ask.text, mine, now)))]


def _newest(alerts: Iterable[Alert]) -> list[Alert]:
    """The last word on each fingerprint within the batch: a later episode, and its end after its beginning."""
    newest: dict[tuple[str, str], Alert] = {}
    for alert in alerts:
        known = newest.get((alert.source, alert.fingerprint))
        if known is None or (alert.starts_at, alert.status == "cleared") >= (
            known.starts_at,
            known.status == "cleared",
        ):
            newest[alert.source, alert.fingerprint] = alert
    return list(newest.values())


def _follow(
    alert: Alert,
    known: Held,
    number: int,
    joined: dict[int, list[tuple[Alert, Tie]]],
    cleared: dict[int, list[Episode]],
) -> None:
    """What an alert says of the one that incident `number` holds: a new episode, an end, or nothing new."""
    held = known.alert
    if alert.status == "firing" and alert.starts_at > held.starts_at:
        joined.setdefault(number, []).append((alert, known.tie or Tie(CAUSE)))
    elif alert.status == "cleared" and held.status == "firing" and alert.starts_at >= held.starts_at:
        cleared.setdefault(number, []).append(held.episode)


def _doubt(alert: Alert, held: Alert, unproved: dict[str, list[Episode]]) -> None:
    """An end that is no recovery is told once, and ends nothing."""
    if held.status == "firing" and alert.starts_at >= held.starts_at and held.doubt != alert.doubt:
        unproved.setdefault(alert.doubt, []).append(held.episode)


def _gatherings(
    gathered: Sequence[Gathered],
    mine: Sequence[Incident],
    numbers: dict[str, int],
    because: Because,
    now: datetime,
) -> dict[int, list[Event]]:
    """The lines of both sides, by incident: what leaves one joins the other in the same transaction."""
    open_ones = {incident.group: incident.number for incident in mine}
    lines: dict[int, list[Event]] = {}
    for taken in gathered:
        into = numbers.get(taken.into) or open_ones[taken.into]
        lines.setdefault(taken.origin.number, []).append(_leaving(taken, into, because, now))
        joining = AlertsJoined(
            at=now, because=because, alerts=taken.alerts, ties=taken.ties, came_from=taken.origin.number
        )
        lines.setdefault(into, []).append(joining)
    return lines


def _leaving(taken: Gathered, into: int, because: Because, now: datetime) -> Event:
    if taken.whole:
        return Merged(at=now, because=because, into=into, tie=Counter(taken.ties).most_common(1)[0][0])
    keys = tuple(alert_key(alert) for alert in taken.alerts)
    return AlertsLeft(at=now, because=because, alerts=keys, to=into, reason="explained")


def _lines(
    number: int,
    joined: dict[int, list[tuple[Alert, Tie]]],
    cleared: dict[int, list[Episode]],
    unproved: dict[str, list[Episode]],
    because: Because,
    now: datetime,
) -> list[Event]:
    """What the batch itself adds to one open incident."""
    events: list[Event] = []
    if alerts := joined.get(number):
        new, ties = zip(*alerts, strict=True)
        events.append(AlertsJoined(at=now, because=because, alerts=new, ties=ties))
    if episodes := cleared.get(number, []):
        events.append(AlertsCleared(at=now, because=because, episodes=tuple(episodes)))
    events += [EndUnproved(at=now, because=because, episodes=tuple(eps), why=why) for why, eps in unproved.items()]
    return events


def _opened(
    opening: _Opening,
    ask: ReceiveAlerts,
    world: World,
    now: datetime,
    ended: set[Episode],
    gathered: dict[int, list[Event]],
) -> Append:
    because = Because(source=ask.source)
    group, number, tied = opening
    alerts, ties = zip(*tied, strict=True)
    title = storm_title(alerts, world.procedure.language) if group == STORM else title_of(alerts)
    event = IncidentOpened(
        at=now,
        because=because,
        number=number,
        title=title,
        group=group,
        received_at=ask.received_at,
        detected_at=min([ask.received_at, *(a.starts_at for a in alerts if a.starts_at > UNKNOWN_START)]),
        procedure=world.procedure.fingerprint,
        alerts=alerts,
        ties=ties,
        kind=_kind(alerts, ask.world_id, world, now),
        world_id=ask.world_id,
    )
    over = tuple(alert.episode for alert in alerts if alert.episode in ended)
    cleared = (AlertsCleared(at=now, because=because, episodes=over),) if over else ()
    return Append(stream=stream_of(number), expected_seq=0, events=(event, *cleared, *gathered.get(number, ())))


def _kind(alerts: Iterable[Alert], world_id: str, world: World, now: datetime) -> Kind:
    """Practice stays practice; what lies within maintenance windows as a whole calls nobody."""
    if world_id != REAL:
        return "exercise"
    return "maintenance" if lies_within(alerts, world.maintenance, now) else "normal"
