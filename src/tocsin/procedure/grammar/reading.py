"""
Arguments held against a table: what the program would not take.

Each parser finds its subcommand in its own way; then all judge flags and arguments alike. The surprise: cobra looks
for the subcommand before it knows that command's flags, so a flag of the subcommand in front of it swallows a word
(`kubectl --tail 5 logs x` works, `kubectl -A get pods` is an unknown command "pods").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.procedure.grammar.faults import Fault, near_commands
from tocsin.procedure.grammar.flags import HELP, FlagWords
from tocsin.procedure.grammar.table import CommandTable, Flag, Node
from tocsin.procedure.placeholders import PLACEHOLDER


class Found(NamedTuple):
    """The subcommand that is meant, its words, its flags, and the words that remain with their places."""

    node: Node
    command: tuple[str, ...]
    flags: tuple[Flag, ...]
    words: list[tuple[int, str]]


def faults_of(table: CommandTable, rest: Sequence[str]) -> tuple[Fault, ...]:
    """Everything that the program would object to, in the order of the line."""
    if table.style == "cobra":
        return _of_found(table, find(table, rest))
    if table.style == "redis":
        return _redis(table, rest)
    return _straight(table, rest)


def find(table: CommandTable, rest: Sequence[str]) -> Found:
    """The subcommand as cobra finds it: at each level the first word that is neither a flag nor a flag's value."""
    node = table.root
    command: tuple[str, ...] = ()
    inherited: tuple[Flag, ...] = ()
    words = list(enumerate(rest))
    while True:
        flags = (*node.flags, *node.below, *inherited, HELP)
        first = _first_word(words, flags) if node.commands else None
        child = node.child(words[first][1]) if first is not None else None
        if first is None or child is None:
            return Found(node, command, flags, words)
        command, inherited = (*command, words.pop(first)[1]), (*inherited, *node.below)
        node = child


def _first_word(words: list[tuple[int, str]], flags: tuple[Flag, ...]) -> int | None:
    at = 0
    while at < len(words):
        word = words[at][1]
        if word == "--":
            return None
        if not word.startswith("-") or word == "-":
            return at
        at += 2 if _swallows(word, flags) else 1
    return None


def _swallows(word: str, flags: tuple[Flag, ...]) -> bool:
    """Whether cobra, looking for the subcommand, takes the next word for this flag's value: also when it is unknown."""
    if "=" in word or (len(word) > 2 and not word.startswith("--")):
        return False
    known = next((flag for flag in flags if word in flag.names), None)
    return known is None or known.takes == "value"


def _of_found(table: CommandTable, found: Found) -> tuple[Fault, ...]:
    node, command, flags, words = found
    if node.open:
        return ()
    given = FlagWords(table.style, command)
    values = [word for _, word in words]
    plain: list[int] = []
    dashed: list[int] = []
    at = 0
    while at < len(values):
        word = values[at]
        if word == "--":
            dashed = [index for index, _ in words[at + 1 :]]
            break
        if word.startswith("-") and word != "-":
            at += given.take(values, at, flags)
        else:
            plain.append(words[at][0])
        at += 1
    faults = [_placed(fault, words) for fault in given.faults]
    if node.commands and not node.acts:
        first = _first_word(words, flags)
        named = [words[first][0]] if first is not None else []
        return _no_subcommand(node, command, named, dict(words), given, faults)
    if given.has(HELP.names[0]) or not given.sure:
        return tuple(faults)
    return (*faults, *_needed(flags, given), *_arguments(node, command, plain, dashed, dict(words), given))


def _placed(fault: Fault, words: list[tuple[int, str]]) -> Fault:
    return Fault(fault.kind, words[fault.at][0], fault.name, fault.command, fault.wanted, fault.refused)


def _no_subcommand(
    node: Node,
    command: tuple[str, ...],
    named: list[int],
    words: dict[int, str],
    given: FlagWords,
    faults: list[Fault],
) -> tuple[Fault, ...]:
    """A group: the word that should name a subcommand is unknown, or there is none."""
    if given.has(HELP.names[0]) or given.has("--version"):
        return tuple(faults)
    if not named:
        return tuple(faults) or (Fault("subcommand", -1, "", command, tuple(node.commands)[:8]),)
    word = words[named[0]]
    if PLACEHOLDER.search(word) or word.startswith("__"):
        return ()
    return (Fault("command", named[0], word, command, near_commands(word, node)),)


def _needed(flags: tuple[Flag, ...], given: FlagWords) -> list[Fault]:
    absent = (flag for flag in flags if flag.needed and not given.has(flag.names[0]))
    return [Fault("needed-flag", -1, flag.names[-1], given.command) for flag in absent]


