"""Triage: the commands that give a first look at the whole, run when an incident opens."""

from __future__ import annotations

from typing import NamedTuple

from tocsin.procedure.judge import judged
from tocsin.procedure.model import Command, Passage
from tocsin.procedure.plans import plan_of
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Page
from tocsin.procedure.read.passages import passages_of


class Triage(NamedTuple):
    """The commands, the sentences around them and the comments above them."""

    commands: tuple[Command, ...]
    passages: tuple[Passage, ...]
    problems: tuple[Problem, ...]


def read_triage(page: Page) -> Triage:
    """Read every fence of the section as one list of commands; its steps do not matter."""
    plan = plan_of("", page.section_blocks("triage"), page.language)
    result = judged(plan, page.language)
    comments = [Passage("triage", step.text, step.source) for step in result.steps if step.text]
    sentences = list(passages_of(page, "triage"))
    known = {passage.text for passage in sentences}
    passages = (*sentences, *(comment for comment in comments if comment.text not in known))
    return Triage(result.commands, passages, result.problems)
