"""
The help of click programs (patronictl): the usage line says exactly which arguments, the options which values.

The surprise: help does not tell whether an option may be given twice, so that is never held against a command.
"""

from __future__ import annotations

import re

from tocsin.procedure.grammar.table import Flag, Kind, Node, Places

_NAMES = r"--?[\w?-]+(?:, --?[\w-]+)*"
_METAVAR = r"\[[^\]]+\]|<[^>]+>|[A-Z][\w.:-]*"
_OPTION = re.compile(rf"^  ({_NAMES})(?: / ({_NAMES}))?(?: ({_METAVAR}))?(?:  |$)")
_COMMAND = re.compile(r"^  ([a-z][\w-]*)(?:  |$)")
_KINDS: dict[str, Kind] = {"INTEGER": "int", "FLOAT": "float"}


def click_help(text: str) -> Node:
    """A page with "COMMAND [ARGS]..." in its usage is a group's."""
    usage = re.search(r"^Usage: \S+((?:.|\n(?! *\n))*)", text, re.MULTILINE)
    words = usage[1].split() if usage else []
    _, _, options = text.partition("\nOptions:\n")
    listed, _, commands = options.partition("\nCommands:\n")
    lines = listed.splitlines()
    flags = tuple(flag for at, line in enumerate(lines) if (flag := _flag(line, _said(lines, at))))
    if "COMMAND" in words:
        names = [found[1] for line in commands.splitlines() if (found := _COMMAND.match(line))]
        return Node(commands={name: Node(open=True) for name in names}, flags=flags)
    return Node(flags=flags, places=_places([word for word in words if word.isupper() or word[0] == "["]))


def _said(lines: list[str], at: int) -> str:
    """The lines of one option: its own and those that go on below it, further in."""
    end = at + 1
    while end < len(lines) and lines[end].startswith("      "):
        end += 1
    return " ".join(lines[at:end])


def _flag(line: str, said: str) -> Flag | None:
    found = _OPTION.match(line)
    if found is None:
        return None
    names = tuple(name for group in (found[1], found[2]) if group for name in group.split(", "))
    metavar = found[3] or ""
    needed = "[required]" in said
    if not metavar:
        return Flag(names, many=True, needed=needed)
    choices = tuple(metavar[1:-1].split("|")) if "|" in metavar and metavar.startswith("[") else ()
    return Flag(names, "value", _KINDS.get(metavar, ""), choices, many=True, needed=needed)


def _places(words: list[str]) -> Places:
    least, most = 0, 0
    endless = False
    for word in words:
        if word == "[OPTIONS]":
            continue
        endless = endless or word.endswith("...")
        most += 1
        least += not word.startswith("[")
    return Places(least, None if endless else most)
