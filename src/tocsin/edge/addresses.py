"""
How a contact is reached: the address that the settings give, else the procedure's.

The surprise: a placeholder (`[votre-email]`) is no address, so a contact that nobody has bound is reachable by nothing,
and that is visible before the night it matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin.edge.settings.checks import is_mailbox
from tocsin.edge.settings.model import ContactSettings, Settings
from tocsin.procedure.model import Contact

NOTHING_SAID = ContactSettings()


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
