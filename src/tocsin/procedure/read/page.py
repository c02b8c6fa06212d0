"""The main text, opened: its language, its sections by kind, its tables by their columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Block, Cell, Fence, Heading, Item, Paragraph, Row, Table, blocks_of
from tocsin.procedure.headings import Kind, column_of, kinds_of, language_of
from tocsin.procedure.outline import Section, outline_of
from tocsin.procedure.source import Source, Text


class Grid(NamedTuple):
    """A table with its columns named; a column that is not known has no name."""

    table: Table
    columns: tuple[str, ...]

    def cell(self, row: Row, name: str) -> Cell:
        """The cell of that column, an empty one at the row's place when it is missing."""
        if name in self.columns and self.columns.index(name) < len(row.cells):
            return row.cells[self.columns.index(name)]
        return Cell("", row.source)


class Page(Struct, frozen=True):
    """What the readers look at. `sections` are in the order of the file; a section may be of several kinds."""

    text: Text
    language: Language
    title: str
    blocks: tuple[Block, ...]
    sections: dict[Kind, tuple[Section, ...]]

    @property
    def top(self) -> Source:
        """The place for a problem with something that is not there."""
        return Source(self.text.path, 1)

    def section_blocks(self, kind: Kind) -> Iterator[Block]:
        """All blocks of the sections of that kind, those of their sub-sections too."""
        for section in self.sections.get(kind, ()):
            yield from section.everything()

    def tables(self) -> Iterator[Grid]:
        """All tables of the file."""
        return (grid_of(block) for block in self.blocks if isinstance(block, Table))

    def grids(self, kind: Kind, needed: tuple[str, ...]) -> tuple[Grid, ...]:
        """The tables that have the needed columns: those under the headings of that kind, else any of the file."""
        under = [grid_of(block) for block in self.section_blocks(kind) if isinstance(block, Table)]
        fitting = [grid for grid in under if set(needed) <= set(grid.columns)]
        return tuple(fitting or [grid for grid in self.tables() if set(needed) <= set(grid.columns)])


def grid_of(table: Table) -> Grid:
    """Name the columns; of two that would have the same name the first has it."""
    names: list[str] = []
    for cell in table.header.cells:
        name = column_of(cell.text)
        names.append(name if name not in names else "")
    return Grid(table, tuple(names))


@lru_cache(maxsize=2)
def page_of(text: Text) -> Page:
    """Open the main text. Kept: whoever gathers the files asks for its language, then the reader for the rest."""
    blocks = blocks_of(text)
    headings = [block for block in blocks if isinstance(block, Heading)]
    prose = [block.text for block in blocks if isinstance(block, (Paragraph, Item))]
    prose += [line.text for block in blocks if isinstance(block, Fence) for line in block.lines if "#" in line.text[:1]]
    title = headings[0] if headings and headings[0].level == 1 else None
    return Page(
        text=text,
        language=language_of([heading.text for heading in headings], prose),
        title=title.text if title else text.path.rpartition("/")[2],
        blocks=blocks,
        sections=sections_of(outline_of(blocks), title),
    )


def sections_of(root: Section, title: Heading | None) -> dict[Kind, tuple[Section, ...]]:
    """
    Sort sections by the words of their headings. A section inside one of its own kind is part of that one, and what is
    inside a scenario is never another section.
    """
    found: dict[Kind, list[Section]] = {}
    waiting: list[tuple[Section, frozenset[Kind]]] = [(root, frozenset())]
    while waiting:
        section, inside = waiting.pop()
        kinds = kinds_of(section.title) if section.heading is not title else ()
        for kind in kinds:
            if kind not in inside:
                found.setdefault(kind, []).append(section)
        if "scenarios" not in kinds:
            waiting.extend((child, inside.union(kinds)) for child in reversed(section.children))
    return {kind: tuple(sections) for kind, sections in found.items()}
