"""The help of programs with one level of flags: getopt_long (psql), with verbs (systemctl), curl's own, redis-cli's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.procedure.grammar.table import Flag, Kind, Node, Places, Takes

_GETOPT = re.compile(
    r"^ {1,6}(?:(-[\w?]) ?(?:\(\"\w+\"\))?(?:, | ))?(?:(--[\w-]+)(\[?=(?:[\w.\[\]:=-]+)?\]?)?(?:, (--[\w-]+)(=[\w=\[\]-]+)?)?)?(?: {2,}|$)"
)
_SHORT_VALUE = re.compile(r"^ {1,6}(-\w) ([A-Z][A-Z_=\[\]]*)(?: {2,}|$)")
_VERB = re.compile(r"^  ([a-z][a-z-]+)((?: [A-Z=|.\[\]]+(?= |$))*)(?: |$)")
_CURL = re.compile(r"^ {1,5}(?:(-[^\s,]), )?(--[\w.-]+)( <[^>]*>+| \[protocol:)?")
_REDIS = re.compile(r"^ {1,2}(--?[\w-]+)((?: <[^>]+>)?)")


def getopt_help(text: str) -> Node:
    """psql: flags, and at most as many words as its usage names (it warns of more, and goes on)."""
    return Node(flags=tuple(_getopt(text)))


def verbs_help(text: str) -> Node:
    """systemctl: its verbs with their words, and flags that any verb takes."""
    verbs: dict[str, Node] = {}
    head, _, options = text.partition("\nOptions:\n")
    for line in head.splitlines():
        if found := _VERB.match(line):
            verbs[found[1]] = Node(places=_places(found[2].split()))
    return Node(commands=verbs, flags=tuple(_getopt(options)), acts=True)


def _places(words: list[str]) -> Places:
    endless = any("..." in word for word in words)
    least = sum(not word.startswith("[") for word in words)
    return Places(least, None if endless else len(words))


def _getopt(text: str) -> Iterator[Flag]:
    for line in text.splitlines():
        if found := _SHORT_VALUE.match(line):
            yield Flag((found[1],), "value", many=True)
        elif (found := _GETOPT.match(line)) and (found[1] or found[2]):
            names = tuple(name for name in (found[1], found[2], found[4]) if name)
            written = (found[3] or "") + (found[5] or "")
            if re.search(r"=[a-z]", written):
                continue  # `--help=commands`: one value of a flag that has its own line
            takes: Takes = "optional" if written.startswith("[") else "value" if written else "nothing"
            yield Flag(names, takes, many=True)


def curl_help(text: str) -> Node:
    """curl: no `=`; an address is needed unless a flag gives one."""
    flags: list[Flag] = []
    for line in text.splitlines():
        if found := _CURL.match(line):
            names = tuple(name for name in (found[1], found[2], found[2].replace("--no-", "--", 1)) if name)
            value = (found[3] or "").strip() if found[2] != "--help" else ""
            kind: Kind = "float" if value in ("<seconds>", "<fractional seconds>") else ""
            kind = "int" if value in ("<num>", "<integer>", "<number>") else kind
            flags.append(Flag(tuple(dict.fromkeys(names)), "value" if value else "nothing", kind, many=True))
    return Node(flags=tuple(flags), places=Places(1, None, ("--url", "--config")))


def redis_help(text: str) -> Node:
    """redis-cli: each flag stands alone or takes one word; the server's commands are not on this page."""
    found = (_REDIS.match(line) for line in text.splitlines())
    flags = tuple(Flag((one[1],), "value" if one[2] else "nothing", many=True) for one in found if one)
    return Node(flags=flags, acts=True)
