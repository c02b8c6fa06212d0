"""
Alerts join an open incident, open one, or change nothing.

Identity first: an episode that an open incident holds belongs to it, whatever its words. Then the group: what the
alert is about (node, database, …) and where. An alert of something that ran on a node whose death is an open incident
joins that incident: the place is remembered from before the outage. What is left opens incidents, one per group. The
worlds never mix: a practice alert finds only practice incidents.

The surprise: a cleared alert that no open incident holds is not an error and opens nothing: it is old news.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tocsin.cluster.topology import Topology, node_below, node_of
from tocsin.detection.bounds import UNKNOWN_START
from tocsin.detection.holders import Holders
from tocsin.detection.silence import is_repetition, stamped
from tocsin.detection.titles import cut, title_of
from tocsin.incident.alert import Alert, Episode
from tocsin.incident.commands import ReceiveAlerts, Report
from tocsin.incident.concepts import concepts_of
from tocsin.incident.events import REAL, AlertsCleared, AlertsJoined, Because, EndUnproved, Event, IncidentOpened
from tocsin.incident.state import Incident
from tocsin.world import Append, World, stream_of

_WHERE = ("scope", "namespace", "service", "job")


def receive(ask: ReceiveAlerts, open_incidents: Sequence[Incident], world: World, now: datetime) -> list[Append]:
    """What a batch of alerts means for the open incidents; a batch that says nothing new gives []."""
    mine = [incident for incident in open_incidents if incident.world_id == ask.world_id]
    holders = Holders(mine)
    joined: dict[int, list[Alert]] = {}
    cleared: dict[int, list[Episode]] = {}
    unproved: dict[int, dict[str, list[Episode]]] = {}
    homeless: list[Alert] = []
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
                _follow(alert, held, holder.number, joined, cleared)
        elif alert.status == "firing" and alert.episode not in ask.ended:
            homeless.append(alert)
        elif fired := _fired_in(ask.alerts, alert):
            homeless.append(stamped(fired, world.quiet_after, now))
            if not alert.doubt:
                ended.add(fired.episode)
    opened = _settle_homeless(homeless, mine, world.topology, joined)
    for number, alerts in joined.items():
        over = [alert.episode for alert in alerts if alert.episode in ended]
        cleared.setdefault(number, []).extend(over)
    because = Because(source=ask.source)
    return [
        *(
            _appended(incident, joined, cleared, unproved.get(incident.number, {}), because, now)
            for incident in mine
            if _touched(incident, joined, cleared) or unproved.get(incident.number)
        ),
        *(
            _opened(group, alerts, ask, world, number, now, ended)
            for number, (group, alerts) in enumerate(opened.items(), start=world.next_incident)
        ),
    ]


def report(ask: Report, world: World, now: datetime) -> list[Append]:
    """A person's report opens an incident of its own, always: people are not deduplicated."""
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
    return [Append(stream=stream_of(number), expected_seq=0, events=(event,))]


def group_of(alert: Alert, topology: Topology) -> str:
    """The key that alerts of one matter share: "node:node-2", "database:main", else name and namespace; the sender's own comes first."""
    if alert.group:
        return alert.group
    subjects = concepts_of(alert.name).subjects
    if "node" in subjects and (node := node_of(alert.labels, topology)):
        return f"node:{node}"
    where = next((alert.labels[label] for label in _WHERE if alert.labels.get(label)), "")
    if not subjects:
        return f"{alert.name}:{where}"
    return f"{'+'.join(sorted(subjects))}:{where}"


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


def _fired_in(alerts: Sequence[Alert], over: Alert) -> Alert | None:
    """The beginning of an alert whose end came in the same batch: it was, so it is told."""
    if over.status == "firing":
        return None
    return next((alert for alert in alerts if alert.episode == over.episode and alert.status == "firing"), None)


def _follow(
    alert: Alert, held: Alert, number: int, joined: dict[int, list[Alert]], cleared: dict[int, list[Episode]]
) -> None:
    """What an alert says of the one that incident `number` holds: a new episode, an end, or nothing new."""
    if alert.status == "firing" and alert.starts_at > held.starts_at:
        joined.setdefault(number, []).append(alert)
    elif alert.status == "cleared" and held.status == "firing" and alert.starts_at >= held.starts_at:
        cleared.setdefault(number, []).append(held.episode)


def _doubt(alert: Alert, held: Alert, unproved: dict[str, list[Episode]]) -> None:
    """An end that is no recovery is told once, and ends nothing."""
    if held.status == "firing" and alert.starts_at >= held.starts_at and held.doubt != alert.doubt:
        unproved.setdefault(alert.doubt, []).append(held.episode)


def _settle_homeless(
    alerts: list[Alert], mine: Sequence[Incident], topology: Topology, joined: dict[int, list[Alert]]
) -> dict[str, list[Alert]]:
    """Put each alert with an open incident, or in the group of a new one (the result), causes before their effects."""
    by_group = {incident.group: incident.number for incident in mine}
    opened: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda a: not group_of(a, topology).startswith("node:")):
        group = group_of(alert, topology)
        carrier = f"node:{node_below(alert.labels, topology)}"
        home = next((g for g in (group, carrier) if g in by_group or g in opened), group)
        if home in by_group:
            joined.setdefault(by_group[home], []).append(alert)
        else:
            opened.setdefault(home, []).append(alert)
    return opened


def _touched(incident: Incident, joined: dict[int, list[Alert]], cleared: dict[int, list[Episode]]) -> bool:
    return incident.number in joined or incident.number in cleared


def _appended(
    incident: Incident,
    joined: dict[int, list[Alert]],
    cleared: dict[int, list[Episode]],
    unproved: dict[str, list[Episode]],
    because: Because,
    now: datetime,
) -> Append:
    events: list[Event] = []
    if alerts := joined.get(incident.number):
        events.append(AlertsJoined(at=now, because=because, alerts=tuple(alerts)))
    if episodes := cleared.get(incident.number, []):
        events.append(AlertsCleared(at=now, because=because, episodes=tuple(episodes)))
    events += [EndUnproved(at=now, because=because, episodes=tuple(eps), why=why) for why, eps in unproved.items()]
    return Append(stream=stream_of(incident.number), expected_seq=incident.seq, events=tuple(events))


def _opened(
    group: str, alerts: list[Alert], ask: ReceiveAlerts, world: World, number: int, now: datetime, ended: set[Episode]
) -> Append:
    because = Because(source=ask.source)
    event = IncidentOpened(
        at=now,
        because=because,
        number=number,
        title=title_of(alerts),
        group=group,
        received_at=ask.received_at,
        detected_at=min([ask.received_at, *(a.starts_at for a in alerts if a.starts_at > UNKNOWN_START)]),
        procedure=world.procedure.fingerprint,
        alerts=tuple(alerts),
        kind="normal" if ask.world_id == REAL else "exercise",
        world_id=ask.world_id,
    )
    over = tuple(alert.episode for alert in alerts if alert.episode in ended)
    cleared = (AlertsCleared(at=now, because=because, episodes=over),) if over else ()
    return Append(stream=stream_of(number), expected_seq=0, events=(event, *cleared))
