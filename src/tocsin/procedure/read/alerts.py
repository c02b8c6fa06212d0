"""
Tables of alerts: which alert means what, one or more to a row.

A table is one when it has a column for the alert and one for a priority, a scenario or a runbook. The alert's cell
holds names (several with commas) or matchers in Alertmanager's own syntax; several names are several rules. The
surprise: a row of which one cell is not understood is not applied at all, because half a rule is another rule.
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from tocsin.incident.events import Priority
from tocsin.procedure.blocks import Cell, Link, Row
from tocsin.procedure.folding import slug_of, title_of, words_of
from tocsin.procedure.matchers import is_name, matchers_in, named
from tocsin.procedure.messages import problem
from tocsin.procedure.model import AlertRule, Matcher
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page

SAYS = frozenset({"level", "scenario", "runbook"})
_OTHERS = (frozenset({"respond"}), frozenset({"role", "address"}))
_LEVEL = re.compile(r"\W*\b(P[1-4])\b", re.IGNORECASE)
_HEARTBEAT = frozenset({"heartbeat", "sign of life", "signe de vie", "battement de coeur"})
_IGNORED = frozenset({"ignored", "ignore", "ignoree", "ignorees", "ignores"})


class Alerts(NamedTuple):
    """The rules in the order of the file, the tables they stand in, and the problems; `links` lead to runbooks."""

    rules: tuple[AlertRule, ...]
    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]
    links: tuple[Link, ...]


class _Level(NamedTuple):
    """What a cell for a priority says: one of them, or that it is no priority of ours (`understood` False)."""

    priority: Priority | None = None
    heartbeat: bool = False
    ignored: bool = False
    understood: bool = True


def read_alerts(page: Page) -> Alerts:
    """Read every table of alerts of the page, wherever it stands."""
    grids = tuple(grid for grid in page.tables() if is_of_alerts(grid))
    rules: list[AlertRule] = []
    problems: list[Problem] = []
    for grid in grids:
        for row in grid.table.rows:
            if any(cell.text for cell in row.cells):
                _keep(row, grid, page, rules, problems)
    links = (link for grid in grids for row in grid.table.rows for link in grid.cell(row, "runbook").links)
    return Alerts(tuple(rules), grids, tuple(problems), tuple(links))


def is_of_alerts(grid: Grid) -> bool:
    """Whether a table says what alerts mean."""
    columns = frozenset(grid.columns)
    return "alert" in columns and bool(columns & SAYS) and not any(other <= columns for other in _OTHERS)


def alerts_in(text: str) -> tuple[tuple[Matcher, ...], ...]:
    """The matchers of each alert that a text names: one list of matchers, or names with commas; () for anything else."""
    if matchers := matchers_in(text):
        return (matchers,)
    names = [name.strip() for name in text.split(",")]
    return tuple(named(name) for name in names) if all(map(is_name, names)) else ()


def _keep(row: Row, grid: Grid, page: Page, rules: list[AlertRule], problems: list[Problem]) -> None:
    alert, level, raised = (grid.cell(row, name) for name in ("alert", "level", "raised"))
    # To Markdown the stars of two patterns are emphasis.
    found = alerts_in(alert.written if matchers_in(alert.written) else alert.text)
    said, higher = _level(level), _level(raised)
    if not found:
        problems.append(problem("P114", alert.source, page.language, text=alert.text))
    elif not said.understood:
        problems.append(problem("P115", level.source, page.language, text=level.text))
    elif not higher.understood or higher.heartbeat or higher.ignored:
        problems.append(problem("P115", raised.source, page.language, text=raised.text))
    else:
        read = [_rule(matchers, row, grid, said, higher) for matchers in found]
        if says_something(read[0]):
            rules.extend(read)
        else:
            problems.append(problem("P116", alert.source, page.language, text=alert.text))


def says_something(rule: AlertRule) -> bool:
    """Whether a rule decides anything."""
    return bool(rule.priority or rule.scenario or rule.runbook or rule.heartbeat or rule.ignored)


def _rule(matchers: tuple[Matcher, ...], row: Row, grid: Grid, said: _Level, higher: _Level) -> AlertRule:
    return AlertRule(
        matchers=matchers,
        source=grid.cell(row, "alert").source,
        priority=said.priority,
        condition=_said(grid.cell(row, "condition")),
        scenario=scenario_slug(grid.cell(row, "scenario")),
        runbook=runbook_slug(grid.cell(row, "runbook")),
        reason=_said(grid.cell(row, "reason")),
        raised=higher.priority,
        heartbeat=said.heartbeat,
        ignored=said.ignored,
    )


def _said(cell: Cell) -> str:
    """What a cell says; a dash alone says nothing."""
    return "" if not words_of(cell.text) else cell.text


def _level(cell: Cell) -> _Level:
    words = words_of(cell.text)
    match = _LEVEL.match(cell.text)
    if match:
        return _Level(cast(Priority, match[1].upper()))
    return _Level(
        heartbeat=words in _HEARTBEAT, ignored=words in _IGNORED, understood=words in ("", *_HEARTBEAT, *_IGNORED)
    )


def scenario_slug(cell: Cell) -> str:
    """The scenario that a cell names: by the place its link leads to, else by its title."""
    place = cell.links[0].target.partition("#")[2] if cell.links else ""
    return slug_of(place or title_of(cell.text)) if words_of(cell.text) else ""


def runbook_slug(cell: Cell) -> str:
    """The runbook that a cell names: by the file its link leads to, else by its name."""
    return slug_of_page(cell.links[0].target if cell.links else cell.text)


def slug_of_page(target: str) -> str:
    """The slug of a runbook, by its path or its name; "" when there is none."""
    target = target.partition("#")[0]
    name = target.replace("\\", "/").rpartition("/")[2]
    return slug_of(re.sub(r"\.(md|markdown)$", "", name, flags=re.IGNORECASE)) if words_of(name) else ""
