"""
The flag words of a command line, each held against the flags that are known at its place.

One class for every parser: what they do differently is their `Manner`. The surprise: an unknown flag may or may not
take the next word, so after one nothing is said of the arguments any more (`sure`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.procedure.grammar.faults import Fault, FaultKind, near_flags
from tocsin.procedure.grammar.table import Flag, Style
from tocsin.procedure.grammar.values import fits, wanted


class Manner(NamedTuple):
    """How a parser reads: `--flag=value`, `--bool=false`, `--no-flag`, unambiguous beginnings, a flag given twice."""

    equals: bool = True
    bools: bool = False
    negations: bool = False
    beginnings: bool = False
    once: bool = False
    joined: bool = True


MANNERS: dict[Style, Manner] = {
    "cobra": Manner(bools=True),
    "click": Manner(),
    "kingpin": Manner(negations=True, once=True),
    "getopt": Manner(beginnings=True),
    "verbs": Manner(beginnings=True),
    "curl": Manner(equals=False, negations=True, beginnings=True),
    "redis": Manner(equals=False, joined=False),
}
HELP = Flag(("-h", "--help"))


class FlagWords:
    """What was given so far; `given` counts by the flag's first name."""

    def __init__(self, style: Style, command: tuple[str, ...] = ()) -> None:
        self.manner = MANNERS[style]
        self.command = command
        self.given: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.sure = True

    def take(self, words: Sequence[str], at: int, known: Sequence[Flag]) -> int:
        """Judge the flag word at this place; tell how many further words it used."""
        word = words[at]
        if word.startswith("--") or not self.manner.joined:
            return self._long(words, at, known)
        return self._short(words, at, known)

    def has(self, *names: str) -> bool:
        """One of these was given, by its first name."""
        return any(name in self.given for name in names)

    def _long(self, words: Sequence[str], at: int, known: Sequence[Flag]) -> int:
        name, equals, value = words[at].partition("=") if self.manner.equals else (words[at], "", "")
        flag = self._named(name, known)
        if flag is None:
            self._unknown(at, name, known)
            return 0
        self._count(flag, at, name)
        if flag.takes == "nothing":
            if equals and not (self.manner.bools and fits(value, flag)):
                self._fault("bad-value", at, name, wanted(flag) if self.manner.bools else ())
            return 0
        if equals or flag.takes == "optional":
            self._judge(value, flag, at, name) if equals else None
            return 0
        return self._next(words, at, flag, name)

    def _short(self, words: Sequence[str], at: int, known: Sequence[Flag]) -> int:
        word = words[at]
        for index in range(1, len(word)):
            name = f"-{word[index]}"
            flag = self._named(name, known)
            if flag is None:
                self._unknown(at, name, known)
                return 0
            self._count(flag, at, name)
            rest = word[index + 1 :]
            if self.manner.bools and rest.startswith("="):
                self._judge(rest[1:], flag, at, name)
                return 0
            if flag.takes == "value":
                if not rest:
                    return self._next(words, at, flag, name)
                self._judge(rest, flag, at, name)
                return 0
        return 0

    def _next(self, words: Sequence[str], at: int, flag: Flag, name: str) -> int:
        """Its value is the next word, whatever that is."""
        if at + 1 >= len(words):
            self._fault("no-value", at, name, wanted(flag))
            return 0
        self._judge(words[at + 1], flag, at, name)
        return 1

    def _named(self, name: str, known: Sequence[Flag]) -> Flag | None:
        found = next((flag for flag in known if name in flag.names), None)
        if found or not name.startswith("--"):
            return found
        if self.manner.negations and name.startswith("--no-"):
            return next((f for f in known if f.takes == "nothing" and f"--{name[5:]}" in f.names), None)
        if self.manner.beginnings:
            near = [flag for flag in known if any(one.startswith(name) for one in flag.names)]
            return near[0] if len(near) == 1 else None
        return None

    def _unknown(self, at: int, name: str, known: Sequence[Flag]) -> None:
        self.sure = False
        self._fault("flag", at, name, near_flags(name, tuple(known)))

    def _count(self, flag: Flag, at: int, name: str) -> None:
        first = flag.names[0]
        self.given[first] = self.given.get(first, 0) + 1
        if self.given[first] == 2 and not flag.many and (flag.takes != "nothing" or self.manner.once):
            self.faults.append(Fault("repeated", at, name, self.command, refused=self.manner.once))

    def _judge(self, value: str, flag: Flag, at: int, name: str) -> None:
        if not fits(value, flag):
            self._fault("bad-value", at, name, wanted(flag))

    def _fault(self, kind: FaultKind, at: int, name: str, near: tuple[str, ...]) -> None:
        self.faults.append(Fault(kind, at, name, self.command, near))
