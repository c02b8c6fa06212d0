"""
The help of kingpin programs (amtool, promtool): `--help-long` prints every subcommand on one page.

The surprise: a flag given twice is refused, unless its help shows `...` behind it.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from tocsin.procedure.grammar.table import Flag, Kind, Node, Places

_ARGUMENT = r"\[?<[^>]+>(?:\.\.\.)?\]?(?:\.\.\.)?"
_NEEDED = r"--[\w.-]+(?:=\S+)?"
_COMMAND = re.compile(rf"^([a-z][\w-]*(?: [a-z][\w-]*)*)\*?((?: (?:{_ARGUMENT}|{_NEEDED}))*)$")
_FLAG = re.compile(r"^ {2,6}(?:(-\w), )?(--[\w.-]+)(=(\"[^\"]*\"|\S*?))?( \.\.\.|\.\.\.)?(?:  |$)")
_DURATION = re.compile(r"(\d+(ms|s|m|h|d))+")


def kingpin_help(text: str) -> Node:
    """The whole tree from one page."""
    head, _, rest = text.partition("\nCommands:\n")
    head, _, plain = head.partition("\nArgs:\n")
    root = Node(flags=_flags(head), places=_arguments_of(plain) if plain else None)
    for block in re.split(r"\n(?=[a-z])", rest):
        first, _, body = block.partition("\n")
        found = _COMMAND.match(first.strip())
        if found:
            root = _with(root, found[1].split(), Node(flags=_flags(body), places=_places(found[2])))
    return root


def _with(node: Node, path: list[str], leaf: Node) -> Node:
    """The tree with a leaf put in."""
    name, *further = path
    child = node.commands.get(name, Node())
    child = _with(child, further, leaf) if further else replace(leaf, commands=child.commands)
    return replace(node, commands={**node.commands, name: child})


def _flags(text: str) -> tuple[Flag, ...]:
    return tuple(flag for line in text.splitlines() if (flag := _flag(line)))


def _flag(line: str) -> Flag | None:
    found = _FLAG.match(line)
    if found is None:
        return None
    names = tuple(name for name in (found[1], found[2]) if name)
    many = bool(found[5])
    if found[3] is None:
        return Flag(names, many=many)
    default = (found[4] or "").strip('"')
    kind: Kind = "duration" if _DURATION.fullmatch(default) and default[-1] != "d" else ""
    return Flag(names, "value", kind, many=many)


def _places(words: str) -> Places:
    kept = [word for word in re.findall(_ARGUMENT, words) if "<flags>" not in word]
    least = sum(not word.startswith("[") for word in kept)
    return Places(least, None if "..." in words else len(kept))


def _arguments_of(text: str) -> Places:
    return _places(" ".join(re.findall(r"^  (\[?<[^>]+>\]?)", text, re.MULTILINE)))
