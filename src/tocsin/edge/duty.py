"""
Who can be reached and when the office is open: the settings and the procedure's contacts, as the `Duty` of a decision.

Public holidays are those of the country that the settings name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

import holidays

from tocsin.edge.addresses import addresses
from tocsin.edge.settings.model import Settings
from tocsin.procedure.model import Contact
from tocsin.world import Duty

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def duty(settings: Settings, contacts: Sequence[Contact], now: datetime, timezone: str = "") -> Duty:
    """
    Put together what decisions ask; `timezone` is the procedure's, "" for the settings'. Public holidays are those of the
    year before `now` (aware) to two after.
    """
    zone = timezone or settings.timezone
    year = now.astimezone(ZoneInfo(zone)).year
    hours = settings.business_hours
    return Duty(
        timezone=zone,
        opens=time(hours.opens.hour, hours.opens.minute),
        closes=time(hours.closes.hour, hours.closes.minute),
        business_days=tuple(sorted({DAYS.index(day) for day in hours.days})),
        holidays=frozenset(holidays.country_holidays(settings.country, years=range(year - 1, year + 3))),
        reach={slug: tuple(found) for slug, found in addresses(settings, contacts).items()},
    )
