"""
Maintenance windows: planned work, from tables with the columns work, from, to, alerts.

The instants become UTC by the zone in the cell, else by the procedure's. The surprise: without any zone a window is not
applied, because an hour too much of silence is an hour in which nobody is called.
"""

from __future__ import annotations

from typing import NamedTuple

from tocsin.procedure.blocks import Row
from tocsin.procedure.folding import words_of
from tocsin.procedure.hours import as_utc, day_after, instant_in
from tocsin.procedure.matchers import matchers_in
from tocsin.procedure.messages import problem
from tocsin.procedure.model import MaintenanceRule, Matcher
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.alerts import alerts_in
from tocsin.procedure.read.page import Grid, Page

NEEDED = frozenset({"work", "begins", "ends", "alert"})
_ALL = frozenset({"toutes", "tout", "toutes les alertes", "all", "all alerts", "every alert", "everything"})


class Maintenance(NamedTuple):
    """The windows in the order of the file, the tables they stand in, and the problems."""

    rules: tuple[MaintenanceRule, ...]
    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]


def read_maintenance(page: Page, timezone: str) -> Maintenance:
    """Read every table of planned work."""
    grids = tuple(grid for grid in page.tables() if set(grid.columns) >= NEEDED)
    rules: list[MaintenanceRule] = []
    problems: list[Problem] = []
    for grid in grids:
        for row in grid.table.rows:
            found = _rules(row, grid, page, timezone)
            rules.extend(found if not isinstance(found, Problem) else ())
            problems.extend([found] if isinstance(found, Problem) else [])
    return Maintenance(tuple(rules), grids, tuple(problems))


def _rules(row: Row, grid: Grid, page: Page, timezone: str) -> list[MaintenanceRule] | Problem:
    cells = {name: grid.cell(row, name) for name in NEEDED}
    first = instant_in(cells["begins"].text, day_first=page.language == "fr")
    last = instant_in(cells["ends"].text, day_first=page.language == "fr")
    if first is None or last is None:
        wrong = cells["begins" if first is None else "ends"]
        return problem("P123", wrong.source, page.language, text=wrong.text)
    begins, ends = as_utc(first, timezone), as_utc(day_after(last), timezone)
    if begins is None or ends is None:
        return problem("P124", cells["begins"].source, page.language, text=cells["begins"].text)
    if begins >= ends:
        return problem("P123", cells["ends"].source, page.language, text=cells["ends"].text)
    written = cells["alert"].written
    lists = _matchers(written if matchers_in(written) else cells["alert"].text)
    if lists is None:
        return problem("P114", cells["alert"].source, page.language, text=cells["alert"].text)
    title = cells["work"].text
    source = cells["work"].source
    return [MaintenanceRule(title=title, begins=begins, ends=ends, matchers=one, source=source) for one in lists]


def _matchers(text: str) -> tuple[tuple[Matcher, ...], ...] | None:
    """One list of matchers for each alert that is named; « toutes » is a list without any."""
    if words_of(text) in _ALL:
        return ((),)
    return alerts_in(text) or None
