"""
Contacts: who can be called, where, and when.

A row stands outside the team (a supplier) when its role says so or its address is a support desk's: tocsin never calls
those. The surprise: `[votre-email]` is an address that is still to be written; the settings can bind it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.procedure.blocks import Cell
from tocsin.procedure.folding import fold, has_words, slug_of, unique
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Availability, Contact
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page
from tocsin.procedure.read.postmortem import priorities_in

NEEDED = ("role", "address")
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
    grids = page.grids("contacts", NEEDED)
    contacts: list[Contact] = []
    problems: list[Problem] = []
    slugs: set[str] = set()
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


def _contact(role: Cell, address: Cell, when: Cell, slugs: set[str], page: Page) -> tuple[Contact, list[Problem]]:
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
    """Read "24/7", "24/7 pour P1", "Heures ouvrées"; None when it says something else."""
    folded = fold(text)
    clock = _AROUND_THE_CLOCK.match(folded)
    rest = folded[clock.end() :] if clock else folded
    if clock and not rest.strip(" .)"):
        return Availability(text=text, always=True)
    limited = _FOR.match(rest) if clock else None
    if limited and not rest[limited.end() :].strip(" .)"):
        return Availability(text=text, always_for=priorities_in(limited[1]))
    if has_words(text, _ALWAYS) and len(folded.split()) <= 3:
        return Availability(text=text, always=True)
    return Availability(text=text) if has_words(text, _OFFICE) or _is_hours(folded) else None


def _is_hours(folded: str) -> bool:
    """ "9h-18h", "lun-ven 9:00-18:00": hours of its own are business hours here; the settings say which."""
    return re.search(r"\b\d{1,2}\s*(?:h|:)\s*\d{0,2}\s*(?:-|–|a|to)\s*\d{1,2}\s*(?:h|:)", folded) is not None
