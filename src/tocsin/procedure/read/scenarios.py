"""Scenarios: under the heading of that name, each sub-heading with its fences is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tocsin.procedure.blocks import Fence, Heading, Item, Link
from tocsin.procedure.commands import SHELL_LANGUAGES
from tocsin.procedure.folding import slug_of, title_of, unique
from tocsin.procedure.judge import judged
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Scenario
from tocsin.procedure.outline import Section
from tocsin.procedure.plans import plan_of
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Page
from tocsin.procedure.read.scenario_lines import read_lines


class Scenarios(NamedTuple):
    """The scenarios in the order of the file; `links` lead to their runbooks."""

    scenarios: tuple[Scenario, ...]
    problems: tuple[Problem, ...]
    links: tuple[Link, ...]


def read_scenarios(page: Page) -> Scenarios:
    """Read every scenario; one without a step stays, with a problem: people may still read its notes."""
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    links: list[Link] = []
    slugs: dict[str, int] = {}
    for section, heading in _found(page):
        title = title_of(heading.text)
        plan = plan_of(title, section.everything(), page.language)
        result = judged(plan, page.language)
        problems.extend(result.problems)
        if not result.steps:
            problems.append(problem("P111", heading.source, page.language, title=title))
        said = read_lines(plan.fields, unique(slug_of(title), slugs), page.language)
        problems.extend(said.problems)
        links.extend(said.links)
        scenarios.append(
            Scenario(
                slug=said.slug,
                title=title,
                source=heading.source,
                steps=result.steps,
                notes=plan.notes,
                triggers=said.triggers,
                priority=said.priority,
                runbook=said.runbook,
            )
        )
    return Scenarios(tuple(scenarios), tuple(problems), tuple(links))


def _found(page: Page) -> Iterator[tuple[Section, Heading]]:
    """The sub-sections; a section of scenarios that holds commands itself is one too."""
    for section in page.sections.get("scenarios", ()):
        own = any(isinstance(b, Fence) and b.language in SHELL_LANGUAGES for b in section.blocks)
        parted = any(isinstance(block, Item) and block.links for block in section.blocks)
        if section.heading and (own or not (section.children or parted)):
            yield Section(section.heading, section.blocks, ()), section.heading
        for child in section.children:
            if child.heading:
                yield child, child.heading
