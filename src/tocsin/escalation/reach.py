"""
Who of the team can be called at this instant.

A contact's own words decide: « 24/7 », « 24/7 pour P1 » (and business hours for the rest), « Heures ouvrées ». Hours are
those of the team's time zone, so a night with a change of hour is still one night; a public holiday has no business
hours. The surprise: a contact without any bound address reaches nobody, at any hour.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.incident.events import Priority
from tocsin.procedure.model import Contact, Procedure
from tocsin.world import Duty


def office_is_open(duty: Duty, at: datetime) -> bool:
    """Whether that instant lies in business hours."""
    local = at.astimezone(ZoneInfo(duty.timezone))
    if local.weekday() not in duty.business_days or local.date() in duty.holidays:
        return False
    return duty.opens <= local.time() < duty.closes


def is_available(contact: Contact, priority: Priority, duty: Duty, at: datetime) -> bool:
    """Whether the contact's own words allow a call for that priority now."""
    hours = contact.availability
    return hours.always or priority in hours.always_for or office_is_open(duty, at)


def reachable(procedure: Procedure, priority: Priority, duty: Duty, at: datetime) -> list[Contact]:
    """The team's contacts that can be called now, in the order of the document."""
    return [
        contact
        for contact in procedure.team
        if duty.reach.get(contact.slug) and is_available(contact, priority, duty, at)
    ]


def last_resort(procedure: Procedure, duty: Duty) -> Contact | None:
    """The infra admin: the team's first contact that has an address, whatever the hour."""
    return next((contact for contact in procedure.team if duty.reach.get(contact.slug)), None)
