"""
The blocks of a file as a tree of sections.

A section is a heading, the blocks below it up to the next heading, and the sections under it. The file itself is the
root section, without a heading. Levels that are skipped (## then ####) nest all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tocsin.procedure.blocks import Block, Heading


class Section(Struct, frozen=True):
    """`blocks` are its own, `children` the sections under it; the root has no heading."""

    heading: Heading | None
    blocks: tuple[Block, ...]
    children: tuple[Section, ...]

    @property
    def title(self) -> str:
        """The text of its heading, "" for the root."""
        return self.heading.text if self.heading else ""

    def everything(self) -> Iterator[Block]:
        """Its blocks and those of all sections under it, headings among them, in the order of the file."""
        waiting: list[Section | Block] = [self]
        while waiting:
            first = waiting.pop()
            if isinstance(first, Section):
                head = (first.heading,) if first.heading and first is not self else ()
                waiting.extend(reversed((*head, *first.blocks, *first.children)))
            else:
                yield first


def outline_of(blocks: Sequence[Block]) -> Section:
    """Nest the blocks under their headings."""
    open_sections: list[_Open] = [_Open(None, 0)]
    for block in blocks:
        if isinstance(block, Heading):
            _close(open_sections, block.level)
            open_sections.append(_Open(block, block.level))
        else:
            open_sections[-1].blocks.append(block)
    _close(open_sections, 1)
    return open_sections[0].closed()


class _Open:
    """A section that still grows."""

    def __init__(self, heading: Heading | None, level: int) -> None:
        self.heading = heading
        self.level = level
        self.blocks: list[Block] = []
        self.children: list[Section] = []

    def closed(self) -> Section:
        return Section(self.heading, tuple(self.blocks), tuple(self.children))


def _close(open_sections: list[_Open], level: int) -> None:
    while open_sections[-1].level >= level:
        done = open_sections.pop().closed()
        open_sections[-1].children.append(done)
