"""
The help of cobra programs: kubectl's own layout, cobra's usual one (hcloud, cscli, helm), etcdctl's.

The surprise: kubectl shows a flag's default and not its type, so the type is read off the default
(`=false` takes nothing, `=0s` a duration); what may only be given with `=` cannot be seen at all (`probe` tries it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.procedure.grammar.table import Flag, Kind, Node, Takes

_COMMANDS = re.compile(r"^[A-Za-z][^:\n]*[Cc]ommands?[^:\n]*:$|^COMMANDS:$")
_HEADING = re.compile(r"^[A-Z][\w ()/-]*:$")
# The longest name of a page has only one space behind it.
_COMMAND = re.compile(r"^(?: {2,4}|\t)([a-z][\w-]*(?: [a-z][\w-]*)?)(?: {2,}| (?=[A-Z])|\t|$)")
_NAMES = r"^\s{1,8}(?:(-\w), )?(--[\w.-]+)"
_BY_DEFAULT = re.compile(_NAMES + r"(\[)?=(.*?)(?:\])?(?::(?:\s|$)|\t|$)")
_BY_TYPE = re.compile(_NAMES + r"(?: ([\w.:/<>|\[\]=\"-]+))?(?: {2,}|\t|$)")
# The first line of its usage: a group that does nothing by itself. Of others one cannot tell.
_ONLY_GROUPS = re.compile(r"^Usage:\s+\S[^\n]*(\[command\]|SUBCOMMAND)", re.MULTILINE)
_MANY = frozenset({"strings", "stringArray", "stringSlice", "ints", "stringToString", "ipSlice", "durationSlice"})
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("int", "int32", "int64", "uint", "uint16", "uint32", "uint64"), "int"),
    **dict.fromkeys(("float", "float32", "float64"), "float"),
    "duration": "duration",
}


def cobra_help(text: str) -> Node:
    """Its subcommands (open until their own pages are read), aliases and all flags of the page, inherited ones too."""
    flags = tuple(dict.fromkeys(flag for line in text.splitlines() if (flag := _flag(line))))
    names = list(_commands(text))
    return Node(
        commands={name: Node(open=True) for name in names if " " not in name}
        | {name.partition(" ")[0]: Node(open=True) for name in names if " " in name},
        flags=flags,
        acts=bool(names) and not _ONLY_GROUPS.search(text),
    )


def aliases_of(text: str) -> tuple[str, ...]:
    """What else the command of this page is called."""
    found = re.search(r"^Aliases:\n\s*(.+)$", text, re.MULTILINE)
    return tuple(found[1].split(", ")[1:]) if found else ()


def doubtful(text: str) -> frozenset[str]:
    """The flags whose default is a word in quotes: perhaps they stand for it when they are given without a value."""
    return frozenset(re.findall(r"^\s{1,8}(?:-\w, )?(--[\w-]+)='[\w-]+':", text, re.MULTILINE))


def _commands(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        if _COMMANDS.match(line):
            inside = True
        elif _HEADING.match(line):
            inside = False
        elif inside and (found := _COMMAND.match(line)):
            yield found[1]


def _flag(line: str) -> Flag | None:
    if found := _BY_DEFAULT.match(line):
        return _of_default([found[1], found[2]], found[4], optional=bool(found[3]))
    if found := _BY_TYPE.match(line):
        return _of_type([found[1], found[2]], found[3] or "")
    return None


def _of_default(names: list[str | None], default: str, *, optional: bool) -> Flag:
    kept = tuple(name for name in names if name)
    if default in ("true", "false"):
        return Flag(kept)
    takes: Takes = "optional" if optional else "value"
    kind: Kind = ""
    if re.fullmatch(r"-?\d+", default):
        kind = "int"
    elif re.fullmatch(r"-?\d+\.\d+", default):
        kind = "float"
    elif re.fullmatch(r"(\d+(\.\d+)?(ns|µs|ms|s|m|h))+", default):
        kind = "duration"
    return Flag(kept, takes, kind, many=default.startswith("["))


def _of_type(names: list[str | None], written: str) -> Flag:
    kept = tuple(name for name in names if name)
    if not written or written == "count":
        return Flag(kept, many=written == "count")
    name, optional, _ = written.partition("[")
    return Flag(kept, "optional" if optional else "value", _KINDS.get(name, ""), many=name in _MANY)
