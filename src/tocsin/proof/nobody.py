"""
Whom a priority calls at each hour, and what is wrong with it: hours with nobody, a ladder that ends in the air.

Not a rule of `procedure.check`, because only the escalation knows who is called when, and it is asked rather than told
again. The surprise: a week without a public holiday is looked through, then the same week with one in its middle, so
that "public holidays" can be said apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from tocsin.escalation.ladder import ladder_of
from tocsin.incident.events import Priority
from tocsin.lexicon import Language
from tocsin.procedure.durations import spelled
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import LadderRung, Procedure
from tocsin.procedure.problems import Problem
from tocsin.proof.hours import Gap, gaps_of_week, told, usual_monday
from tocsin.world import Duty

# From closing on one day (18:00) to opening on the next (9:00).
A_NIGHT = timedelta(hours=15)
_SOMEBODY = ("somebody",)


def nobody_called(procedure: Procedure, duty: Duty, now: datetime) -> tuple[Problem, ...]:
    """All problems of who is called; that a contact has no address is another's affair (P201, P202)."""
    everybody = replace(duty, reach={contact.slug: _SOMEBODY for contact in procedure.team})
    return (*_empty_hours(procedure, everybody, now), *_ladders(procedure))


def _empty_hours(procedure: Procedure, duty: Duty, now: datetime) -> Iterator[Problem]:
    """P203: hours at which nobody takes this priority. Information only when it can wait for a night."""
    if not procedure.team or all(_around_the_clock(procedure, rule.priority) for rule in procedure.priorities):
        return
    monday = usual_monday(duty, now)
    with_holiday = replace(duty, holidays=frozenset({monday + timedelta(days=2)}))
    usual, festive = (gaps_of_week(procedure, hours, monday) for hours in (duty, with_holiday))
    for rule in procedure.priorities:
        hours = _told(usual[rule.priority], festive[rule.priority], procedure.language)
        if hours:
            yield problem(
                "P203",
                rule.source,
                procedure.language,
                severity="warning" if rule.respond_within < A_NIGHT else "info",
                priority=rule.priority,
                hours=hours,
                target=spelled(rule.respond_within),
            )


def _around_the_clock(procedure: Procedure, priority: Priority) -> bool:
    hours = [contact.availability for contact in procedure.team]
    return any(one.always or priority in one.always_for for one in hours)


def _told(usual: tuple[Gap, ...], festive: tuple[Gap, ...], language: Language) -> str:
    hours = told(usual, language)
    if _minutes(festive) > _minutes(usual):
        return ", ".join(filter(None, (hours, phrase("public-holidays", language))))
    return hours


def _minutes(found: tuple[Gap, ...]) -> int:
    return sum(gap.ends - gap.begins for gap in found)


def _ladders(procedure: Procedure) -> Iterator[Problem]:
    """P220: a ladder that only informs. P221: one without a repetition. P222: a rung that calls nobody."""
    for rule in procedure.ladders:
        again = ladder_of(rule.priority, procedure).again
        last = rule.rungs[-1]
        if all(rung.notice for rung in rule.rungs):
            if rule.again is None and rule.priority != "P4":
                yield problem("P220", last.source, procedure.language, priority=rule.priority)
        elif rule.again is None and again:
            fields = {"priority": rule.priority, "after": spelled(last.after), "again": spelled(again)}
            yield problem("P221", last.source, procedure.language, fields=fields)
        for rung in rule.rungs:
            if not _calls_somebody(rung, procedure):
                yield problem("P222", rung.source, procedure.language, after=spelled(rung.after))


def _calls_somebody(rung: LadderRung, procedure: Procedure) -> bool:
    """A supplier is never called, and without a rota nobody is on call."""
    team = {contact.slug for contact in procedure.team}
    return rung.everyone or bool(team & set(rung.contacts)) or (rung.on_call and bool(procedure.rota))
