"""
What the lines of a step say, as the model keeps it: risk, time limit, what must hold before, what verifies, how to undo.

Written fields come in (with the commands that stand in them or below them), `Details` go out, with a problem for each
line that is not understood. The surprise: a stated risk is obeyed only where tocsin does not know better. It may always
make a command graver; it makes one milder only when no table knows the program, and never harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import cast

from msgspec import Struct

from tocsin.incident.events import Risk
from tocsin.lexicon import Language
from tocsin.procedure.commands import WrittenCommand, command_at
from tocsin.procedure.durations import span
from tocsin.procedure.effects import Effect, effect_of
from tocsin.procedure.fields import Field, bare
from tocsin.procedure.folding import words_of
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Command, Verification
from tocsin.procedure.problems import Problem
from tocsin.procedure.programs import PROGRAMS
from tocsin.procedure.risk import has_table
from tocsin.procedure.source import Source

_RISKS: dict[Risk, tuple[str, ...]] = {
    "R0": ("r0", "lecture", "lecture seule", "read", "read only", "aucun", "none"),
    "R1": ("r1", "reversible"),
    "R2": ("r2", "coupure", "outage", "interruption"),
    "R3": ("r3", "perte possible", "perte", "perte de donnees", "possible loss", "data loss", "loss"),
}
_MILDEST: Risk = "R1"


class WrittenField(Struct):
    """A field of a step, and its commands: those in the line itself, else those below it."""

    field: Field
    commands: list[WrittenCommand]


class Details(Struct, frozen=True, kw_only=True):
    """What the model's `Step` holds besides its text and its commands."""

    limit: timedelta | None = None
    risk: Risk | None = None
    risk_source: Source | None = None
    before: tuple[Verification, ...] = ()
    verify: tuple[Verification, ...] = ()
    undo: tuple[Command, ...] = ()
    undo_text: str = ""
    not_run: bool = False
    problems: tuple[Problem, ...] = ()


def written_field(field: Field, language: Language) -> WrittenField:
    """Take the commands out of the line itself."""
    if field.name not in ("verify", "undo", "before"):
        return WrittenField(field, [])
    return WrittenField(field, [command_at(text, at, language) for text, at in _inline(field)])


def _inline(field: Field) -> Iterator[tuple[str, Source]]:
    """The code spans that are commands, or a line that is nothing but a command, up to an arrow."""
    effect = effect_of(field.value)
    for piece in effect.pieces:
        if piece.part == "command":
            yield piece.text, _within(field.source, piece.start, len(piece.text))
    whole = field.value.partition("→")[0].partition("->")[0].strip()
    if not effect.texts("command") and whole.partition(" ")[0] in {"kubectl", *PROGRAMS}:
        yield whole, _within(field.source, 0, len(whole))


def _within(source: Source, start: int, length: int) -> Source:
    first = source.column + start
    fits = first + length <= source.end_column
    return Source(source.path, source.line, first, first + length) if fits else source


def details_of(fields: list[WrittenField], keep: Callable[[WrittenCommand], Command], language: Language) -> Details:
    """Read the fields of one step; `keep` gives a written command as the model has it."""
    problems: list[Problem] = []
    stated = [
        (risk, one.field.source) for one in _named(fields, "risk") if (risk := _risk(one.field, problems, language))
    ]
    limits = [limit for one in _named(fields, "limit") if (limit := _limit(one.field, problems, language))]
    undone = list(_named(fields, "undo"))
    checked = {name: tuple(_verification(one, keep) for one in _named(fields, name)) for name in ("before", "verify")}
    problems += _changes_something([*checked["before"], *checked["verify"]], language)
    return Details(
        limit=limits[-1] if limits else None,
        risk=max(risk for risk, _ in stated) if stated else None,
        risk_source=stated[0][1] if stated else None,
        before=checked["before"],
        verify=checked["verify"],
        undo=tuple(keep(command) for one in undone for command in one.commands),
        undo_text=" ".join(one.field.value for one in undone),
        not_run=any(_named(fields, "not-run")),
        problems=tuple(problems),
    )


def judged_risk(command: Command, details: Details, language: Language) -> tuple[Risk, Problem | None]:
    """The risk that counts for a command, and a problem when the text claims one that it cannot have."""
    stated = details.risk
    if stated is None or details.risk_source is None or stated >= command.risk:
        return stated or command.risk, None
    allowed = command.risk if has_table(command.pipeline) else max(stated, _MILDEST)
    if allowed == stated:
        return stated, None
    told = problem("P119", details.risk_source, language, stated=stated, risk=allowed, command=command.text)
    return allowed, told


def _named(fields: list[WrittenField], name: str) -> Iterator[WrittenField]:
    return (one for one in fields if one.field.name == name)


def _risk(field: Field, problems: list[Problem], language: Language) -> Risk | None:
    words = words_of(field.value)
    first = words.partition(" ")[0]
    for risk, names in _RISKS.items():
        if first == names[0] or words in names:
            return risk
    problems.append(problem("P118", field.source, language, text=bare(field.value)))
    return None


def _limit(field: Field, problems: list[Problem], language: Language) -> timedelta | None:
    limit = span(bare(field.value))
    if limit is None:
        problems.append(problem("P117", field.source, language, text=bare(field.value)))
    return limit


def _verification(written: WrittenField, keep: Callable[[WrittenCommand], Command]) -> Verification:
    effect: Effect = effect_of(written.field.value)
    return Verification(
        text=written.field.value,
        source=written.field.source,
        commands=tuple(keep(command) for command in written.commands),
        expect=bare(effect.expect),
        contains=effect.texts("contains"),
        lacks=effect.texts("lacks"),
        within=effect.within,
    )


def _changes_something(checks: list[Verification], language: Language) -> list[Problem]:
    commands = [command for check in checks for command in check.commands if command.risk != "R0" and command.pipeline]
    return [problem("P120", c.source, language, command=c.text, risk=cast(str, c.risk)) for c in commands]
