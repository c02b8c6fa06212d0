"""
The on-call rota: who is on duty when, from tables with a column for the person and one for days, dates or weeks.

Dates (« Du », « Au ») or weekdays with hours (« lun-ven », « 18h-9h »), every week or the even or odd ones. The first
row that holds at an instant names who is on duty. The surprise: an end that is a date without a time is the whole day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from tocsin.procedure.blocks import Cell, Row
from tocsin.procedure.folding import words_of
from tocsin.procedure.hours import day_after, hours_in, instant_in, week_in, weekdays_in, zone_in
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Contact, Shift
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page
from tocsin.procedure.read.who import people_in, unknown_people

_WHO = ("call", "role", "address")
_PARITY: dict[str, Literal["even", "odd"]] = {
    **dict.fromkeys(("paire", "paires", "semaine paire", "semaines paires", "even", "even weeks"), "even"),
    **dict.fromkeys(("impaire", "impaires", "semaine impaire", "semaines impaires", "odd", "odd weeks"), "odd"),
}
_ALL_WEEKS = frozenset(
    {"", "toutes", "toutes les semaines", "chaque semaine", "all", "every", "every week", "all weeks"}
)
_ALL_DAY = frozenset({"", "24 24", "24h 24", "toute la journee", "all day", "24 hours"})


class Rota(NamedTuple):
    """The shifts in the order of the file, the tables they stand in, and the problems."""

    shifts: tuple[Shift, ...]
    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]


def read_rota(page: Page, contacts: Sequence[Contact]) -> Rota:
    """Read every table of the page that is a rota."""
    grids = tuple(grid for grid in page.tables() if is_rota(grid))
    shifts: list[Shift] = []
    problems: list[Problem] = []
    for grid in grids:
        for row in grid.table.rows:
            cell = _who_cell(row, grid)
            who = people_in(cell.text, contacts)
            shift = _shift(row, grid, who.contacts[0], page) if len(who.contacts) == 1 else None
            problems.extend(unknown_people(who, cell, contacts, page.language))
            if shift:
                shifts.append(shift)
            elif not who.unknown:
                problems.append(problem("P212", row.source, page.language))
    return Rota(tuple(shifts), grids, tuple(problems))


def is_rota(grid: Grid) -> bool:
    """Whether a table says who is on duty when."""
    columns = set(grid.columns)
    when = {"begins", "ends"} <= columns or "days" in columns or "weeks" in columns
    return when and any(name in columns for name in _WHO) and not columns & {"after", "alert", "respond", "level"}


def _who_cell(row: Row, grid: Grid) -> Cell:
    return grid.cell(row, next(name for name in _WHO if name in grid.columns))


def _shift(row: Row, grid: Grid, contact: str, page: Page) -> Shift | None:
    weeks, hours = grid.cell(row, "weeks").text, grid.cell(row, "availability").text
    zone = zone_in(" ".join(cell.text for cell in row.cells))
    source = _who_cell(row, grid).source
    if dates := week_in(weeks) or _dates(row, grid, page):
        return Shift(contact=contact, source=source, begins=dates[0], ends=dates[1], timezone=zone)
    if any(words_of(grid.cell(row, name).text) for name in ("begins", "ends")):
        return None
    times = hours_in(hours) or hours_in(grid.cell(row, "days").text)
    parity = _PARITY.get(words_of(weeks))
    understood = (times or words_of(hours) in _ALL_DAY) and (parity or words_of(weeks) in _ALL_WEEKS)
    days = weekdays_in(grid.cell(row, "days").text) or (tuple(range(7)) if "days" not in grid.columns else ())
    if not understood or not days:
        return None
    opens, closes = times or ("00:00", "00:00")
    return Shift(
        contact=contact, source=source, weekdays=days, opens=opens, closes=closes, weeks=parity or "", timezone=zone
    )


def _dates(row: Row, grid: Grid, page: Page) -> tuple[str, str] | None:
    first = instant_in(grid.cell(row, "begins").text, day_first=page.language == "fr")
    last = instant_in(grid.cell(row, "ends").text, day_first=page.language == "fr")
    if first is None or last is None:
        return None
    ends = day_after(last).local
    return (first.local, ends) if first.local < ends else None
