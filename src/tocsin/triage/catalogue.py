"""
tocsin's own table of alerts, read from Markdown like everything else that decides.

A `Text` comes in (`procedure/catalogue.md`, shipped), rows by alert name go out. A row that cannot be read raises: the
table is ours, and a test reads it.
"""

from __future__ import annotations

from typing import cast

from tocsin.incident.events import Priority
from tocsin.procedure.blocks import Row, Table, blocks_of
from tocsin.procedure.model import PRIORITIES
from tocsin.procedure.source import Text
from tocsin.world import CatalogueRow

COLUMNS = ("alert", "priority", "raised to", "scenario", "reason")


def read_catalogue(text: Text) -> dict[str, CatalogueRow]:
    """Read every table with the columns Alert, Priority, Raised to, Scenario, Reason; raises ValueError with the place."""
    rows: dict[str, CatalogueRow] = {}
    for block in blocks_of(text):
        if isinstance(block, Table) and tuple(cell.text.casefold() for cell in block.header.cells) == COLUMNS:
            for row in block.rows:
                read = _row(row)
                if read.alert in rows:
                    raise ValueError(f"{row.source}: {read.alert} stands there twice")
                rows[read.alert] = read
    return rows


def _row(row: Row) -> CatalogueRow:
    alert, priority, raised, scenario, reason = (cell.text for cell in row.cells)
    if not alert or priority not in PRIORITIES or raised not in (*PRIORITIES, "-") or not scenario:
        raise ValueError(f"{row.source}: this row cannot be read")
    return CatalogueRow(
        alert=alert,
        priority=priority,
        scenario=scenario,
        reason=reason,
        raised=None if raised == "-" else cast(Priority, raised),
    )
