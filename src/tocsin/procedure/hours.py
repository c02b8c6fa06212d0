"""
Hours, days and dates as people write them: « 22h-8h », « lun-ven », « 21/12/2026 18:00 », "2026-12-21T18:00Z".

Texts in, plain values out, None or () when the text says something else. The surprise: an instant without a zone stays
one, because only the procedure as a whole says which zone its hours are in.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tocsin.procedure.folding import fold, words_of

_DAYS = (
    ("lundi", "lun", "monday", "mon"),
    ("mardi", "mar", "tuesday", "tue"),
    ("mercredi", "mer", "wednesday", "wed"),
    ("jeudi", "jeu", "thursday", "thu"),
    ("vendredi", "ven", "friday", "fri"),
    ("samedi", "sam", "saturday", "sat"),
    ("dimanche", "dim", "sunday", "sun"),
)
_DAY = {name: number for number, names in enumerate(_DAYS) for name in (*names, f"{names[0]}s", f"{names[2]}s")}
_GROUPS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("tous les jours", "every day", "daily", "all days", "7 7", "7j 7"), tuple(range(7))),
    **dict.fromkeys(("jours ouvres", "en semaine", "business days", "weekdays", "working days"), tuple(range(5))),
    **dict.fromkeys(("week end", "weekend", "week ends", "weekends"), (5, 6)),
}
_TIME = r"(\d{1,2})\s*(?:h|:)\s*(\d{2})?(?!\d)"
_HOURS = re.compile(rf"{_TIME}\s*(?:-|–|—|a|to|until)\s*{_TIME}")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})/(\d{1,2})/(\d{4})")
_ZONE = re.compile(r"\b(?:[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|UTC|GMT)\b")
_OFFSET = re.compile(r"(?<=\d)\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))\s*$")


class Instant(NamedTuple):
    """`local` is ISO without zone; `zone` what stood beside it ("", a name, "+01:00"); `whole_day` without a time."""

    local: str
    zone: str
    whole_day: bool


def is_zone(name: str) -> bool:
    """Whether the world knows a time zone of that name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def zone_in(text: str) -> str:
    """The name of a time zone in a text, "" when there is none that exists."""
    return next((name for name in _ZONE.findall(text) if is_zone(name)), "")


def without_zone(text: str) -> str:
    """The text without the name of a zone and the brackets around it."""
    return _ZONE.sub("", text).replace("()", "").strip(" ,;")


def hours_in(text: str) -> tuple[str, str] | None:
    """Two times of day: « de 22h à 8h » is ("22:00", "08:00")."""
    found = _HOURS.search(fold(text))
    if found is None:
        return None
    opens, closes = (_clock(found[at], found[at + 1]) for at in (1, 3))
    return (opens, closes) if opens and closes and opens != closes else None


def _clock(hour: str, minute: str | None) -> str:
    wanted = (int(hour) % 24 if hour == "24" else int(hour), int(minute or 0))
    return f"{wanted[0]:02}:{wanted[1]:02}" if wanted[0] < 24 and wanted[1] < 60 else ""


def weekdays_in(text: str) -> tuple[int, ...]:
    """The days a text names, Monday 0: « lun-ven », "Saturday, Sunday", « tous les jours »; () for none."""
    words = f" {words_of(text)} "
    days = {day for name, group in _GROUPS.items() if f" {name} " in words for day in group}
    named = "|".join(sorted(_DAY, key=len, reverse=True))
    rest = fold(text)
    for first, last in re.findall(rf"\b({named})\b\.?\s*(?:-|–|—|a|au|to|through)\s*({named})\b", rest):
        days |= {(_DAY[first] + step) % 7 for step in range((_DAY[last] - _DAY[first]) % 7 + 1)}
    return tuple(sorted(days | {_DAY[word] for word in words.split() if word in _DAY}))


def instant_in(text: str, *, day_first: bool) -> Instant | None:
    """A date with or without a time; « 21/12/2026 » only where the day is known to come first."""
    found = _DATE.search(text)
    if found is None or (found[4] and not day_first):
        return None
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    rest = text[found.end() :]
    clock = re.match(rf"[T\s,]*(?:à|a|at)?\s*{_TIME}", fold(rest).upper().replace("H", "h")) if rest else None
    time = _clock(clock[1], clock[2]) if clock else "00:00"
    local = f"{int(year):04}-{int(month):02}-{int(day):02}T{time}"
    if not time or not _is_date(local):
        return None
    return Instant(local, zone_in(text) or _offset(text), clock is None)


def _is_date(local: str) -> bool:
    try:
        datetime.fromisoformat(local)
    except ValueError:
        return False
    return True


def _offset(text: str) -> str:
    found = _OFFSET.search(text)
    if found is None:
        return ""
    return "UTC" if found[1] else f"{found[2]}{found[3]}:{found[4]}"


def as_utc(instant: Instant, timezone: str) -> datetime | None:
    """The instant of the world, in its own zone or in that of the procedure; None without any."""
    zone = instant.zone or timezone
    if not zone:
        return None
    if zone[0] in "+-":
        return datetime.fromisoformat(instant.local + zone).astimezone(UTC)
    return datetime.fromisoformat(instant.local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_after(instant: Instant) -> Instant:
    """The end of a day that was named without a time: the next midnight."""
    if not instant.whole_day:
        return instant
    following = date.fromisoformat(instant.local[:10]) + timedelta(days=1)
    return Instant(f"{following.isoformat()}T00:00", instant.zone, False)


def week_in(text: str) -> tuple[str, str] | None:
    """One ISO week, from Monday to Monday: "2026-W52" or « 2026-S52 »."""
    found = re.search(r"\b(\d{4})-?[WS](\d{1,2})\b", text.upper())
    if found is None:
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
    return f"{monday.isoformat()}T00:00", f"{(monday + timedelta(days=7)).isoformat()}T00:00"
