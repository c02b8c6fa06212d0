"""
Who can be reached and when the office is open: the settings and the procedure's contacts, as the `Duty` of a decision.

Public holidays are those of the country that the settings name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import holidays
from msgspec.structs import replace

from tocsin.edge.addresses import addresses
from tocsin.edge.office import office
from tocsin.edge.settings.model import Settings
from tocsin.procedure.model import Contact
from tocsin.world import Duty


def duty(settings: Settings, contacts: Sequence[Contact], now: datetime, timezone: str = "") -> Duty:
    """
    Put together what decisions ask; `timezone` is the procedure's, "" for the settings'. Public holidays are those of the
    year before `now` (aware) to two after.
    """
    hours = office(settings, timezone)
    year = now.astimezone(ZoneInfo(hours.timezone)).year
    return replace(
        hours,
        holidays=frozenset(holidays.country_holidays(settings.country, years=range(year - 1, year + 3))),
        reach={slug: tuple(found) for slug, found in addresses(settings, contacts).items()},
    )
