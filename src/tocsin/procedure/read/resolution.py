"""Resolution: what the team says about applying a fix. Only shown; the steps stand in the scenarios and runbooks."""

from __future__ import annotations

from tocsin.procedure.model import Passage
from tocsin.procedure.read.page import Page
from tocsin.procedure.read.passages import passages_of


def read_resolution(page: Page) -> tuple[Passage, ...]:
    """The sentences of the section."""
    return tuple(passages_of(page, "resolution"))
