"""
Whether a plan looks at what it did: an exit code tells that a request was taken, not that it worked.

Seen with the tools: `hcloud server reboot` ends with 0 when the request is accepted; `patronictl failover` ended with 0
seven times while nothing was promoted; a pipe gives the code of its last program alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.procedure.commands import WrittenCommand
from tocsin.procedure.findings import Finding, Run, programs_of, runs_of
from tocsin.procedure.folding import has_words, names
from tocsin.procedure.plans import Plan, WrittenStep
from tocsin.procedure.programs import SHELL_TEXT
from tocsin.procedure.risk import has_table
from tocsin.procedure.sense.asked import asks_for_help
from tocsin.procedure.shell import has_pipe

_LOOKS = (
    "verifier", "verifiez", "verification", "controler", "controle", "s assurer", "attendre", "verify", "check", "confirm",
    "ensure", "wait", "make sure",
)  # fmt: skip
# The programs whose verbs are known well enough to say that they change something.
_KNOWN = names("kubectl hcloud patronictl helm cscli redis-cli")
_SERVICES = names("start stop restart reload")
_PIPEFAIL = re.compile(r"\bpipefail\b")
_ALWAYS_GOOD = re.compile(r"(\|\||;)\s*(true|:|exit 0)\s*$")
# What cannot fail hides nothing.
_HARMLESS = re.compile(r"\s*(echo|printf|yes|true)\b")


def nobody_looks(plan: Plan) -> Iterator[Finding]:
    """P416: the last changing command of a plan after which nothing is read, and nobody is told to look."""
    changing = [(n, step, one) for n, step in enumerate(plan.steps) for one in step.commands if _changes(one)]
    for index, step, command in changing[-1:]:
        if not _is_looked_at(step, command, plan.steps[index + 1 :]):
            yield Finding(command, "P416", command.stages[0])


def _changes(command: WrittenCommand) -> bool:
    """A command that the tables know to cut something off or to lose something (R2, R3)."""
    runs = programs_of(command)
    if not runs or asks_for_help(runs[-1]) or command.command.risk in ("R0", "R1") or not command.command.runnable:
        return False
    program, rest = runs[-1].program, runs[-1].rest
    return (program in _KNOWN and has_table(command.command.pipeline)) or (
        program == "systemctl" and bool(_SERVICES & set(rest))
    )


def _is_looked_at(step: WrittenStep, changing: WrittenCommand, later: tuple[WrittenStep, ...]) -> bool:
    after = step.commands[step.commands.index(changing) + 1 :]
    if any(one.field.name == "verify" for one in step.fields) or any(map(_reads, after)):
        return True
    if any(map(_reads, (command for one in later for command in one.everything))):
        return True
    return any(has_words(text, _LOOKS) for one in (step, *later) for text in (one.text, *one.notes))


def _reads(command: WrittenCommand) -> bool:
    return command.command.risk == "R0"


def pipe_hides_a_failure(plan: Plan) -> Iterator[Finding]:
    """
    P417: in a text that a shell reads elsewhere (`sh -c`, ssh), a pipe gives the exit code of its last program. Where
    it only reads, an empty output is seen by whoever reads it.
    """
    for run in runs_of(plan):
        text = _shell_text(run)
        if text and run.command.command.risk != "R0" and not _PIPEFAIL.search(text) and _hides(text):
            words = tuple(word for word in run.words[1:] if word.value == text)
            yield Finding(run.command, "P417", words or run.words[:1], {"program": run.program})


def _shell_text(run: Run) -> str:
    return SHELL_TEXT[run.program](run.rest) if run.program in SHELL_TEXT else ""


def _hides(text: str) -> bool:
    """A pipe behind a program that can fail, or an end that is always good."""
    return _ALWAYS_GOOD.search(text) is not None or (has_pipe(text) and not _HARMLESS.match(text))
