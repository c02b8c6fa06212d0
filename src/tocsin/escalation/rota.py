"""
Who is on duty at an instant, by the procedure's rota.

Shifts and an aware instant come in, a contact's slug goes out. A shift of dates wins over one of weekdays, since people
write the exception beside the rule; among equals the first wins. The surprise: a night shift belongs to the day it
begins on, and to that day's ISO week.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.procedure.model import Shift


def on_duty(rota: Sequence[Shift], at: datetime, timezone: str) -> str:
    """The slug of who is on duty, "" when no shift holds; `timezone` is for shifts that name none."""
    ranked = sorted(rota, key=lambda shift: not shift.begins)
    return next((shift.contact for shift in ranked if _holds(shift, at, timezone)), "")


def _holds(shift: Shift, at: datetime, timezone: str) -> bool:
    local = at.astimezone(ZoneInfo(shift.timezone or timezone)).replace(tzinfo=None)
    if shift.begins:
        return shift.begins <= local.isoformat() < shift.ends
    opens, closes = time.fromisoformat(shift.opens), time.fromisoformat(shift.closes)
    if opens < closes:
        return opens <= local.time() < closes and _is_day(shift, local)
    before = local - timedelta(days=1)
    return (local.time() >= opens and _is_day(shift, local)) or (local.time() < closes and _is_day(shift, before))


def _is_day(shift: Shift, day: datetime) -> bool:
    parity = "odd" if day.isocalendar().week % 2 else "even"
    return day.weekday() in shift.weekdays and shift.weeks in ("", parity)
