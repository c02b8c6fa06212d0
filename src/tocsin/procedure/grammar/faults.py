"""What a program would not take of a command line, as values; `reading` finds them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal

from msgspec import Struct

from tocsin.procedure.grammar.table import Flag, Node

FaultKind = Literal[
    "command", "subcommand", "flag", "repeated", "no-value", "bad-value", "needed-flag", "too-few", "too-many"
]


class Fault(Struct, frozen=True):
    """
    `at` is the argument it is about, counted from 0 behind the program; -1: about the command as a whole. `name` is the
    flag or word, `command` the subcommand's words, `wanted` what would be taken, `refused` False when the program goes on.
    """

    kind: FaultKind
    at: int
    name: str
    command: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    refused: bool = True


def near_commands(word: str, node: Node) -> tuple[str, ...]:
    """The subcommands that were perhaps meant."""
    return tuple(get_close_matches(word, [*node.commands, *node.aliases], n=1, cutoff=0.6))


def near_flags(name: str, flags: tuple[Flag, ...]) -> tuple[str, ...]:
    """The flags that were perhaps meant: `--namespaces` is near `--namespace`."""
    long = [one for flag in flags for one in flag.names if one.startswith("--") == name.startswith("--")]
    return tuple(get_close_matches(name, long, n=1, cutoff=0.6)) if len(name) > 2 else ()
