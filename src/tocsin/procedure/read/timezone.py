"""The time zone of the procedure's hours: one line « Fuseau horaire : Europe/Paris », anywhere in its main text."""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.procedure.blocks import Item, Paragraph
from tocsin.procedure.fields import bare
from tocsin.procedure.folding import words_of
from tocsin.procedure.hours import is_zone
from tocsin.procedure.messages import problem
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Page

_KEYS = frozenset({"fuseau horaire", "fuseau", "time zone", "timezone"})


class Zone(NamedTuple):
    """Its name, "" when nothing is said."""

    name: str
    problems: tuple[Problem, ...]


def read_timezone(page: Page) -> Zone:
    """Read the first line that names a zone; one that the world does not know is a problem."""
    for block in page.blocks:
        for line in block.lines if isinstance(block, (Item, Paragraph)) else ():
            key, colon, value = bare(line.written).partition(":")
            if colon and words_of(key) in _KEYS:
                name = re.sub(r"[*_.\s]+$", "", value.strip())
                if is_zone(name):
                    return Zone(name, ())
                return Zone("", (problem("P213", line.source, page.language, name=name),))
    return Zone("", ())
