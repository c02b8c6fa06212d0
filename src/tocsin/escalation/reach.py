"""
Who of the team can be called at this instant.

A contact's own words decide: « 24/7 », « 24/7 pour P1 » (and its hours for the rest), « Heures ouvrées », « lun-ven
8h-20h ». Hours are those of the zone that stands beside them, else of the procedure, else of the settings, so a night
with a change of hour is still one night; a public holiday has no business hours. Who is on call by the rota can be
called whatever those words say, and comes first. The surprise: a contact without any bound address reaches nobody, at
any hour.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from tocsin.escalation.rota import on_duty
from tocsin.incident.events import Priority
from tocsin.procedure.model import Availability, Contact, Procedure
from tocsin.world import Duty


def office_is_open(duty: Duty, at: datetime, timezone: str = "") -> bool:
    """Whether that instant lies in business hours, of the zone that is given or of the team's."""
    local = at.astimezone(ZoneInfo(timezone or duty.timezone))
    if local.weekday() not in duty.business_days or local.date() in duty.holidays:
        return False
    return duty.opens <= local.time() < duty.closes


def is_available(contact: Contact, priority: Priority, duty: Duty, at: datetime) -> bool:
    """Whether the contact's own words allow a call for that priority now."""
    hours = contact.availability
    if hours.always or priority in hours.always_for:
        return True
    return _in_own_hours(hours, duty, at) if hours.opens else office_is_open(duty, at, hours.timezone)


def _in_own_hours(hours: Availability, duty: Duty, at: datetime) -> bool:
    """Hours that go over midnight belong to the day they begin on; days that are not said are business days."""
    local = at.astimezone(ZoneInfo(hours.timezone or duty.timezone))
    opens, closes = time.fromisoformat(hours.opens), time.fromisoformat(hours.closes)
    days = hours.weekdays or duty.business_days
    today = local.weekday() in days and (bool(hours.weekdays) or local.date() not in duty.holidays)
    if opens < closes:
        return today and opens <= local.time() < closes
    return (today and local.time() >= opens) or ((local.weekday() - 1) % 7 in days and local.time() < closes)


def reachable(procedure: Procedure, priority: Priority, duty: Duty, at: datetime) -> list[Contact]:
    """The team's contacts that can be called now: who is on call first, then in the order of the document."""
    called = on_call(procedure, duty, at)
    others = [c for c in procedure.team if c not in called and is_available(c, priority, duty, at)]
    return [contact for contact in (*called, *others) if duty.reach.get(contact.slug)]


def on_call(procedure: Procedure, duty: Duty, at: datetime) -> list[Contact]:
    """Whoever the rota names at this instant; nobody without a rota."""
    slug = on_duty(procedure.rota, at, procedure.timezone or duty.timezone)
    return [contact for contact in procedure.team if contact.slug == slug]


def last_resort(procedure: Procedure, duty: Duty) -> Contact | None:
    """The infra admin: the team's first contact that has an address, whatever the hour."""
    return next((contact for contact in procedure.team if duty.reach.get(contact.slug)), None)
