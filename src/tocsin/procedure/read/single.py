"""
One page read by itself, as a runbook: what no other page can change.

A page gives the same `Single` as long as its text, its path and the language of the procedure are the same; so it is
read once and kept (`Singles`), for the next check of a procedure of which one page was edited. The surprise: whether a
link is broken is not here, because that depends on the pages around it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Fence, Heading, Link, blocks_of
from tocsin.procedure.judge import Judged, judged
from tocsin.procedure.links import candidates, links_of, manifests_of, pages_of
from tocsin.procedure.model import Step
from tocsin.procedure.plans import plan_of
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source, Text


class Single(Struct, frozen=True, kw_only=True):
    """
    `links` are all of the page, `unclosed` its fences without an end, `steps` its plan, `problems` those of the plan;
    `mentioned` the paths inside the root that it names: pages, and the manifests of its commands.
    """

    links: tuple[Link, ...] = ()
    unclosed: tuple[Source, ...] = ()
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    mentioned: tuple[str, ...] = ()


Kept = Mapping[str, Single]
NOTHING_KEPT: Kept = {}


class Singles:
    """The pages that were read before (`kept`), and those that were asked for this time (`used`)."""

    def __init__(self, kept: Kept = NOTHING_KEPT) -> None:
        self.kept = kept
        self.used: dict[str, Single] = {}
        self.read = 0

    def of(self, text: Text, language: Language) -> Single:
        """The page, read now unless it was."""
        key = f"{language} {text.fingerprint} {text.path}"
        single = self.used.get(key) or self.kept.get(key)
        if single is None:
            single = read_single(text, language)
            self.read += 1
        self.used[key] = single
        return single


def read_single(text: Text, language: Language) -> Single:
    """Read a page."""
    plan = read_plan(text, language)
    links = tuple(links_of(blocks_of(text)))
    files = [path for one in plan.commands for name in manifests_of(one) for path in candidates(text.path, name)]
    return Single(
        links=links,
        unclosed=unclosed_in(text),
        steps=plan.steps,
        problems=plan.problems,
        mentioned=tuple(dict.fromkeys([*pages_of(text.path, links), *files])),
    )


def read_plan(text: Text, language: Language) -> Judged:
    """Read a runbook: its headings are steps, its title is not."""
    blocks = blocks_of(text)
    title = blocks[0].text if blocks and isinstance(blocks[0], Heading) and blocks[0].level == 1 else ""
    return judged(plan_of(title, blocks[1:] if title else blocks, language), language)


def unclosed_in(text: Text) -> tuple[Source, ...]:
    """The fences that the end of the file closes."""
    return tuple(block.source for block in blocks_of(text) if isinstance(block, Fence) and not block.closed)
