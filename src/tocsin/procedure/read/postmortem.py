"""Post-mortem: which priorities need one ("Pour tout incident P1/P2"), and the sections it must have."""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.incident.events import Priority
from tocsin.procedure.blocks import Item, Paragraph
from tocsin.procedure.folding import has_words
from tocsin.procedure.messages import problem
from tocsin.procedure.model import PRIORITIES, Passage, PostmortemRule
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Page
from tocsin.procedure.read.passages import passages_of

_EVERY = ("tous les incidents", "chaque incident", "tout incident", "all incidents", "every incident", "each incident")


class Postmortem(NamedTuple):
    """The rule, None when there is no such section."""

    rule: PostmortemRule | None
    passages: tuple[Passage, ...]
    problems: tuple[Problem, ...]


def read_postmortem(page: Page) -> Postmortem:
    """Read the section's sentences for priorities and its list for sections."""
    sections = page.sections.get("postmortem", ())
    if not sections or sections[0].heading is None:
        return Postmortem(None, (), ())
    blocks = list(page.section_blocks("postmortem"))
    sentences = " ".join([block.text for block in blocks if isinstance(block, Paragraph)])
    priorities = priorities_in(sentences)
    if not priorities and has_words(sentences, _EVERY):
        priorities = PRIORITIES
    source = next((b.source for b in blocks if isinstance(b, Paragraph)), sections[0].heading.source)
    rule = PostmortemRule(
        priorities=priorities, sections=tuple(b.text for b in blocks if isinstance(b, Item)), source=source
    )
    problems = () if priorities else (problem("P109", source, page.language),)
    return Postmortem(rule, tuple(passages_of(page, "postmortem")), problems)


def priorities_in(text: str) -> tuple[Priority, ...]:
    """The priorities that a sentence names: "P1/P2", "P1, P2 et P3", and the range "P1 à P3"."""
    named = {f"P{digit}" for digit in re.findall(r"\bP([1-4])\b", text, re.IGNORECASE)}
    for first, last in re.findall(r"\bP([1-4])\s*(?:à|a|to|-|–|\.\.)\s*P([1-4])\b", text, re.IGNORECASE):
        named |= {f"P{digit}" for digit in range(int(first), int(last) + 1)}
    return tuple(priority for priority in PRIORITIES if priority in named)
