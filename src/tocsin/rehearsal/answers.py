"""What a practised tool says to one command line, and how flags are read the way its parser reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct


class Answer(Struct, frozen=True, kw_only=True):
    """`out` and `err` as the tool writes them, its exit code, and how long it takes (practice time)."""

    out: str = ""
    err: str = ""
    code: int = 0
    takes: timedelta = timedelta(milliseconds=60)


class WrongUsage(Exception):
    """The parser's own sentence, without the tool's frame around it: "unknown flag: --action"."""


class Parsed(Struct, frozen=True):
    """What a command line holds: positionals, flags (repeated ones in order), and what follows "--"."""

    words: tuple[str, ...]
    flags: dict[str, tuple[str, ...]]
    rest: tuple[str, ...] | None = None

    def has(self, name: str) -> bool:
        """The switch is on."""
        return self.last(name, "false") == "true"

    def last(self, name: str, default: str = "") -> str:
        """The flag's last value."""
        return self.flags[name][-1] if name in self.flags else default


def parse(argv: Sequence[str], values: Mapping[str, str], switches: Mapping[str, str]) -> Parsed:
    """
    Read flags anywhere on the line, in the manner of the parser that both kubectl and hcloud use.

    `values` and `switches` map each accepted spelling ("-n", "--namespace") to the flag's name; a switch takes a
    value only by "=". Raises `WrongUsage`.
    """
    words: list[str] = []
    flags: dict[str, list[str]] = {}
    left = list(argv)
    while left:
        word = left.pop(0)
        if word == "--":
            return Parsed(tuple(words), {name: tuple(found) for name, found in flags.items()}, tuple(left))
        if not word.startswith("-") or word == "-":
            words.append(word)
            continue
        spelling, value = _split(word, values)
        if spelling in switches:
            flags.setdefault(switches[spelling], []).append("true" if value is None else value)
        elif spelling in values:
            flags.setdefault(values[spelling], []).append(_value(word, value, left))
        else:
            raise WrongUsage(_unknown(word))
    return Parsed(tuple(words), {name: tuple(found) for name, found in flags.items()})


def _split(word: str, values: Mapping[str, str]) -> tuple[str, str | None]:
    """ "--sort-by=memory" and "-nproduction" into spelling and value."""
    if word.startswith("--") or "=" in word[:3]:
        spelling, equals, value = word.partition("=")
        return spelling, value if equals else None
    if len(word) > 2 and word[:2] in values:
        return word[:2], word[2:]
    return word, None


def _value(word: str, value: str | None, left: list[str]) -> str:
    if value is not None:
        return value
    if not left:
        short = not word.startswith("--")
        raise WrongUsage(f"flag needs an argument: {repr(word[1]) + ' in ' + word if short else word}")
    return left.pop(0)


def _unknown(word: str) -> str:
    if word.startswith("--"):
        return f"unknown flag: {word.partition('=')[0]}"
    return f"unknown shorthand flag: '{word[1]}' in {word}"
