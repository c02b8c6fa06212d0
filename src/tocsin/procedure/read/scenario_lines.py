"""What a scenario's own lines say: « Déclencheurs : … », « Priorité : P1 », "Runbook: [Redis](redis.md)"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from tocsin.incident.events import Priority
from tocsin.lexicon import Language
from tocsin.procedure.blocks import Link
from tocsin.procedure.fields import Field, bare
from tocsin.procedure.matchers import matchers_in
from tocsin.procedure.messages import problem
from tocsin.procedure.model import AlertRule, Matcher
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.alerts import alerts_in, slug_of_page
from tocsin.procedure.read.postmortem import priorities_in

_CODE = re.compile(r"`+([^`]+)`+")
_BETWEEN = re.compile(r"[,;]\s*(?:et|ou|and|or)\b|[,;]|\b(?:et|ou|and|or)\b")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*<?([^)\s>]+)")


class ScenarioLines(NamedTuple):
    """What was said; the triggers carry the scenario's priority and runbook, `links` lead to the latter."""

    slug: str
    triggers: tuple[AlertRule, ...]
    priority: Priority | None
    runbook: str
    links: tuple[Link, ...]
    problems: tuple[Problem, ...]


def read_lines(fields: Iterable[Field], slug: str, language: Language) -> ScenarioLines:
    """Read the fields of one scenario."""
    told = [field for field in fields if field.value]
    found = {field: _triggers(field.value) for field in told if field.name == "triggers"}
    priorities = {field: priorities_in(field.value) for field in told if field.name == "priority"}
    books = {field: _runbook(field.value) for field in told if field.name == "runbook"}
    priority = next((named[0] for named in priorities.values() if len(named) == 1), None)
    runbook = next(filter(None, books.values()), "")
    rules = tuple(
        AlertRule(matchers=matchers, source=field.source, scenario=slug, priority=priority, runbook=runbook)
        for field, lists in found.items()
        for matchers in lists
    )
    unclear = [field for field, named in priorities.items() if len(named) != 1]
    unclear += [field for field, value in (*found.items(), *books.items()) if not value]
    problems = tuple(problem("P122", field.source, language, text=bare(field.text)) for field in unclear)
    links = tuple(link for field in books if (link := _link(field)))
    return ScenarioLines(slug, rules, priority, runbook, links, problems)


def _triggers(value: str) -> tuple[tuple[Matcher, ...], ...]:
    """Names and matchers with commas between them; each code span is one. () when any of it is not understood."""
    if "`" not in value:
        return alerts_in(value if matchers_in(value) else bare(value).rstrip("."))
    parts = _CODE.split(value)
    outside, last = parts[::2], len(parts) // 2
    if not all(_separated(text, first=at == 0, last=at == last) for at, text in enumerate(outside)):
        return ()
    texts = [one for at, part in enumerate(parts) for one in ([part] if at % 2 else _BETWEEN.split(part))]
    read = [alerts_in(text.strip(" .")) for text in texts if text.strip(" .")]
    return tuple(matchers for lists in read for matchers in lists) if all(read) else ()


def _separated(text: str, *, first: bool, last: bool) -> bool:
    """Whether a comma or an "and" stands between what is outside of a code span and the span beside it."""
    begins = first or _BETWEEN.match(text.strip() or ",") is not None or not text.strip(" .")
    ends = last or not text.strip() or re.search(r"(?:[,;]|\b(?:et|ou|and|or))\s*$", text) is not None
    return begins and ends


def _runbook(value: str) -> str:
    link = _LINK.search(value)
    return slug_of_page(unquote(link[2]) if link else bare(value))


def _link(field: Field) -> Link | None:
    found = _LINK.search(field.value)
    return Link(found[1], unquote(found[2]), field.source) if found else None
