"""
A plan as written → the steps of the model, every rule applied.

The problems of a command stand on the command itself (an error there keeps it from running) and are given back as
well, for the list that people read.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from tocsin.lexicon import Language
from tocsin.procedure import running, sense
from tocsin.procedure.commands import WrittenCommand
from tocsin.procedure.findings import Finding
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Command, Step
from tocsin.procedure.plans import Plan
from tocsin.procedure.problems import Problem


class Judged(NamedTuple):
    """The steps and all problems of a plan: its structure's and its commands'."""

    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands in order."""
        return tuple(command for step in self.steps for command in step.commands)


def judged(plan: Plan, language: Language) -> Judged:
    """Apply every rule to a plan."""
    found: dict[int, list[Problem]] = {}
    for rule in (*running.RULES, *sense.RULES):
        for finding in rule(plan):
            found.setdefault(id(finding.command), []).append(_problem(finding, language))
    steps = tuple(
        Step(
            number=step.number,
            text=step.text,
            source=step.source,
            notes=tuple(step.notes),
            commands=tuple(_with(command, found.get(id(command), [])) for command in step.commands),
        )
        for step in plan.steps
    )
    on_commands = [p for step in steps for command in step.commands for p in command.problems]
    return Judged(steps, (*plan.problems, *on_commands))


def _with(written: WrittenCommand, problems: list[Problem]) -> Command:
    return replace(written.command, problems=(*written.command.problems, *problems))


def _problem(finding: Finding, language: Language) -> Problem:
    fields: dict[str, object] = dict(finding.fields)
    if finding.code == "P302":
        fields["feature"] = phrase("shell-text", language, **fields)
    return problem(finding.code, finding.source, language, fields=fields)
