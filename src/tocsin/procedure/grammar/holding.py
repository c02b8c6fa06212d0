"""
A procedure's commands held against the tables of their programs: what is wrong stands on the commands (P311 to P317).

`asked_of` says which programs with which arguments a procedure uses, so that the edge asks for nothing else. What this
machine's program refuses is an error; what only recorded versions refuse is a warning, since a newer one may take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from tocsin.lexicon import Language
from tocsin.procedure.arguments import Argv
from tocsin.procedure.commands import PlacedWord, WrittenCommand
from tocsin.procedure.findings import Finding, Run, programs_of
from tocsin.procedure.grammar.faults import FaultKind
from tocsin.procedure.grammar.table import Tools
from tocsin.procedure.grammar.verdict import Objection, objections
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Command, Procedure, Step, Verification
from tocsin.procedure.problems import Problem, Severity

Visit = Callable[[Command], Command]
CODES: dict[FaultKind, str] = {
    "command": "P311",
    "flag": "P312",
    "repeated": "P313",
    "subcommand": "P314",
    "needed-flag": "P314",
    "too-few": "P314",
    "too-many": "P315",
    "no-value": "P316",
    "bad-value": "P316",
}
OF_ANOTHER_VERSION = "P317"
# A problem with a page of its own says more than "unknown flag" about the same command.
_SAID_BETTER = frozenset({"P402"})


class Asked(NamedTuple):
    """A program and its arguments; `inside` a pod it is not this machine's."""

    program: str
    rest: Argv
    inside: bool


def asked_of(procedure: Procedure) -> tuple[Asked, ...]:
    """Every program that the procedure runs, each line once."""
    runs = (run for command in commands_of(procedure) for run in _runs_of(command))
    return tuple(dict.fromkeys(Asked(run.program, run.rest, run.inside) for run in runs))


def hold(procedure: Procedure, tools: Tools) -> Procedure:
    """The procedure with what is wrong put on its commands and among its problems."""
    found: list[Problem] = []

    def held(command: Command) -> Command:
        problems = tuple(_problems(command, tools, procedure.language))
        found.extend(problems)
        return replace(command, problems=(*command.problems, *problems)) if problems else command

    changed = replace(
        procedure,
        triage=tuple(held(command) for command in procedure.triage),
        scenarios=tuple(replace(one, steps=_steps(one.steps, held)) for one in procedure.scenarios),
        runbooks=tuple(replace(one, steps=_steps(one.steps, held)) for one in procedure.runbooks),
    )
    return replace(changed, problems=(*procedure.problems, *found))


def commands_of(procedure: Procedure) -> Iterator[Command]:
    """Every command, in the order in which `hold` visits them."""
    seen: list[Command] = []

    def keep(command: Command) -> Command:
        seen.append(command)
        return command

    yield from procedure.triage
    for scenario in procedure.scenarios:
        _steps(scenario.steps, keep)
    for runbook in procedure.runbooks:
        _steps(runbook.steps, keep)
    yield from seen


def _steps(steps: tuple[Step, ...], visit: Visit) -> tuple[Step, ...]:
    return tuple(
        replace(
            step,
            commands=tuple(map(visit, step.commands)),
            before=_checks(step.before, visit),
            verify=_checks(step.verify, visit),
            undo=tuple(map(visit, step.undo)),
        )
        for step in steps
    )


def _checks(checks: tuple[Verification, ...], visit: Visit) -> tuple[Verification, ...]:
    return tuple(replace(one, commands=tuple(map(visit, one.commands))) for one in checks)


@lru_cache(maxsize=1024)
def _runs_of(command: Command) -> tuple[Run, ...]:
    """Kept: whoever asks which programs there are comes just before whoever holds them."""
    return programs_of(_written(command))


def _written(command: Command) -> WrittenCommand:
    """The command with the places of its words; the whole command's place when they were not kept."""
    places = command.places or tuple((command.source,) * len(stage) for stage in command.pipeline)
    stages = tuple(
        tuple(PlacedWord(*one) for one in zip(words, where, strict=True))
        for words, where in zip(command.pipeline, places, strict=True)
    )
    return WrittenCommand(command, stages)


def _problems(command: Command, tools: Tools, language: Language) -> Iterator[Problem]:
    if any(one.code in _SAID_BETTER for one in command.problems):
        return
    for run in _runs_of(command):
        for objection in objections(run.program, run.rest, tools, inside=run.inside):
            yield _problem(run, objection, language)


def _problem(run: Run, objection: Objection, language: Language) -> Problem:
    fault = objection.fault
    words = run.words if fault.at < 0 else run.words[fault.at + 1 : fault.at + 2]
    elsewhere = objection.elsewhere and fault.kind in ("flag", "command")
    code = OF_ANOTHER_VERSION if elsewhere else CODES[fault.kind]
    fields = {
        "program": " ".join((run.program, *fault.command)),
        "word": fault.name,
        "missing": _missing(objection, language),
        "version": objection.held[0].name,
        "others": ", ".join(table.name for table in objection.elsewhere),
    }
    at = Finding(run.command, code, words).source
    found = problem(code, at, language, severity=_severity(objection), fields=fields)
    return replace(found, hint=_hint(objection, language))


def _severity(objection: Objection) -> Severity:
    return "error" if objection.installed and objection.fault.refused else "warning"


def _missing(objection: Objection, language: Language) -> str:
    """What P314 says is missing, what P316 says of the value."""
    fault = objection.fault
    if fault.kind == "needed-flag":
        return phrase("flag-missing", language, word=" | ".join(fault.wanted or (fault.name,)))
    if fault.kind in ("no-value", "bad-value"):
        return phrase(fault.kind, language)
    return phrase("subcommand-missing" if fault.kind == "subcommand" else "argument-missing", language)


def _hint(objection: Objection, language: Language) -> str:
    """What was perhaps meant, then who says so."""
    fault = objection.fault
    told = []
    if fault.wanted and fault.kind in ("command", "flag"):
        told.append(phrase("similar", language, name=fault.wanted[0]))
    elif fault.wanted and fault.kind in ("bad-value", "no-value", "subcommand"):
        told.append(phrase("for-instance", language, name=", ".join(fault.wanted)))
    tables = ", ".join(table.name for table in objection.held)
    told.append(phrase("installed" if objection.installed else "recorded", language, tables=tables))
    return " · ".join(told)
