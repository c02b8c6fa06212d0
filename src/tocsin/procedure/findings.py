"""
What the rules about commands share: a plan's commands in, `Finding`s out.

A rule is a generator over the commands of one plan; a finding names the command, the code, the words that carets go
under, and the fields of its message. `programs_of` gives the program that runs and those inside it (`kubectl exec`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from tocsin.procedure.arguments import Arguments, Argv, part, unwrap
from tocsin.procedure.commands import PlacedWord, WrittenCommand
from tocsin.procedure.plans import Plan
from tocsin.procedure.programs.kubectl import VALUED
from tocsin.procedure.source import Source


class Finding(Struct, frozen=True):
    """One thing a rule found: `words` are underlined, from the first to the last that stands on the same line."""

    command: WrittenCommand
    code: str
    words: tuple[PlacedWord, ...]
    fields: dict[str, str] = {}

    @property
    def source(self) -> Source:
        """The place of the underlined words, of the whole command when there are none."""
        if not self.words:
            return self.command.command.source
        first = self.words[0].source
        same = [word.source.end_column for word in self.words if word.source.line == first.line]
        return Source(first.path, first.line, first.column, max(same))


Rule = Callable[[Plan], Iterator[Finding]]


class Run(NamedTuple):
    """
    A program with its arguments, and the words of the command from it to the end; `inside` when another runs it.

    `kubectl` are its arguments as kubectl parts them.
    """

    command: WrittenCommand
    program: str
    rest: Argv
    words: tuple[PlacedWord, ...]
    inside: bool
    kubectl: Arguments

    def word(self, *values: str) -> tuple[PlacedWord, ...]:
        """The first of its words that is one of these, as a sequence of one or none."""
        return next(((word,) for word in self.words if word.value in values), ())

    def flag(self, *names: str) -> tuple[PlacedWord, ...]:
        """The word that holds one of these flags, its value with it when it stands apart."""
        for index, word in enumerate(self.words):
            if word.value.partition("=")[0] in names:
                alone = word.value in names and index + 1 < len(self.words)
                return self.words[index : index + 2] if alone else (word,)
        return ()


def runs_of(plan: Plan) -> Iterator[Run]:
    """Every program of the plan's commands, with those that `kubectl exec` starts."""
    for command in plan.commands:
        yield from programs_of(command)


@lru_cache(maxsize=512)
def programs_of(command: WrittenCommand) -> tuple[Run, ...]:
    """The program that a command runs, behind its wrappers, then the one inside it. Kept: each rule asks for them."""
    return tuple(_programs(command))


def _programs(command: WrittenCommand) -> Iterator[Run]:
    words = command.stages[0] if command.stages else ()
    inside = False
    while words:
        seen = unwrap(tuple(word.value for word in words))
        own = words[len(words) - len(seen.rest) - 1 :]
        if not seen.program:
            return
        run = Run(command, seen.program, seen.rest, own, inside, part(seen.rest, VALUED))
        yield run
        words = own[len(own) - len(run.kubectl.after) :] if _starts_another(run) else ()
        inside = True


def _starts_another(run: Run) -> bool:
    parted = run.kubectl
    return run.program == "kubectl" and parted.words[:1] in (("exec",), ("debug",)) and bool(parted.after)
