"""The sentences that are only shown to people, kept with their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tocsin.procedure.model import Passage
from tocsin.procedure.plans import paragraphs_of
from tocsin.procedure.read.page import Page

Stage = Literal["detection", "triage", "diagnosis", "resolution", "postmortem"]


def passages_of(page: Page, stage: Stage) -> Iterator[Passage]:
    """The paragraphs and list items of one stage's sections."""
    for block in paragraphs_of(page.section_blocks(stage)):
        if block.text:
            yield Passage(stage, block.text, block.source)
