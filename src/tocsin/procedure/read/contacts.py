"""
Contacts: who can be called, where, and when.

A row stands outside the team (a supplier) when its role says so or its address is a support desk's: tocsin never calls
those. The surprise: `[votre-email]` is an address that is still to be written; the settings can bind it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.incident.events import Priority
from tocsin.procedure.blocks import Cell
from tocsin.procedure.folding import fold, has_words, slug_of, unique
from tocsin.procedure.hours import hours_in, weekdays_in, without_zone, zone_in
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Availability, Contact
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page
from tocsin.procedure.read.postmortem import priorities_in

NEEDED = ("role", "address")
_OF_OTHERS = frozenset({"after", "alert", "regime", "begins", "weeks"})
_PLACEHOLDER = re.compile(r"\[[^\]]*\]|<[^@<>]*>|\W*|todo|tbd|xxx+|n/?a|a completer|a definir", re.IGNORECASE)
_AROUND_THE_CLOCK = re.compile(r"(?:24\s*h?\s*[/x*]\s*7(?:\s*j)?|24\s*h\s*/\s*24(?:\s*,?\s*7\s*j\s*/\s*7)?)\s*")
_FOR = re.compile(
    r"(?:pour|for|sur|on|:|\()\s*(?:les?\s+|the\s+)?(?:incidents?\s+)?"
    r"(p[1-4](?:[^a-z]*(?:(?:et|and|ou|or|a|to)\s+)?p[1-4])*[^a-z]*)"
)
_ALWAYS = ("toujours", "always", "permanent", "around the clock", "en permanence")
_OFFICE = (
    "heures ouvrees",
    "heures de bureau",
    "jours ouvres",
    "business hours",
    "office hours",
    "working hours",
    "ho",
)
_SUPPLIERS = (
    "support",
    "fournisseur",
    "fournisseurs",
    "supplier",
    "vendor",
    "hebergeur",
    "prestataire",
    "provider",
    "hetzner",
)


class Contacts(NamedTuple):
    """The contacts in the order of the file, and the table they stand in."""

    contacts: tuple[Contact, ...]
    grid: Grid | None
    problems: tuple[Problem, ...]


def read_contacts(page: Page) -> Contacts:
    """Read every table that has a role and an address under the heading of contacts."""
    grids = tuple(grid for grid in page.grids("contacts", NEEDED) if not set(grid.columns) & _OF_OTHERS)
    contacts: list[Contact] = []
    problems: list[Problem] = []
    slugs: dict[str, int] = {}
    for grid in grids[:1]:
        for row in grid.table.rows:
            role = grid.cell(row, "role")
            if role.text or grid.cell(row, "address").text:
                contact, found = _contact(role, grid.cell(row, "address"), grid.cell(row, "availability"), slugs, page)
                contacts.append(contact)
                problems.extend(found)
    if all(contact.supplier for contact in contacts):
        problems.append(problem("P205", grids[0].table.header.source if grids else page.top, page.language))
    return Contacts(tuple(contacts), grids[0] if grids else None, tuple(problems))


def _contact(role: Cell, address: Cell, when: Cell, slugs: dict[str, int], page: Page) -> tuple[Contact, list[Problem]]:
    problems: list[Problem] = []
    wanted = slug_of(role.text)
    slug = unique(wanted, slugs)
    if slug != wanted:
        problems.append(problem("P206", role.source, page.language, role=role.text, slug=slug))
    availability = availability_of(when.text)
    if availability is None:
        problems.append(problem("P204", when.source, page.language, text=when.text))
    written = _address(address)
    contact = Contact(
        slug=slug,
        role=role.text,
        address=written,
        availability=availability or Availability(text=when.text),
        source=address.source,
        placeholder=_PLACEHOLDER.fullmatch(fold(written)) is not None,
        supplier=has_words(role.text, _SUPPLIERS) or fold(written).startswith("support@"),
    )
    return contact, problems


def _address(cell: Cell) -> str:
    """What the cell says, or the address behind its link."""
    if cell.links and cell.links[0].target.startswith(("mailto:", "tel:")):
        return cell.links[0].target.partition(":")[2]
    return cell.text


def availability_of(text: str) -> Availability | None:
    """Read "24/7", "24/7 pour P1", "Heures ouvrées", "lun-ven 8h-20h (Europe/Paris)"; None when it says something else."""
    zone = zone_in(text)
    folded = fold(without_zone(text) if zone else text)
    clock = _AROUND_THE_CLOCK.match(folded)
    rest = folded[clock.end() :] if clock else folded
    if clock and not rest.strip(" .)"):
        return Availability(text=text, always=True)
    limited = _FOR.match(rest) if clock else None
    if limited:
        return _limited(text, priorities_in(limited[1]), rest[limited.end() :].strip(" .,;)"), zone)
    if has_words(folded, _ALWAYS) and len(folded.split()) <= 3:
        return Availability(text=text, always=True)
    return _hours(text, (), folded, zone)


def _limited(text: str, always_for: tuple[Priority, ...], rest: str, zone: str) -> Availability | None:
    """ "24/7 pour P1", and what is said of the others ("8h-20h sinon")."""
    return (
        _hours(text, always_for, rest, zone) if rest else Availability(text=text, always_for=always_for, timezone=zone)
    )


def _hours(text: str, always_for: tuple[Priority, ...], rest: str, zone: str) -> Availability | None:
    """Business hours, or hours of its own."""
    times = hours_in(rest)
    if times is None:
        return Availability(text=text, always_for=always_for, timezone=zone) if has_words(rest, _OFFICE) else None
    days = weekdays_in(rest)
    return Availability(text=text, always_for=always_for, opens=times[0], closes=times[1], weekdays=days, timezone=zone)
