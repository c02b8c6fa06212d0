"""
What a program takes on its command line, as a value: subcommands, flags, arguments.

A table is of one version of one program, recorded or asked of the machine; `origin` says how. The surprise: `instead`
lists the flags that stand in for arguments (`kubectl delete -f x` needs no name), found by trying them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Style = Literal["cobra", "click", "kingpin", "getopt", "verbs", "curl", "redis"]
Kind = Literal["", "int", "float", "duration", "bool"]
Takes = Literal["nothing", "value", "optional"]


class Flag(Struct, frozen=True, omit_defaults=True):
    """
    A flag by all its names. `takes`: "optional" is a value that only `=` can give. `many`: giving it again adds to it;
    else the last one counts, or the program refuses (kingpin). `needed`: the program refuses to go without.
    """

    names: tuple[str, ...]
    takes: Takes = "nothing"
    kind: Kind = ""
    choices: tuple[str, ...] = ()
    many: bool = False
    needed: bool = False


class Places(Struct, frozen=True, omit_defaults=True):
    """
    How many arguments: `least` unless a flag of `instead` is there, `most` (None: any number), of which `dashed` at
    least must follow `--`. `named`: one word alone must be TYPE/NAME. Of `either`, one flag must be there.
    """

    least: int = 0
    most: int | None = None
    instead: tuple[str, ...] = ()
    dashed: int = 0
    named: bool = False
    either: tuple[str, ...] = ()


class Node(Struct, frozen=True, omit_defaults=True):
    """
    The program or one of its subcommands. `below` are flags that its subcommands take too. `places` None: nothing is
    known of its arguments. `acts`: it does something without a subcommand. `open`: anything else may follow too.
    """

    commands: dict[str, Node] = {}
    aliases: dict[str, str] = {}
    flags: tuple[Flag, ...] = ()
    below: tuple[Flag, ...] = ()
    places: Places | None = None
    acts: bool = False
    open: bool = False

    def child(self, word: str) -> Node | None:
        """The subcommand of that name or alias."""
        return self.commands.get(self.aliases.get(word, word))


class CommandTable(Struct, frozen=True, omit_defaults=True):
    """`origin` is how and from what it was recorded; "" for a program that was asked on this machine."""

    program: str
    version: str
    style: Style
    root: Node
    origin: str = ""

    @property
    def name(self) -> str:
        """The program and its version."""
        return f"{self.program} {self.version}".strip()


class Tools(Struct, frozen=True):
    """What commands are held against: by program, the tables of this machine and those that were recorded, newest first."""

    installed: dict[str, CommandTable] = {}
    recorded: dict[str, tuple[CommandTable, ...]] = {}


def every_flag(node: Node, inherited: tuple[Flag, ...] = ()) -> Iterator[Flag]:
    """All flags of a node and below it."""
    yield from node.flags
    yield from node.below
    yield from inherited
    for child in node.commands.values():
        yield from every_flag(child)
