"""
A plan as written → the steps of the model, every rule applied.

The problems of a command stand on the command itself (an error there keeps it from running) and are given back as
well, for the list that people read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from tocsin.lexicon import Language
from tocsin.procedure import running, sense
from tocsin.procedure.commands import WrittenCommand
from tocsin.procedure.findings import Finding
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Command, Step
from tocsin.procedure.plans import Plan, WrittenStep
from tocsin.procedure.problems import Problem
from tocsin.procedure.step_lines import details_of, judged_risk


class _Read(NamedTuple):
    step: Step
    problems: tuple[Problem, ...]


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

    def keep(written: WrittenCommand) -> Command:
        problems = (*written.command.problems, *found.get(id(written), []))
        return replace(written.command, problems=_that_matter(problems))

    read = [_step(step, keep, language) for step in plan.steps]
    steps = tuple(step for step, _ in read)
    on_commands = [p for step in steps for command in commands_of(step) for p in command.problems]
    return Judged(steps, (*plan.problems, *(p for _, problems in read for p in problems), *on_commands))


def _that_matter(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """What cannot run has no effect that anybody could verify."""
    if any(problem.severity == "error" for problem in problems):
        return tuple(problem for problem in problems if problem.code != "P416")
    return problems


def commands_of(step: Step) -> Iterator[Command]:
    """Every command of a step: its own, those that verify, those that undo."""
    yield from step.commands
    yield from (command for check in (*step.before, *step.verify) for command in check.commands)
    yield from step.undo


def _step(written: WrittenStep, keep: Callable[[WrittenCommand], Command], language: Language) -> _Read:
    details = details_of(written.fields, keep, language)
    problems = list(details.problems)
    commands = []
    for command in map(keep, written.commands):
        risk, told = judged_risk(command, details, language)
        commands.append(replace(command, risk=risk))
        problems += [told] if told else []
    step = Step(
        number=written.number,
        text=written.text,
        source=written.source,
        notes=tuple(written.notes),
        commands=tuple(commands),
        limit=details.limit,
        before=details.before,
        verify=details.verify,
        undo=details.undo,
        undo_text=details.undo_text,
        not_run=details.not_run,
    )
    return _Read(step, tuple(problems))


def _problem(finding: Finding, language: Language) -> Problem:
    fields: dict[str, object] = dict(finding.fields)
    if finding.code == "P302":
        fields["feature"] = phrase("shell-text", language, **fields)
    elif finding.code == "P414":
        fields["since"] = phrase("since", language, version=finding.fields["since"])
    elif finding.code == "P412":
        fields["instead"] = phrase(finding.fields["instead"], language)
    return problem(finding.code, finding.source, language, fields=fields)
