"""The whole page, section by section, under the names that the reader knows them by."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import quote

from tocsin.procedure.fields import WORDS
from tocsin.procedure.folding import title_of
from tocsin.procedure.headings import NAMES, Kind
from tocsin.procedure.model import PostmortemRule, Procedure, Runbook, Scenario
from tocsin.procedure.show.marks import cell, inline, item, paragraph, table
from tocsin.procedure.show.steps import commands_lines, steps_lines
from tocsin.procedure.show.tables import table_of, triggers_of


def shown(procedure: Procedure) -> str:
    """The Markdown of what was understood."""
    passages = {stage: [p.text for p in procedure.passages if p.stage == stage] for stage in _stages(procedure)}
    parts = [
        [f"# {inline(procedure.title)}", ""],
        _section(procedure, "priorities", table_of("priorities", procedure)),
        _section(procedure, "alerts", table_of("alerts", procedure)),
        _section(procedure, "detection", _items(passages.get("detection", []))),
        _section(procedure, "triage", [*_sentences(passages.get("triage", [])), *_triage(procedure)]),
        _section(procedure, "diagnosis", _diagnosis(procedure, passages.get("diagnosis", []))),
        _section(procedure, "resolution", _sentences(passages.get("resolution", []))),
        _postmortem(procedure, passages.get("postmortem", [])),
        _section(procedure, "parameters", table_of("parameters", procedure)),
        _scenarios(procedure),
        _people(procedure),
        _section(procedure, "maintenance", table_of("maintenance", procedure)),
        _section(procedure, "obligations", table_of("obligations", procedure)),
    ]
    page = "\n".join(line for part in parts for line in part)
    return re.sub(r"\n{3,}(?=[^\n])", "\n\n", page).rstrip("\n") + "\n"


def _stages(procedure: Procedure) -> set[str]:
    return {passage.stage for passage in procedure.passages}


def _section(procedure: Procedure, kind: Kind, lines: list[str]) -> list[str]:
    return [f"## {_name(procedure, kind)}", "", *lines] if lines else []


def _name(procedure: Procedure, kind: Kind) -> str:
    return NAMES[kind][0 if procedure.language == "fr" else 1]


def _sentences(texts: list[str]) -> list[str]:
    return [line for text in texts for line in (paragraph(text), "")]


def _items(texts: list[str]) -> list[str]:
    return [*map(item, texts), ""] if texts else []


def _triage(procedure: Procedure) -> list[str]:
    return commands_lines(procedure.triage, procedure.language)


def _diagnosis(procedure: Procedure, texts: list[str]) -> list[str]:
    """The sentences, and the runbooks: as items where the text listed them, the others in a table."""
    books = list(procedure.runbooks)
    lines: list[str] = []
    for text in texts:
        if books and text == books[0].title:
            lines.append(f"- {_link(books.pop(0), procedure)}")
        else:
            lines += ["", paragraph(text), ""]
    head = ("Fiche réflexe",) if procedure.language == "fr" else ("Runbook",)
    return [*lines, "", *table(head, ([_link(book, procedure)] for book in books))] if lines or books else []


def _link(book: Runbook, procedure: Procedure) -> str:
    target = posixpath.relpath(book.path, posixpath.dirname(procedure.path) or ".")
    return f"[{cell(book.title)}]({quote(target, safe='/.-_~')})"


def _postmortem(procedure: Procedure, texts: list[str]) -> list[str]:
    """The sentences, and the list of the sections where it stood among them."""
    if procedure.postmortem is None:
        return []
    return [f"## {_name(procedure, 'postmortem')}", "", *_mixed(texts, procedure.postmortem), ""]


def _mixed(texts: list[str], rule: PostmortemRule) -> Iterator[str]:
    sections = list(rule.sections)
    for text in texts:
        if sections and text == sections[0]:
            sections.pop(0)
            yield item(text)
        else:
            yield from ("", paragraph(text), "")


def _scenarios(procedure: Procedure) -> list[str]:
    lines = [line for scenario in procedure.scenarios for line in _scenario(scenario, procedure)]
    return _section(procedure, "scenarios", lines)


def _scenario(scenario: Scenario, procedure: Procedure) -> Iterator[str]:
    index = 0 if procedure.language == "fr" else 1
    title = scenario.title if title_of(scenario.title) == scenario.title else f"Scenario : {scenario.title}"
    yield from (f"### {inline(title)}".rstrip(), "")
    said = {
        "triggers": triggers_of(scenario.triggers),
        "priority": scenario.priority or "",
        "runbook": scenario.runbook,
    }
    lines = [
        f"- {words[index][0]}{' ' if index == 0 else ''}: {said[name]}"
        for name, words in WORDS.items()
        if said.get(name)
    ]
    yield from [*lines, ""] if lines else []
    yield from _sentences(list(scenario.notes))
    yield from steps_lines(scenario.steps, procedure.language)


def _people(procedure: Procedure) -> list[str]:
    lines = table_of("contacts", procedure)
    if procedure.timezone:
        key = "Fuseau horaire :" if procedure.language == "fr" else "Time zone:"
        lines += [f"{key} {procedure.timezone}", ""]
    lines += [*table_of("ladders", procedure), *table_of("rota", procedure)]
    return _section(procedure, "contacts", lines)
