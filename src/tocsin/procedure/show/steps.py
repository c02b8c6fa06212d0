"""
Steps → numbered comments in a block, with what each says of itself.

Comments need no escapes, so they are what a step is written in, save three cases: sub-steps stand below a heading, a
number of four digits is a list item, and a note that would read as something else is a paragraph. The surprise: a command
that cannot run has a block of its own, because its open quote would swallow what follows.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from tocsin.incident.events import Risk
from tocsin.lexicon import Language, say
from tocsin.procedure.commands import opens_step
from tocsin.procedure.durations import spelled
from tocsin.procedure.fields import WORDS, Field, FieldName, field_of
from tocsin.procedure.model import Command, Step
from tocsin.procedure.risk import risk_of
from tocsin.procedure.shell import look
from tocsin.procedure.show.marks import inline, paragraph
from tocsin.procedure.source import Source
from tocsin.procedure.step_lines import Details, judged_risk, written_field

_NOWHERE = Source("", 1)
_RISKS: tuple[Risk, ...] = ("R0", "R1", "R2", "R3")


class _Lines:
    """Markdown while it grows; a block is opened and closed as lines want it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.open = False

    def inside(self, *lines: str) -> None:
        if not self.open:
            self.lines.append("```bash")
            self.open = True
        self.lines.extend(lines)

    def outside(self, *lines: str) -> None:
        if self.open:
            self.lines += ["```", ""]
            self.open = False
        for line in lines:
            self.lines += [line, ""]


def steps_lines(steps: Sequence[Step], language: Language) -> list[str]:
    """The Markdown of a scenario's steps."""
    lines = _Lines()
    under_headings = any("." in step.number for step in steps)
    for step in steps:
        _head(step, lines, under_headings=under_headings)
        _step(step, lines, language)
    lines.outside()
    return lines.lines


def commands_lines(commands: Iterable[Command], language: Language) -> list[str]:
    """The Markdown of commands that belong to no step: the triage's."""
    lines = _Lines()
    for number, command in enumerate(commands, start=1):
        if command.risk != risk_of(command.pipeline):
            lines.inside(f"# {number}.", *_risk((command,), language))
        _command(command, lines)
    lines.outside()
    return lines.lines


def _head(step: Step, lines: _Lines, *, under_headings: bool) -> None:
    prefix, _, own = step.number.rpartition(".")
    if under_headings and not prefix:
        lines.outside(f"#### {own}. {inline(step.text)}")
    elif len(own) > 3:
        lines.outside(f"{own}. {inline(step.text)}")
    else:
        lines.inside(f"# {own}. {step.text}".rstrip())


def _step(step: Step, lines: _Lines, language: Language) -> None:
    for note in step.notes:
        if _is_comment(note):
            lines.inside(f"# {note}")
        else:
            lines.outside(paragraph(note))
    said = [*_risk(step.commands, language), *_said_before(step, language)]
    if said:
        lines.inside(*said)
    for command in step.commands:
        _command(command, lines)
    for check in step.verify:
        _with_commands("verify", check.text, check.commands, lines, language)
    if step.undo_text or step.undo:
        _with_commands("undo", step.undo_text, step.undo, lines, language)


def _is_comment(note: str) -> bool:
    """Whether a note reads back from a comment: no number, no field, no sign that a comment drops."""
    safe = note == note.strip() and not note.startswith("#") and not opens_step(f"# {note}")
    return safe and field_of(note, _NOWHERE) is None


def _risk(commands: Sequence[Command], language: Language) -> list[str]:
    """The line that a text must state for these risks; none when the tables say them anyway."""
    plain = [risk_of(command.pipeline) for command in commands]
    if plain == [command.risk for command in commands]:
        return []
    for stated in _RISKS:
        details = Details(risk=stated, risk_source=_NOWHERE)
        judged = [judged_risk(_as_by_table(command), details, language)[0] for command in commands]
        if judged == [command.risk for command in commands]:
            return [_field("risk", f"{stated} ({say(stated, language)})", language)]
    return []


def _as_by_table(command: Command) -> Command:
    return Command(
        text=command.text,
        pipeline=command.pipeline,
        risk=risk_of(command.pipeline),
        digest=command.digest,
        source=command.source,
    )


def _said_before(step: Step, language: Language) -> Iterator[str]:
    if step.limit is not None:
        yield _field("limit", spelled(step.limit), language)
    yield from (_field("before", check.text, language) for check in step.before)
    if step.not_run:
        yield f"# {_name('not-run', language)}"


def _with_commands(
    name: FieldName, text: str, commands: tuple[Command, ...], lines: _Lines, language: Language
) -> None:
    """A field with its commands in it, or below it."""
    lines.inside(_field(name, text, language))
    inline_ones = written_field(Field(name, text, text, _NOWHERE), language).commands
    if not inline_ones:
        for command in commands:
            _command(command, lines)


def _field(name: FieldName, value: str, language: Language) -> str:
    colon = " :" if language == "fr" else ":"
    return f"# {_name(name, language)}{colon} {value}".rstrip()


def _name(name: FieldName, language: Language) -> str:
    return WORDS[name][0 if language == "fr" else 1][0]


def _command(command: Command, lines: _Lines) -> None:
    if not command.pipeline:
        lines.outside("\n".join(["```bash", command.text, "```"]))
    elif look(command.text).pipeline == command.pipeline:
        lines.inside(command.text)
    else:  # a line end inside its quotes
        lines.inside(" | ".join(shlex.join(argv) for argv in command.pipeline))
