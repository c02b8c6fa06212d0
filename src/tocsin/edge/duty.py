"""
Who can be reached and when the office is open: the settings and the procedure's contacts, as the `Duty` of a decision.

The address that the settings give wins over the procedure's. The surprise: a placeholder (`[votre-email]`) is no
address, so a contact that nobody has bound is reachable by nothing, and that is visible before the night it matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

import holidays

from tocsin.edge.settings.checks import is_mailbox
from tocsin.edge.settings.model import ContactSettings, Settings
from tocsin.procedure.model import Contact
from tocsin.world import Duty

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOTHING_SAID = ContactSettings()


def duty(settings: Settings, contacts: Sequence[Contact], now: datetime) -> Duty:
    """Put together what decisions ask. Public holidays are those of the year before `now` (aware) to two after."""
    year = now.astimezone(ZoneInfo(settings.timezone)).year
    hours = settings.business_hours
    return Duty(
        timezone=settings.timezone,
        opens=time(hours.opens.hour, hours.opens.minute),
        closes=time(hours.closes.hour, hours.closes.minute),
        business_days=tuple(sorted({DAYS.index(day) for day in hours.days})),
        holidays=frozenset(holidays.country_holidays(settings.country, years=range(year - 1, year + 3))),
        reach={slug: tuple(found) for slug, found in addresses(settings, contacts).items()},
    )


def addresses(settings: Settings, contacts: Sequence[Contact]) -> dict[str, Mapping[str, str]]:
    """Map each contact's slug to channel → address, best channel first. A supplier has none: tocsin never calls one."""
    return {contact.slug: _addresses_of(settings, contact) for contact in contacts}


def unknown_contacts(settings: Settings, contacts: Sequence[Contact]) -> tuple[str, ...]:
    """Name the contacts that the settings bind and the procedure does not have: a slug misspelt."""
    return tuple(sorted(set(settings.contacts) - {contact.slug for contact in contacts}))


def _addresses_of(settings: Settings, contact: Contact) -> dict[str, str]:
    if contact.supplier:
        return {}
    said = settings.contacts.get(contact.slug, NOTHING_SAID)
    written = "" if contact.placeholder or not is_mailbox(contact.address) else contact.address
    email = (said.email or written) if settings.channels.email else ""
    found = {"webhook": said.webhook.reveal() if said.webhook else "", "email": email}
    return {channel: address for channel, address in found.items() if address}
