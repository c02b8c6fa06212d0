"""
How much a command can hurt, by table: R0 reads, R1 is reversible, R2 cuts something off, R3 may lose data.

Only the first stage of a pipeline runs, so it alone is judged, through its wrappers and, for `kubectl exec`, by the
program inside. What a table does not name is R2: never harmless because unknown. The tables are in `programs`.
"""

from __future__ import annotations

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Argv, part, unwrap
from tocsin.procedure.programs import PROGRAMS, SHELL_TEXT
from tocsin.procedure.programs.kubectl import VALUED, kubectl
from tocsin.procedure.shell import Pipeline, commands_inside, look

UNKNOWN: Risk = "R2"
_DEEPEST = 5


def risk_of(pipeline: Pipeline) -> Risk:
    """Judge a pipeline. An empty one (nothing could be understood) is unknown."""
    return _of(pipeline[0], 0) if pipeline and pipeline[0] else UNKNOWN


def has_table(pipeline: Pipeline) -> bool:
    """Whether a table knows the program that runs: what the text claims of such a program counts for nothing."""
    program = unwrap(pipeline[0]).program if pipeline and pipeline[0] else ""
    return not program or program == "kubectl" or program in SHELL_TEXT or program in PROGRAMS or program == "crictl"


def worse(*risks: Risk) -> Risk:
    """The worst of several: the letters are in the order of harm."""
    return max(risks)


def _of(argv: Argv, depth: int) -> Risk:
    program, rest, strange = unwrap(argv)
    if not program or depth > _DEEPEST:
        return UNKNOWN
    found = _of_program(program, rest, depth)
    return worse(found, UNKNOWN) if strange else found


def _of_program(program: str, rest: Argv, depth: int) -> Risk:
    if program == "kubectl":
        return _of_kubectl(rest, depth)
    if program in SHELL_TEXT:
        return _of_text(SHELL_TEXT[program](rest), depth)
    if program == "crictl" and rest[:1] == ("exec",):
        return _of(part(rest[1:], (), 1).after, depth + 1)
    judge = PROGRAMS.get(program)
    return judge(rest) if judge else UNKNOWN


def _of_kubectl(rest: Argv, depth: int) -> Risk:
    """`exec` and `debug` are as harmful as the program inside; `debug` also adds a container."""
    asked = part(rest, VALUED)
    verb = asked.words[0] if asked.words else ""
    if verb == "exec":
        return _of(asked.after, depth + 1) if asked.after else UNKNOWN
    if verb == "debug":
        return worse(UNKNOWN, _of(asked.after, depth + 1) if asked.after else UNKNOWN)
    return kubectl(rest)


def _of_text(text: str, depth: int) -> Risk:
    """A text for another shell (`sh -c`, `ssh`): one plain command is judged as it is; else the worst inside, R2 at least."""
    seen = look(text)
    if seen.stages and not seen.objections:
        return _of(seen.pipeline[0], depth + 1)
    return worse(UNKNOWN, *(_of(argv, depth + 1) for argv in commands_inside(text)))
