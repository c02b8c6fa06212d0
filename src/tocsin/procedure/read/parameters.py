"""Parameters: what `<ip>` stands for, from tables with the columns parameter and type, or items « `<ip>` : adresse IP »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tocsin.procedure.blocks import Item
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Parameter
from tocsin.procedure.parameters import kind_in
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page
from tocsin.procedure.source import Source

NEEDED = frozenset({"parameter", "kind"})
_ITEM = re.compile(r"`<([^<>`]+)>`\s*:\s*(.+)$")


class Parameters(NamedTuple):
    """The parameters in the order of the file, the tables they stand in, and the problems."""

    parameters: tuple[Parameter, ...]
    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]


def read_parameters(page: Page) -> Parameters:
    """Read every table and every item that says what a placeholder stands for; the first word on each counts."""
    grids = tuple(grid for grid in page.tables() if set(grid.columns) >= NEEDED)
    found: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for name, kind, source in (*_of_tables(grids), *_of_items(page)):
        told = kind_in(kind)
        if not name or told is None:
            problems.append(problem("P126", source, page.language, text=kind))
        else:
            found.setdefault(name, Parameter(name=name, kind=told[0], choices=told[1], source=source))
    return Parameters(tuple(found.values()), grids, tuple(problems))


def _of_tables(grids: tuple[Grid, ...]) -> Iterator[tuple[str, str, Source]]:
    for grid in grids:
        for row in grid.table.rows:
            cell = grid.cell(row, "parameter")
            yield (cell.written or cell.text).strip("` <>"), grid.cell(row, "kind").text, cell.source


def _of_items(page: Page) -> Iterator[tuple[str, str, Source]]:
    for block in page.blocks:
        found = _ITEM.match(block.lines[0].written) if isinstance(block, Item) and block.lines else None
        if found and isinstance(block, Item):
            yield found[1].strip(), found[2].strip().rstrip("."), block.source
