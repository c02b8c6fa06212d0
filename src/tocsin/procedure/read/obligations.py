"""Obligations: whom the law or a contract wants told within how long, from tables with the columns regime, recipient, deadline."""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.procedure.blocks import Cell, Row
from tocsin.procedure.durations import span
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Obligation
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page

_DEADLINES = ("deadline", "respond")


class Obligations(NamedTuple):
    """The obligations in the order of the file, the tables they stand in, and the problems."""

    rules: tuple[Obligation, ...]
    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]


def read_obligations(page: Page) -> Obligations:
    """Read every table of obligations; « sans délai » is one without a length of time."""
    grids = tuple(grid for grid in page.tables() if is_of_obligations(grid))
    rules: list[Obligation] = []
    problems: list[Problem] = []
    for grid in grids:
        for row in grid.table.rows:
            deadline = _deadline(row, grid)
            if grid.cell(row, "regime").text:
                rules.append(_obligation(row, grid))
            if span(deadline.text) is None and re.search(r"\d", deadline.text):
                problems.append(problem("P125", deadline.source, page.language, text=deadline.text))
    return Obligations(tuple(rules), grids, tuple(problems))


def is_of_obligations(grid: Grid) -> bool:
    """Whether a table says whom to tell within how long."""
    columns = set(grid.columns)
    return "regime" in columns and bool(columns & {"recipient", *_DEADLINES}) and not {"level", "respond"} <= columns


def _deadline(row: Row, grid: Grid) -> Cell:
    return grid.cell(row, next((name for name in _DEADLINES if name in grid.columns), "deadline"))


def _obligation(row: Row, grid: Grid) -> Obligation:
    return Obligation(
        regime=grid.cell(row, "regime").text,
        source=grid.cell(row, "regime").source,
        recipient=grid.cell(row, "recipient").text,
        within=span(_deadline(row, grid).text),
        counted_from=grid.cell(row, "counted").text,
        condition=grid.cell(row, "condition").text,
    )
