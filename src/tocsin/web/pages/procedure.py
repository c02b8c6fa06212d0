"""GET /procedure : the team's own text, line by line, with what was understood and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct
from starlette.responses import Response

from tocsin.procedure.model import Procedure, Step
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source
from tocsin.web.adopted import texts_of
from tocsin.web.pages.incident import severity_words
from tocsin.web.visits import Pages, Visit
from tocsin.web.words import Words

SEVERITIES = ("error", "warning", "info")


class ShownLine(Struct, frozen=True):
    """One line of a file; `marks` say what it does."""

    number: int
    text: str
    marks: tuple[str, ...]
    problems: tuple[Problem, ...]


class Document(Struct, frozen=True):
    """One file."""

    path: str
    lines: tuple[ShownLine, ...]


def add(pages: Pages) -> None:
    """Its address."""
    pages.get("/procedure", show)


def show(visit: Visit) -> Response:
    """The text in force: its main file first."""
    procedure = visit.house.procedure()
    texts = texts_of(visit.house, procedure.fingerprint)
    return visit.page(
        "procedure.html",
        procedure=procedure,
        problems=sorted(procedure.problems, key=lambda problem: SEVERITIES.index(problem.severity)),
        shown=texts.keys(),
        documents=documents(procedure, texts, visit.words),
        severity_word=severity_words(visit),
    )


def documents(procedure: Procedure, texts: dict[str, str], words: Words) -> list[Document]:
    """Each text with its marks and problems, the procedure itself before its runbooks."""
    marks: dict[Source, list[str]] = defaultdict(list)
    for source, mark in _marks(procedure, words):
        marks[_line(source)].append(mark)
    problems: dict[Source, list[Problem]] = defaultdict(list)
    for problem in procedure.problems:
        problems[_line(problem.source)].append(problem)
    paths = sorted(texts, key=lambda path: (path != procedure.path, path))
    return [
        Document(
            path,
            tuple(
                ShownLine(
                    number,
                    text,
                    tuple(marks.get(Source(path, number), ())),
                    tuple(problems.get(Source(path, number), ())),
                )
                for number, text in enumerate(texts[path].rstrip("\n").split("\n"), start=1)
            ),
        )
        for path in paths
    ]


def _line(source: Source) -> Source:
    return Source(source.path, source.line)


def _marks(procedure: Procedure, words: Words) -> Iterator[tuple[Source, str]]:
    for rule in procedure.priorities:
        yield rule.source, f"{words.say('priority')} {rule.priority}"
    for command in procedure.triage:
        yield command.source, f"{words.say('triage')} · {command.risk} {words.say(command.risk)}"
    for scenario in procedure.scenarios:
        yield scenario.source, words.say("scenario")
        yield from _marks_of(scenario.steps, words)
    for runbook in procedure.runbooks:
        yield runbook.source, words.say("runbook")
        yield from _marks_of(runbook.steps, words)
    for contact in procedure.contacts:
        yield contact.source, words.gettext("supplier") if contact.supplier else words.say("contact")
    if procedure.postmortem:
        yield procedure.postmortem.source, words.say("postmortem")


def _marks_of(steps: Sequence[Step], words: Words) -> Iterator[tuple[Source, str]]:
    for step in steps:
        yield step.source, f"{words.say('step')} {step.number}"
        for command in step.commands:
            yield command.source, f"{command.risk} {words.say(command.risk)}"
