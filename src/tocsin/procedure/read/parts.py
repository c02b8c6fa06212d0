"""
A procedure of many files: the pages that the main one is parted into, read as if they stood in it.

A list item that begins with a link, directly below a heading of the main page, makes the linked page a part of that
section: below "Scenarios" each heading of level 1 is a scenario, below any other its tables count. A part with sections
of its own is read by their headings. The surprise: below "Diagnosis" a link is a runbook, and never a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from tocsin.procedure.blocks import Block, Item, blocks_of
from tocsin.procedure.headings import Kind
from tocsin.procedure.links import is_page, resolved
from tocsin.procedure.outline import Section, outline_of
from tocsin.procedure.read.page import Page, sections_of
from tocsin.procedure.source import Text

PARTED: tuple[Kind, ...] = (
    "priorities", "triage", "scenarios", "contacts", "alerts", "parameters", "maintenance", "obligations", "parts",
)  # fmt: skip
Sections = Mapping[Kind, Sequence[Section]]


def parts_of(page: Page, texts: Mapping[str, Text]) -> dict[str, Kind]:
    """The paths of the parts, each with the kind of section that it belongs to; a part may have parts."""
    found: dict[str, Kind] = {}
    waiting = list(_linked(page.sections, page.text.path))
    while waiting:
        kind, path = waiting.pop(0)
        if path in texts and path not in found and path != page.text.path:
            found[path] = kind
            waiting.extend(_linked(_sections(texts[path], kind), path))
    return found


def with_parts(page: Page, parts: Mapping[str, Kind], texts: Mapping[str, Text]) -> Page:
    """The main page with what its parts hold; every block keeps its own place."""
    sections: dict[Kind, tuple[Section, ...]] = dict(page.sections)
    blocks: list[Block] = list(page.blocks)
    for path, kind in parts.items():
        blocks.extend(blocks_of(texts[path]))
        for own, found in _sections(texts[path], kind).items():
            sections[own] = (*sections.get(own, ()), *found)
    return replace(page, blocks=tuple(blocks), sections=sections) if parts else page


def _linked(sections: Sections, origin: str) -> Iterator[tuple[Kind, str]]:
    for kind in PARTED:
        for section in sections.get(kind, ()):
            for block in section.blocks:
                if isinstance(block, Item) and block.links and block.text.startswith(block.links[0].text):
                    path = resolved(origin, block.links[0].target)
                    if path and is_page(path):
                        yield kind, path


def _sections(text: Text, kind: Kind) -> dict[Kind, tuple[Section, ...]]:
    """The sections of a part by its own headings; all of it is one of `kind` when none of them says so."""
    outline = outline_of(blocks_of(text))
    found = sections_of(outline, None)
    if kind in found or kind == "parts":
        return found
    if kind == "scenarios":  # its "Diagnosis" is a step of the scenario, and no section of the procedure
        return {"scenarios": (Section(None, (), outline.children),)}
    return {**found, kind: (outline,)}
