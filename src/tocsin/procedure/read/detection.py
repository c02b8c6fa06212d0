"""Detection: where alerts come from, as the team lists it. Only shown: the sources that tocsin hears are its settings'."""

from __future__ import annotations

from tocsin.procedure.blocks import Item
from tocsin.procedure.model import Passage
from tocsin.procedure.read.page import Page


def read_detection(page: Page) -> tuple[Passage, ...]:
    """The items of the section's lists."""
    items = (block for block in page.section_blocks("detection") if isinstance(block, Item))
    return tuple(Passage("detection", item.text, item.source) for item in items)
