"""The table of priorities: one row for each of P1 to P4, and how soon somebody must respond."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple, cast

from tocsin.incident.events import Priority
from tocsin.procedure.blocks import Row
from tocsin.procedure.durations import span
from tocsin.procedure.messages import problem
from tocsin.procedure.model import PRIORITIES, PriorityRule
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Grid, Page

NEEDED = ("level", "respond")
_LEVEL = re.compile(r"\W*\b(P[1-4])\b\W*(.*)", re.IGNORECASE | re.DOTALL)


class Priorities(NamedTuple):
    """The rules in the order of their urgency, the table they stand in, and the problems."""

    rules: tuple[PriorityRule, ...]
    grid: Grid | None
    problems: tuple[Problem, ...]


def read_priorities(page: Page) -> Priorities:
    """Read the first table that has a level and a response time."""
    grids = page.grids("priorities", NEEDED)
    if not grids:
        return Priorities((), None, (problem("P101", page.top, page.language),))
    problems: list[Problem] = []
    rules: dict[Priority, PriorityRule] = {}
    for row in grids[0].table.rows:
        _keep(row, grids[0], page, rules, problems)
    named = {priority for row in grids[0].table.rows if (priority := _priority(grids[0].cell(row, "level").text))}
    for priority in PRIORITIES:
        if priority not in named:
            problems.append(problem("P102", grids[0].table.header.source, page.language, priority=priority))
    ordered = tuple(rules[priority] for priority in PRIORITIES if priority in rules)
    return Priorities(ordered, grids[0], (*problems, *_disorder(ordered, page)))


def _priority(text: str) -> Priority | None:
    match = _LEVEL.match(text)
    return cast(Priority, match[1].upper()) if match else None


def _keep(row: Row, grid: Grid, page: Page, rules: dict[Priority, PriorityRule], problems: list[Problem]) -> None:
    level, respond = grid.cell(row, "level"), grid.cell(row, "respond")
    match = _LEVEL.match(level.text)
    priority = _priority(level.text)
    within = span(respond.text)
    if match is None or priority is None:
        problems.append(problem("P105", level.source, page.language, text=level.text))
    elif priority in rules:
        problems.append(
            problem("P103", level.source, page.language, priority=priority, line=rules[priority].source.line)
        )
    elif within is None:
        problems.append(problem("P104", respond.source, page.language, text=respond.text))
    else:
        rules[priority] = PriorityRule(
            priority=priority,
            name=match[2].strip() or priority,
            description=grid.cell(row, "description").text,
            respond_within=within,
            examples=_phrases(grid.cell(row, "examples").text),
            source=level.source,
        )


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase for part in re.split(r"[,;]", text) if (phrase := part.strip()))


def _disorder(rules: tuple[PriorityRule, ...], page: Page) -> list[Problem]:
    return [
        problem("P106", lower.source, page.language, urgent=higher.priority, other=lower.priority)
        for higher, lower in pairwise(rules)
        if lower.respond_within < higher.respond_within
    ]
