"""Where a sentence of the procedure stands: path, line and column, counted from 1 as editors do."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from msgspec import Struct

Reading = Literal["utf-8", "utf-16", "windows-1252", "binary", "too-big"]


class Source(Struct, frozen=True, order=True):
    """`path` is relative to the procedure's folder, with forward slashes; `end_column` is exclusive, 0 for the whole line."""

    path: str
    line: int
    column: int = 1
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Text(Struct, frozen=True):
    """
    One file as it was read: its path, its content with universal line ends, and the SHA-256 of its bytes.

    `reading` says how its bytes became text; for "binary" and "too-big" the content is empty.
    """

    path: str
    content: str
    fingerprint: str
    reading: Reading = "utf-8"

    def line(self, number: int) -> str:
        """The source line of that number (from 1), "" beyond the end."""
        lines = _lines(self.content)
        return lines[number - 1] if 0 < number <= len(lines) else ""


@lru_cache(maxsize=4)
def _lines(content: str) -> tuple[str, ...]:
    """Kept for the next question: a list of problems asks for many lines of few files."""
    return tuple(content.split("\n"))
