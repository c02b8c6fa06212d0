"""
When the office is open, as the settings say: the part of a `Duty` that needs no calendar of public holidays.

Apart from `duty`, because the package that knows the holidays takes longer to load than a procedure to check.
"""

from __future__ import annotations

from datetime import time

from tocsin.edge.settings.model import Settings
from tocsin.world import Duty

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def office(settings: Settings, timezone: str = "") -> Duty:
    """The hours, in the procedure's `timezone` or, when it says none, in that of the settings; nobody is bound yet."""
    hours = settings.business_hours
    return Duty(
        timezone=timezone or settings.timezone,
        opens=time(hours.opens.hour, hours.opens.minute),
        closes=time(hours.closes.hour, hours.closes.minute),
        business_days=tuple(sorted({DAYS.index(day) for day in hours.days})),
    )