def _arguments(
    node: Node,
    command: tuple[str, ...],
    plain: list[int],
    dashed: list[int],
    words: dict[int, str],
    given: FlagWords,
) -> list[Fault]:
    places = node.places
    if places is None:
        return []
    count = len(plain) + (0 if places.dashed else len(dashed))
    instead = _given_any(places.instead, node, given)
    if places.most is not None and count > places.most:
        at = [*plain, *dashed][places.most]
        return [Fault("too-many", at, words.get(at, ""), command, (str(places.most),))]
    if places.either and not _given_any(places.either, node, given):
        return [Fault("needed-flag", -1, places.either[0], command, places.either)]
    if instead:
        return []
    if count < places.least or len(dashed) < places.dashed:
        return [Fault("too-few", -1, "", command, (str(places.least),))]
    if places.named and count == 1 and plain and not _names_one(words[plain[0]]):
        return [Fault("too-few", plain[0], words[plain[0]], command, ("TYPE/NAME",))]
    return []


def _given_any(names: tuple[str, ...], node: Node, given: FlagWords) -> bool:
    """One of these flags was given, by any of its names."""
    flags = [flag for flag in node.flags if set(flag.names) & set(names)]
    return given.has(*names) or any(given.has(flag.names[0]) for flag in flags)


def _names_one(word: str) -> bool:
    return "/" in word or PLACEHOLDER.search(word) is not None


def _straight(table: CommandTable, rest: Sequence[str]) -> tuple[Fault, ...]:
    """
    Parsers that go from left to right (click, kingpin, getopt, curl): a word is a subcommand as long as one can come,
    and a flag must be known at its place.
    """
    node, flags = table.root, (*table.root.flags, *table.root.below)
    command: tuple[str, ...] = ()
    given = FlagWords(table.style)
    plain: list[int] = []
    at = 0
    while at < len(rest):
        word = rest[at]
        if word == "--":
            plain += range(at + 1, len(rest))
            break
        if word.startswith("-") and word != "-":
            at += given.take(rest, at, flags)
        elif node.commands and not plain:
            child = node.child(word)
            if (
                (child is None and node.open)
                or (child and child.open and not child.commands)
                or PLACEHOLDER.search(word)
            ):
                return tuple(given.faults)
            if child is None:
                near = near_commands(word, node)
                return (*given.faults, Fault("command", at, word, command, near)) if given.sure else tuple(given.faults)
            if table.style == "click":
                given.faults += _needed(flags, given)
            flags = child.flags if table.style == "click" else (*flags, *child.flags, *child.below)
            node, command = child, (*command, word)
            given.command = command
        else:
            plain.append(at)
        at += 1
    if any(given.has(*flag.names[:1]) for flag in flags if set(flag.names) & _ANSWERS) or not given.sure:
        return tuple(given.faults)
    if node.commands and not node.acts and not node.open:
        return (*given.faults, Fault("subcommand", -1, "", command, tuple(node.commands)[:8]))
    words = dict(enumerate(rest))
    return (*given.faults, *_needed(flags, given), *_arguments(node, command, plain, [], words, given))


_ANSWERS = frozenset({"--help", "--version", "--help-long", "--help-man", "-V", "--manual"})


def _redis(table: CommandTable, rest: Sequence[str]) -> tuple[Fault, ...]:
    """redis-cli: flags as long as words begin with a dash; the rest is one command of the server."""
    given = FlagWords("redis")
    at = 0
    while at < len(rest) and rest[at].startswith("-"):
        at += 1 + given.take(rest, at, table.root.flags)
    if not given.sure or at >= len(rest) or _changes_the_rest(given):
        return tuple(given.faults)
    node = table.root
    command: tuple[str, ...] = ()
    while node.commands and at < len(rest):
        child = node.child(rest[at].casefold())
        if child is None:
            if PLACEHOLDER.search(rest[at]):
                return tuple(given.faults)
            near = near_commands(rest[at].casefold(), node)
            return (*given.faults, Fault("command", at, rest[at], command, near))
        node, command, at = child, (*command, rest[at]), at + 1
    if node.commands and not node.acts:
        return (*given.faults, Fault("subcommand", -1, "", command, tuple(node.commands)[:8]))
    plain = list(range(at, len(rest)))
    return (*given.faults, *_arguments(node, command, plain, [], dict(enumerate(rest)), given))


def _changes_the_rest(given: FlagWords) -> bool:
    """A mode of redis-cli in which what follows is no command of the server, or gets more words from elsewhere."""
    return given.has("-x", "-X", "--eval", "--cluster", "--lru-test", "--intrinsic-latency", "--ldb", "--ldb-sync-mode")
