"""
How people write a span of time: "< 15 min", "2h", "1 h 30", "24 heures", "1 jour".

A range ("15-30 min"), a working day ("1 jour ouvré") or anything else with a word left over is not a span: None.
"""

from __future__ import annotations

import re
from datetime import timedelta

from tocsin.procedure.folding import fold

_SECONDS = {
    1: ("s", "sec", "secs", "seconde", "secondes", "second", "seconds"),
    60: ("min", "mins", "mn", "m", "minute", "minutes", "'"),
    3600: ("h", "hr", "hrs", "heure", "heures", "hour", "hours"),
    86400: ("j", "d", "jour", "jours", "day", "days"),
    604800: ("semaine", "semaines", "week", "weeks", "sem"),
}
_UNITS = {name: seconds for seconds, names in _SECONDS.items() for name in names}
_BEFORE = re.compile(r"^(<=|=<|<|≤|max\.?|maximum|moins de|less than|within|sous|under|en|in|up to|jusqu'a)\s*")
_AFTER = re.compile(r"\s*(max\.?|maximum)$")
_PART = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-z']+)?")
LONGEST = timedelta(days=366)


def span(text: str) -> timedelta | None:
    """Read a span; None when it is not one, is nothing, or is longer than a year."""
    rest = _AFTER.sub("", _BEFORE.sub("", fold(text).replace("&lt;", "<"))).strip()
    total, unit = 0.0, 0
    while rest:
        part = _PART.match(rest)
        if part is None:
            return None
        unit = _unit(part[2], unit)
        if not unit:
            return None
        total += float(part[1].replace(",", ".")) * unit
        rest = rest[part.end() :].strip()
    found = timedelta(seconds=total)
    return found if timedelta(0) < found <= LONGEST else None


def _unit(name: str | None, before: int) -> int:
    """The seconds of a unit; a bare number after hours counts minutes ("2h30"). Units must go down."""
    if name is None:
        return 60 if before == 3600 else 0
    seconds = _UNITS.get(name, 0)
    return seconds if not before or seconds < before else 0


def spelled(length: timedelta) -> str:
    """Write a span the short way both languages read: "15 min", "2 h", "1 h 30 min", "1 min 30 s"."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, rest = divmod(minutes, 60)
    parts = [f"{count} {unit}" for count, unit in ((hours, "h"), (rest, "min"), (seconds, "s")) if count]
    return " ".join(parts) or "0 s"
