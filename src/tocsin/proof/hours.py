"""
The hours at which a priority calls nobody, by the procedure's own words.

A usual week is looked through by half hours; neighbouring nights with the same hours are told as one. The surprise:
the week is one without a public holiday, else the answer would change with the season.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from tocsin.escalation.reach import reachable
from tocsin.incident.events import Priority
from tocsin.lexicon import Language
from tocsin.procedure.model import PRIORITIES, Procedure
from tocsin.world import Duty

SLOT = 30
DAY = 24 * 60
WEEK = 7 * DAY
_DAYS = {
    "fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


class Gap(Struct, frozen=True):
    """From `begins` to `ends`, in minutes since Monday 0:00 where the team lives; `ends` may lie in the next week."""

    begins: int
    ends: int


def gaps(procedure: Procedure, duty: Duty, now: datetime) -> dict[Priority, tuple[Gap, ...]]:
    """By priority: the parts of a usual week after `now` (UTC) in which nobody of the team can be called."""
    return gaps_of_week(procedure, duty, usual_monday(duty, now))


def gaps_of_week(procedure: Procedure, duty: Duty, monday: date) -> dict[Priority, tuple[Gap, ...]]:
    """Those of the week that begins on that Monday."""
    zone = ZoneInfo(duty.timezone)
    slots = [
        (minute, datetime.combine(monday + timedelta(days=minute // DAY), _time(minute), zone).astimezone(UTC))
        for minute in range(0, WEEK, SLOT)
    ]
    return {
        priority: tuple(_joined([minute for minute, at in slots if not reachable(procedure, priority, duty, at)]))
        for priority in PRIORITIES
    }


def told(found: tuple[Gap, ...], language: Language) -> str:
    """ "22:00-08:00", "Mon-Thu 18:00-09:00, Fri 18:00 to Mon 09:00", "at all hours"; "" when there is no gap."""
    if sum(gap.ends - gap.begins for gap in found) >= WEEK:
        return "à toute heure" if language == "fr" else "at all hours"
    return ", ".join(_told(days, gap, language) for days, gap in _alike(found))


def usual_monday(duty: Duty, now: datetime) -> date:
    """The next Monday that begins a week without a public holiday."""
    today = now.astimezone(ZoneInfo(duty.timezone)).date()
    monday = today + timedelta(days=7 - today.weekday())
    weeks = (monday + timedelta(weeks=number) for number in range(26))
    return next((week for week in weeks if not _has_holiday(week, duty)), monday)


def _has_holiday(monday: date, duty: Duty) -> bool:
    return any(monday + timedelta(days=day) in duty.holidays for day in range(7))


def _time(minute: int) -> time:
    return time(minute % DAY // 60, minute % 60)


def _joined(minutes: list[int]) -> Iterator[Gap]:
    """Half hours that touch, as gaps; the one over the week's end is one gap."""
    found: list[Gap] = []
    for minute in minutes:
        if found and found[-1].ends == minute:
            found[-1] = Gap(found[-1].begins, minute + SLOT)
        else:
            found.append(Gap(minute, minute + SLOT))
    if len(found) > 1 and found[0].begins == 0 and found[-1].ends == WEEK:
        found[-1] = Gap(found[-1].begins, WEEK + found[0].ends)
        del found[0]
    return iter(found)


def _alike(found: tuple[Gap, ...]) -> Iterator[tuple[list[int], Gap]]:
    """Gaps of the same hours within a day and a night, with the days they begin on."""
    by_hours: dict[tuple[int, int], list[Gap]] = {}
    for gap in found:
        by_hours.setdefault((gap.begins % DAY, gap.ends - gap.begins), []).append(gap)
    for same in by_hours.values():
        yield [gap.begins // DAY for gap in same], same[0]


def _told(days: list[int], gap: Gap, language: Language) -> str:
    names = _DAYS[language]
    hours = f"{_time(gap.begins):%H:%M}-{_time(gap.ends):%H:%M}"
    if gap.ends - gap.begins > DAY:
        to = "à" if language == "fr" else "to"
        return f"{names[days[0]]} {_time(gap.begins):%H:%M} {to} {names[gap.ends // DAY % 7]} {_time(gap.ends):%H:%M}"
    if len(days) == 7:
        return hours
    in_a_row = len(days) > 1 and days == list(range(days[0], days[-1] + 1))
    named = f"{names[days[0]]}-{names[days[-1]]}" if in_a_row else ", ".join(names[day] for day in days)
    return f"{named} {hours}"
