"""The tables that were recorded and travel with the package: each program's are read when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from tocsin.procedure.grammar.table import CommandTable

FOLDER = Path(__file__).parents[2] / "procedure" / "tables"


def recorded_tables(programs: Iterable[str] | None = None) -> dict[str, tuple[CommandTable, ...]]:
    """By program, the newest version first; of all programs, or of those that are named."""
    wanted = _programs() if programs is None else _programs() & set(programs)
    return {program: _tables_of(program) for program in sorted(wanted)}


@cache
def _programs() -> frozenset[str]:
    return frozenset(page.stem.rpartition("-")[0] for page in FOLDER.glob("*.json"))


@cache
def _tables_of(program: str) -> tuple[CommandTable, ...]:
    pages = (page for page in FOLDER.glob(f"{program}-*.json") if page.stem.rpartition("-")[0] == program)
    tables = [msgspec.json.decode(page.read_bytes(), type=CommandTable) for page in pages]
    return tuple(sorted(tables, key=_age, reverse=True))


def _age(table: CommandTable) -> tuple[int, ...]:
    return tuple(int(part) for part in table.version.split(".") if part.isdigit())
