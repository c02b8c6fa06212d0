"""
Who is called next, and when.

An incident climbs its ladder until a person takes it. The climb is never stored: it is read off the pages that were
asked for since it last began, so that replaying the timeline replays it too. After an outage of tocsin itself only the
highest rung that is due is climbed: nobody gets five calls for one incident at once.

The surprise: a rung whose pages all failed does not wait for the clock, the next one is climbed at once; and a rung
that reaches nobody is a line of its own, because the people who read the timeline next morning must see it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.escalation.ladder import Ladder, Rung, ladder_of
from tocsin.escalation.reach import last_resort, on_call, reachable
from tocsin.incident.alert import OURSELVES
from tocsin.incident.commands import Acknowledge
from tocsin.incident.events import (
    Acknowledged,
    Because,
    Event,
    NobodyReachable,
    PageKind,
    PageReason,
    PageRequested,
    ResponseTimeBreached,
)
from tocsin.incident.refused import Refused
from tocsin.incident.state import Incident, Page
from tocsin.procedure.model import Contact, Procedure
from tocsin.world import World

FAILED_AGAIN = timedelta(seconds=30)
SILENCE = timedelta(minutes=15)
ANNOUNCED = f"{OURSELVES}:TocsinMaintenance"
ASIDE = -1  # the rung number of calls that are no part of the climb


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The calls that are due now; what lies in a maintenance window has notices at most."""
    if incident.priority is None:
        return []
    if incident.kind == "maintenance":
        return _announce(incident, world, now)
    return [*_climb(incident, world, now), *_breach(incident, world, now), *_asides(incident, world, now)]


def next_look(incident: Incident, world: World) -> datetime | None:
    """When the next rung or the deadline comes; once somebody has it, when their silence has lasted too long."""
    if incident.priority is None or incident.kind == "maintenance":
        return None
    if not _is_climbing(incident):
        return _silent_until(incident)
    times = [incident.respond_by] if incident.breached_at is None and incident.respond_by else []
    ladder = ladder_of(incident.priority, world.text_of(incident))
    following = ladder.rung(_climbed(incident) + 1)
    if following is not None and incident.climb_at is not None and not _rests(incident):
        times.append(incident.climb_at + following.after)
        if _all_failed(incident):
            times.append(max(page.requested_at for page in _climb_pages(incident)) + FAILED_AGAIN)
    return min(times, default=None)


def acknowledge(incident: Incident, ask: Acknowledge, now: datetime) -> list[Event]:
    """ "I have it." Raises `Refused` when somebody has, or when it is over."""
    if not incident.is_open:
        raise Refused("not_open", status=incident.status)
    if incident.acknowledged_at is not None and not incident.climbing:
        raise Refused("already_acknowledged", by=incident.acknowledged_by, at=incident.acknowledged_at)
    return [Acknowledged(at=now, because=Because(person=ask.by), via=ask.via)]


def _is_climbing(incident: Incident) -> bool:
    return incident.is_open and incident.climbing


def _rests(incident: Incident) -> bool:
    """What comes and goes calls nobody, but when it was raised since. That nobody took it in time is told all the same."""
    since = incident.unstable_since
    return since is not None and (incident.climb_at is None or incident.climb_at <= since)


def _climb(incident: Incident, world: World, now: datetime) -> list[Event]:
    if not _is_climbing(incident) or incident.priority is None or incident.climb_at is None or _rests(incident):
        return []
    ladder = ladder_of(incident.priority, world.text_of(incident))
    climbed = _climbed(incident)
    index = max(ladder.reached(now - incident.climb_at), _after_failure(incident, ladder, now))
    rung = ladder.rung(index) if index > climbed else None
    return _call(incident, world, now, index, rung) if rung else []


def _climbed(incident: Incident) -> int:
    """The highest rung of this climb that was tried; -1 before the first."""
    tried = [page.rung for page in _climb_pages(incident)]
    tried += [line.rung for line in incident.unreachable if line.climb == incident.climb]
    return max(tried, default=-1)


def _climb_pages(incident: Incident) -> list[Page]:
    return [page for page in incident.pages if page.climb == incident.climb and page.rung >= 0]


def _all_failed(incident: Incident) -> bool:
    """Whether every page of the highest rung was refused by its channel."""
    pages = [page for page in _climb_pages(incident) if page.rung == _climbed(incident)]
    return bool(pages) and all(page.failed for page in pages)


def _after_failure(incident: Incident, ladder: Ladder, now: datetime) -> int:
    """The rung after one that failed whole; beyond the written rungs it waits half a minute between tries."""
    if not ladder.rungs or not _all_failed(incident):
        return -1
    climbed = _climbed(incident)
    last_try = max(page.requested_at for page in _climb_pages(incident))
    if climbed + 1 < len(ladder.rungs) or now - last_try >= FAILED_AGAIN:
        return climbed + 1
    return -1


def _call(incident: Incident, world: World, now: datetime, index: int, rung: Rung) -> list[Event]:
    """The pages of one rung, or the line that it reaches nobody and the call to the last resort."""
    procedure = world.procedure
    priority = incident.priority or "P3"
    people = _of_rung(reachable(procedure, priority, world.duty, now), on_call(procedure, world.duty, now), rung)
    if people:
        return [
            page
            for contact in people
            for page in _pages(
                incident, world, contact, now, rung=index, kind=rung.kind, reason="ladder", line=rung.line
            )
        ]
    because = Because(line=rung.line or _contacts_line(procedure))
    resort = last_resort(procedure, world.duty)
    why = "nobody_available" if resort else "no_address"
    nobody = NobodyReachable(at=now, because=because, rung=index, why=why, climb=incident.climb)
    if resort is None:
        return [nobody]
    return [nobody, *_pages(incident, world, resort, now, rung=index, kind=rung.kind, reason="ladder", fallback=why)]


