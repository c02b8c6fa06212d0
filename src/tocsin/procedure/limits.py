"""
Commands that may wait for ever: one note for each file, so that it drowns nothing.

kubectl against an API that is frozen, and patronictl whose etcd is dead (it hung for more than a minute), are the two
that were seen to. A limit may be the tool's own flag, `timeout` in front, or the step's line.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.procedure.arguments import Argv, part, unwrap
from tocsin.procedure.judge import commands_of
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Command, Procedure
from tocsin.procedure.problems import Problem
from tocsin.procedure.programs.kubectl import LOCAL_VERBS, VALUED
from tocsin.procedure.surroundings import Surroundings, steps_of

_MOST_LINES = 8


def no_time_limit(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P415: told once for each file, at the first of its commands."""
    found: dict[str, list[Command]] = {}
    for command in _without_limit(procedure):
        found.setdefault(command.source.path, []).append(command)
    for commands in found.values():
        lines = sorted({command.source.line for command in commands})
        first = min(commands, key=lambda command: command.source)
        told = ", ".join(map(str, lines[:_MOST_LINES])) + (", …" if len(lines) > _MOST_LINES else "")
        yield problem("P415", first.source, procedure.language, lines=told, count=len(commands))


def _without_limit(procedure: Procedure) -> Iterator[Command]:
    yield from filter(_may_hang, procedure.triage)
    for step in steps_of(procedure):
        if step.limit is None:
            yield from filter(_may_hang, commands_of(step))


def _may_hang(command: Command) -> bool:
    argv = command.pipeline[0] if command.pipeline else ()
    named = any(word.endswith(("kubectl", "patronictl")) for word in argv)
    return named and "timeout" not in argv and _hangs(argv)


def _hangs(argv: Argv) -> bool:
    program, rest, _ = unwrap(argv)
    if program == "patronictl":
        return "--help" not in rest and rest[:1] != ("version",)
    if program != "kubectl":
        return False
    asked = part(rest, VALUED)
    ends = asked.has("--request-timeout", "--timeout", "--help", "--client")
    return bool(asked.words) and asked.words[0] not in LOCAL_VERBS and not ends
