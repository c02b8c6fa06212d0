"""
The filters that may follow a pipe, because tocsin applies them itself: no second process, no shell.

Kept to what reading an output needs. Each takes only the forms below; anything else is a problem, never a guess:

    grep [-v -i -E -F -c -w -n, alone or together] PATTERN      (or -e PATTERN)
    head, head -N, head -n N · tail, tail -N, tail -n N · wc -l · sort [-r -n -u]
"""

from __future__ import annotations

import re

_GREP_FLAGS = re.compile(r"-[viEFcwn]+")
_SORT_FLAGS = re.compile(r"-[rnu]+")
_COUNT = re.compile(r"-n?\d{1,9}")
_NUMBER = re.compile(r"\d{1,9}")


def refused_word(argv: tuple[str, ...]) -> int | None:
    """Tell which word of a filter is not understood (its index), None when the filter can be applied."""
    program, *rest = argv
    if program == "grep":
        return _grep(rest)
    if program in ("head", "tail"):
        return _counted(rest)
    if program == "wc":
        return None if rest == ["-l"] else min(1, len(rest))
    if program == "sort":
        strange = [index for index, word in enumerate(rest, 1) if not _SORT_FLAGS.fullmatch(word)]
        return strange[0] if strange else None
    return 0


def _grep(rest: list[str]) -> int | None:
    """Flags, then exactly one pattern; a file name behind it would read a file."""
    at = 0
    while at < len(rest) and _GREP_FLAGS.fullmatch(rest[at]):
        at += 1
    if at < len(rest) and rest[at] in ("-e", "--"):
        at += 1
    elif at < len(rest) and rest[at].startswith("-"):
        return at + 1
    if at >= len(rest):
        return 0
    return None if at == len(rest) - 1 else at + 2


def _counted(rest: list[str]) -> int | None:
    if not rest or (len(rest) == 1 and _COUNT.fullmatch(rest[0])):
        return None
    if rest[0] == "-n" and len(rest) == 2 and _NUMBER.fullmatch(rest[1]):
        return None
    return 1 if len(rest) < 3 and rest[0] != "-n" else len(rest)
