"""
How things look on a terminal.

Texts from outside (titles, labels, outputs) lose their control characters here: a terminal obeys them. Instants are
shown in this machine's time zone, with the day only when it is not today. Colours are click's, which leaves them out
where there is no terminal.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click
import msgspec

from tocsin.edge.clock import SystemClock
from tocsin.web.outside import one_line, plain

COLOURS = {"P1": "red", "P2": "yellow"}


def show_json(content: Any) -> None:
    """One JSON value, indented."""
    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())


def show_text(text: str) -> None:
    """A text from outside, its control characters made visible."""
    click.echo(plain(text).rstrip("\n"))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they must be; the last is cut at the edge of the terminal."""
    cells = [list(columns), *(list(map(one_line, row)) for row in rows)]
    widths = [max(width_of(row[index]) for row in cells) for index in range(len(columns) - 1)]
    room = max(20, shutil.get_terminal_size((160, 24)).columns - sum(widths) - 2 * len(widths))
    for number, row in enumerate(cells):
        padded = [cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=False)]
        line = "  ".join([*padded, one_line(row[-1], room)]).rstrip()
        click.secho(line, bold=number == 0, fg=next((COLOURS[cell] for cell in row if cell in COLOURS), None))


def width_of(text: str) -> int:
    """How many columns a text takes: wide letters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def clock_time(instant: str | None, seconds: bool = False) -> str:
    """An RFC 3339 instant in local time; "" for none."""
    if not instant:
        return ""
    here = datetime.fromisoformat(instant).astimezone()
    shown = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    is_today = here.date() == SystemClock().now().astimezone().date()
    return shown if is_today else f"{here:%Y-%m-%d} {shown}"
