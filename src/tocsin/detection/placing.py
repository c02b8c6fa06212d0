"""
Where alerts go that no open incident holds: to what explains them, to their own matter, to a new incident.

In this order: the node that they lie on, when its death is an open incident; their own matter, when that is open; what
else explains them (a member, the API, what the site goes through); a storm's umbrella; an incident of their own. Causes
are placed before their effects, and a cause that opens gathers the effects that came up to ten minutes before it.

The surprise is what the umbrella takes: only what nothing explains, what is no matter by its name, and what is one of a
crowd of its like. An alert that is unlike the crowd stands alone: that is where the unrelated fault hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from tocsin.cluster.topology import Topology
from tocsin.detection.crowd import Crowd
from tocsin.detection.matters import STORM, Seen, can_explain, explained, is_exact, rank, seen
from tocsin.detection.regroup import BY_HAND
from tocsin.incident.alert import CAUSE, Alert, Tie
from tocsin.incident.book import Held
from tocsin.incident.state import Incident

WINDOW = timedelta(minutes=10)


class Gathered(Struct, frozen=True):
    """Alerts of an open incident that the matter of group `into` takes; `whole` when nothing is left there."""

    origin: Incident
    into: str
    alerts: tuple[Alert, ...]
    ties: tuple[Tie, ...]
    whole: bool


class Placing(Struct):
    """By incident number and by the group of an incident to open: alerts with their ties; `early` is gathered by the umbrella."""

    joined: dict[int, list[tuple[Alert, Tie]]] = field(default_factory=dict)
    opened: dict[str, list[tuple[Alert, Tie]]] = field(default_factory=dict)
    early: frozenset[int] = frozenset()


def place(alerts: Iterable[Alert], mine: Sequence[Incident], topology: Topology, now: datetime) -> Placing:
    """Place each alert; `mine` are the open incidents of the same world."""
    rest = sorted((seen(alert, topology) for alert in alerts), key=rank)
    placing = Placing()
    if not rest:
        return placing
    by_group = {incident.group: incident.number for incident in mine}
    causes = [i.group for i in mine if can_explain(i.group) and _explains_now(i, now)]
    loose: list[Seen] = []
    for one in rest:
        home = _home(one, by_group, placing, causes, topology)
        if home is None and one.is_loose:
            loose.append(one)
            continue
        group, tie = home or (one.key, Tie(CAUSE, _subject(one.key)))
        _put(placing, by_group, group, one.alert, tie)
        if home is None and can_explain(group):
            causes.append(group)
    if loose:
        _place_loose(loose, mine, by_group, placing, topology, now)
    return placing


def gather(placing: Placing, mine: Sequence[Incident], topology: Topology, now: datetime) -> list[Gathered]:
    """
    What new matters take out of open incidents.

    `mine` are the incidents as this batch leaves them: an alert that joined one of them just now, or ended there, is
    gathered as it now is.
    """
    found: list[Gathered] = []
    news = [group for group in placing.opened if group != STORM]
    causes = [group for group in news if can_explain(group)]
    for incident in mine:
        if incident.number in placing.early:
            alerts = tuple(incident.held)
            found.append(Gathered(incident, STORM, alerts, (Tie(STORM),) * len(alerts), whole=True))
        elif (causes or (news and incident.group == STORM)) and _may_be_gathered(incident, now):
            found += _from(incident, news if incident.group == STORM else causes, topology)
    return found


def _home(
    one: Seen, by_group: dict[str, int], placing: Placing, causes: list[str], topology: Topology
) -> tuple[str, Tie] | None:
    """What is there already: a matter that explains it, or its own."""
    ties = [(cause, tie) for cause in causes if (tie := explained(one, cause, topology)) is not None]
    exact = next(((cause, tie) for cause, tie in ties if is_exact(tie)), None)
    if exact:
        return exact
    if one.key in by_group or one.key in placing.opened:
        return one.key, Tie(CAUSE, _subject(one.key))
    return ties[0] if ties else None


def _put(placing: Placing, by_group: dict[str, int], group: str, alert: Alert, tie: Tie) -> None:
    if group in by_group:
        placing.joined.setdefault(by_group[group], []).append((alert, tie))
    else:
        placing.opened.setdefault(group, []).append((alert, tie))


def _place_loose(
    loose: list[Seen],
    mine: Sequence[Incident],
    by_group: dict[str, int],
    placing: Placing,
    topology: Topology,
    now: datetime,
) -> None:
    """What nothing explains: a storm when there is much of it, else each a matter of its own."""
    crowd = Crowd(loose, mine, topology, now)
    for one in loose:
        taken = crowd.takes(one)
        group, tie = (STORM, Tie(STORM)) if taken else (one.key, Tie(CAUSE, _subject(one.key)))
        _put(placing, by_group, group, one.alert, tie)
    if crowd.is_storm and (STORM in placing.opened or STORM in by_group):
        placing.early = frozenset(incident.number for incident in crowd.early)


def _from(incident: Incident, groups: list[str], topology: Topology) -> list[Gathered]:
    """What the new matters explain of one incident; a workload's alerts follow its pods, all of them or none."""
    found = [(held.alert, _tie_to(held, groups, topology)) for held in incident.held.held()]
    if incident.group != STORM and any(home is None for _, home in found):
        found = [(alert, home if home and is_exact(home[1]) else None) for alert, home in found]
    gathered: list[Gathered] = []
    for group in groups:
        mine = [(alert, home[1]) for alert, home in found if home and home[0] == group]
        if mine:
            alerts, ties = zip(*mine, strict=True)
            gathered.append(Gathered(incident, group, alerts, ties, whole=len(mine) == len(found)))
    return gathered


def _tie_to(held: Held, groups: list[str], topology: Topology) -> tuple[str, Tie] | None:
    one = seen(held.alert, topology)
    if one.key in groups:
        return one.key, Tie(CAUSE, _subject(one.key))
    return next(((group, tie) for group in groups if (tie := explained(one, group, topology)) is not None), None)


def _may_be_gathered(incident: Incident, now: datetime) -> bool:
    """Not what a person placed or reported, nor what a step runs for; only what came within the window."""
    if incident.report or incident.opened_at is None or now - incident.opened_at > WINDOW or not incident.held.count:
        return False
    if any(run.is_open or run.asks for run in incident.runs):
        return False
    return not any(held.tie and held.tie.reason in BY_HAND for held in incident.held.held())


def _explains_now(incident: Incident, now: datetime) -> bool:
    """While its cause fires, and for the window after it ended."""
    return incident.cause_over_at is None or now - incident.cause_over_at <= WINDOW


def _subject(group: str) -> str:
    return group.partition(":")[2]