def _of_rung(people: list[Contact], called: list[Contact], rung: Rung) -> list[Contact]:
    """
    Of the people who can be called now, those of the rung. "second" is the second one, or the only one again; "on call"
    without anybody on duty is the first one.
    """
    if rung.who == "everyone":
        return people
    if rung.who == "named":
        on_duty = ([one for one in called if one in people] or people[:1]) if rung.on_call else []
        return [one for one in people if one in on_duty or one.slug in rung.contacts]
    return people[1:2] or people[:1] if rung.who == "second" else people[:1]


def _pages(
    incident: Incident,
    world: World,
    contact: Contact,
    now: datetime,
    *,
    rung: int,
    kind: PageKind,
    reason: PageReason,
    fallback: str = "",
    line: str = "",
) -> list[Event]:
    """A page by every channel of the contact, a notice by the best one; `line` wanted it, else the contact's own."""
    channels = world.duty.reach.get(contact.slug, ())
    mark = str(rung) if rung >= 0 else reason
    return [
        PageRequested(
            at=now,
            because=Because(line=line or str(contact.source)),
            page_id=f"{incident.world_id.replace('/', '-')}.{incident.number}.{incident.climb}.{mark}.{contact.slug}.{channel}",
            contact=contact.slug,
            channel=channel,
            rung=rung,
            climb=incident.climb,
            kind=kind,
            reason=reason,
            fallback=fallback,
        )
        for channel in (channels if kind == "page" else channels[:1])
    ]


def _breach(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The response time is over and nobody has it: an entry, and a page to everyone who can be reached."""
    due = incident.respond_by
    if not _is_climbing(incident) or incident.acknowledged_at or incident.breached_at or due is None or now < due:
        return []
    rule = world.text_of(incident).rule(incident.priority or "P3")
    breach = ResponseTimeBreached(at=now, because=Because(line=str(rule.source) if rule else ""), respond_by=due)
    return [breach, *_aside(incident, world, now, "breach", "page")]


def _asides(incident: Incident, world: World, now: datetime) -> list[Event]:
    """Calls that are no rung: a quiet P1/P2, a step of unknown outcome, a P1 whose holder has gone silent."""
    events: list[Event] = []
    if (
        incident.suggested_at is not None
        and incident.is_open
        and not _asked(incident, "cleared", incident.suggested_at)
    ):
        events += _aside(incident, world, now, "cleared", "notice")
    unknown = [run.unknown.at for run in incident.runs if run.unknown and run.asks]
    if unknown and not _asked(incident, "outcome_unknown", max(unknown)):
        events += _aside(incident, world, now, "outcome_unknown", "page")
    glass = incident.glass_broken_at
    if glass is not None and incident.is_open and not _asked(incident, "break_glass", glass):
        events += _aside(incident, world, now, "break_glass", "page")
    silent_until = _silent_until(incident)
    if silent_until is not None and now >= silent_until:
        events += _aside(incident, world, now, "silence", "page")
    return events


def _announce(incident: Incident, world: World, now: datetime) -> list[Event]:
    """A notice to the team when a window begins and when it is over; `group` tells the window's own incident."""
    since = incident.quiet_since or incident.opened_at
    if incident.group != ANNOUNCED or not incident.is_open or since is None or _asked(incident, "maintenance", since):
        return []
    return _aside(incident, world, now, "maintenance", "notice")


def _silent_until(incident: Incident) -> datetime | None:
    """When a P1 that somebody took and that still burns calls again: no line by a person for a quarter of an hour."""
    burns = incident.priority == "P1" and incident.status in ("acknowledged", "triaged") and not incident.climbing
    if not burns or incident.touched_at is None or incident.quiet_since is not None:
        return None
    asked = [page.requested_at for page in incident.pages if page.reason == "silence"]
    return max([incident.touched_at, *asked]) + SILENCE


def _asked(incident: Incident, reason: PageReason, since: datetime) -> bool:
    return any(page.reason == reason and page.requested_at >= since for page in incident.pages)


def _aside(incident: Incident, world: World, now: datetime, reason: PageReason, kind: PageKind) -> list[Event]:
    priority = incident.priority or "P3"
    people = reachable(world.procedure, priority, world.duty, now)
    resort = last_resort(world.procedure, world.duty)
    chosen = people if reason in ("breach", "break_glass", "maintenance") else people[:1]
    if not chosen and resort:
        chosen = [resort]
    again = sum(1 for page in incident.pages if page.reason == reason)
    pages = [page for c in chosen for page in _pages(incident, world, c, now, rung=ASIDE, kind=kind, reason=reason)]
    return [_numbered(page, again) for page in pages]


def _numbered(page: Event, again: int) -> Event:
    """The second suggestion of one incident is another page than the first."""
    if not again or not isinstance(page, PageRequested):
        return page
    return PageRequested(
        at=page.at,
        because=page.because,
        page_id=f"{page.page_id}.{again}",
        contact=page.contact,
        channel=page.channel,
        rung=page.rung,
        climb=page.climb,
        kind=page.kind,
        reason=page.reason,
        fallback=page.fallback,
    )


def _contacts_line(procedure: Procedure) -> str:
    return str(procedure.contacts[0].source) if procedure.contacts else ""
