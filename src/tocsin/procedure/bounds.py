"""
How much of one text is read, so that no file can hold the reader up.

A content comes in; what is read of it and what was left out go out. Three measures stand: a line's length, a file's
lines, and a file's marks (the signs that Markdown looks twice at: they cost, plain words do not). The surprise: a line
that is too long becomes an empty one, so that every line below it keeps its number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LONGEST_LINE = 20_000
MOST_LINES = 8_000
MOST_MARKS = 30_000
# How many wrong names get a "did you mean", and among how many right ones it is looked for.
GUESSED = 30
COMPARED = 200
_MARK = re.compile(r"[\\`*_~\[\]()!<>&|:\t]|^ *(?:[-+#]|\d+[.)])|- (?=[-+*\d])")


class Bounded(NamedTuple):
    """`content` is what is read; `skipped` the lines that are too long, `end` the first line that is not read (0: all are)."""

    content: str
    skipped: tuple[int, ...] = ()
    end: int = 0


@lru_cache(maxsize=8)
def bounded(content: str) -> Bounded:
    """What is read of a content. Kept: the reader and the problems of reading both ask."""
    if len(content) < MOST_LINES:  # too short to break any measure
        return Bounded(content)
    kept: list[str] = []
    skipped: list[int] = []
    marks = 0
    for number, line in enumerate(content.split("\n"), start=1):
        too_long = len(line) > LONGEST_LINE
        marks += 0 if too_long else len(_MARK.findall(line))
        if marks > MOST_MARKS or (number > MOST_LINES and line):
            return Bounded("\n".join(kept), tuple(skipped), number)
        if too_long:
            skipped.append(number)
        kept.append("" if too_long else line)
    return Bounded("\n".join(kept), tuple(skipped))
