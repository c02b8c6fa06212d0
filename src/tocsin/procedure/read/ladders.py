"""
Ladders: for each priority who is called after how long, from tables with the columns priority, after, call.

A cell may name several priorities; an empty one goes on with the row above. A row « toutes les 5 min » is the
repetition after the last rung. The surprise: a row that is not understood leaves the whole priority with tocsin's own
ladder, because a ladder that lacks a rung would call somebody too late.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from tocsin.incident.events import Priority
from tocsin.procedure.blocks import Cell, Row
from tocsin.procedure.durations import span
from tocsin.procedure.folding import fold, words_of
from tocsin.procedure.messages import problem
from tocsin.procedure.model import PRIORITIES, Contact, LadderRule, LadderRung
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page
from tocsin.procedure.read.postmortem import priorities_in
from tocsin.procedure.read.who import is_notice, people_in, unknown_people

_WHO = ("call", "role", "address")
_AT_ONCE = frozenset({"immediatement", "tout de suite", "aussitot", "immediately", "at once", "now", "0"})
_AGAIN = re.compile(r"^(?:puis\s+|ensuite\s+|then\s+)?(?:toutes les|tous les|chaque|every|each|again every)\s+(.*)$")
_ZERO = re.compile(r"^[+t]*\s*0+\s*(?:[a-z]+)?$")


class Ladders(NamedTuple):
    """The ladders in the order of the priorities, the tables they stand in, and the problems."""

    rules: tuple[LadderRule, ...]
    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]


class _Growing:
    """The ladder of one priority while its rows are read."""

    def __init__(self, source_row: Row) -> None:
        self.source = source_row.source
        self.rungs: list[LadderRung] = []
        self.again: timedelta | None = None
        self.broken = False


def read_ladders(page: Page, contacts: Sequence[Contact]) -> Ladders:
    """Read every table of the page that is a ladder."""
    grids = tuple(grid for grid in page.tables() if is_ladder(grid))
    problems: list[Problem] = []
    growing: dict[Priority, _Growing] = {}
    for grid in grids:
        _read(grid, page, contacts, growing, problems)
    rules = tuple(_rule(priority, growing[priority]) for priority in PRIORITIES if _stands(growing.get(priority)))
    return Ladders(rules, grids, tuple(problems))


def is_ladder(grid: Grid) -> bool:
    """Whether a table says who is called after how long."""
    return {"level", "after"} <= set(grid.columns) and any(name in grid.columns for name in _WHO)


def _read(
    grid: Grid, page: Page, contacts: Sequence[Contact], growing: dict[Priority, _Growing], problems: list[Problem]
) -> None:
    named: tuple[Priority, ...] = ()
    for row in grid.table.rows:
        level = grid.cell(row, "level")
        named = priorities_in(level.text) or (named if not words_of(level.text) else ())
        if not named:
            problems.append(problem("P105", level.source, page.language, text=level.text))
        for index, priority in enumerate(named):
            found = _row(row, grid, growing.setdefault(priority, _Growing(row)), page, contacts)
            problems.extend(found if index == 0 else [])


def _row(row: Row, grid: Grid, ladder: _Growing, page: Page, contacts: Sequence[Contact]) -> list[Problem]:
    after, cell = grid.cell(row, "after"), _who_cell(row, grid)
    who = people_in(cell.text, contacts)
    problems = unknown_people(who, cell, contacts, page.language) if words_of(cell.text) else []
    again, wait = _again(after.text), _wait(after.text)
    if again is None and wait is None:
        problems.append(problem("P211", after.source, page.language, text=after.text))
    elif not words_of(cell.text) and again is None:
        problems.append(problem("P210", cell.source, page.language, name=cell.text, hint=""))
    elif again is not None:
        ladder.again = again
    elif wait is not None:
        notice = who.notice or is_notice(grid.cell(row, "how").text)
        ladder.rungs.append(
            LadderRung(
                after=wait,
                source=after.source,
                contacts=who.contacts,
                on_call=who.on_call,
                everyone=who.everyone,
                notice=notice,
            )
        )
    ladder.broken = ladder.broken or bool(problems)
    return problems


def _who_cell(row: Row, grid: Grid) -> Cell:
    return grid.cell(row, next(name for name in _WHO if name in grid.columns))


def _wait(text: str) -> timedelta | None:
    folded = fold(text)
    if words_of(text) in _AT_ONCE or _ZERO.match(folded):
        return timedelta(0)
    return span(folded.removeprefix("t").strip().removeprefix("+"))


def _again(text: str) -> timedelta | None:
    found = _AGAIN.match(fold(text))
    return span(found[1]) if found else None


def _stands(ladder: _Growing | None) -> bool:
    return ladder is not None and not ladder.broken and bool(ladder.rungs)


def _rule(priority: Priority, ladder: _Growing) -> LadderRule:
    rungs = tuple(sorted(ladder.rungs, key=lambda rung: rung.after))
    return LadderRule(priority=priority, rungs=rungs, source=ladder.source, again=ladder.again)
