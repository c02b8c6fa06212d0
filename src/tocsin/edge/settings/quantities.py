"""
The values of the settings that TOML has no type for: spans, sizes, times of day, secrets.

Each is a small class of its own, so that msgspec hands its text to `read_quantity`. The surprise: a `Secret` written
into the settings file is refused, because that file is copied and committed; it comes from a file of its own or from
the environment.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Any

SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
SIZE = re.compile(r"(\d+)\s*([kKMGT]i?B|B)?", re.ASCII)
FACTORS = {"k": 1, "m": 2, "g": 3, "t": 4}


class Span(timedelta):
    """A length of time, written "30d", "1h30m", "90s"."""


class Size(int):
    """A number of bytes, written "1GiB" (1024 × 1024 × 1024), "500MB" (powers of 1000) or as a plain number."""


class TimeOfDay(time):
    """An hour of the day without a zone, written "09:00"."""


class Secret:
    """A text that is never printed: `repr` and `str` hide it, `reveal` gives it. Refused in the settings file."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class SecretAddress(Secret):
    """An address that may hold a token (the URL of a webhook): hidden, but allowed in the settings file."""


def read_span(text: str) -> Span:
    """Read "1h30m"; raises `ValueError` with a sentence."""
    match = SPAN.fullmatch(text.strip())
    if not text.strip() or match is None:
        raise ValueError(f'expected a length of time such as "30d", "1h30m" or "90s", got "{text}"')
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        return Span(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(f'"{text}" is too long a time') from None


def read_size(text: str | int) -> Size:
    """Read "1GiB" or 1073741824; raises `ValueError` with a sentence."""
    match = SIZE.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f'expected a size such as "1GiB" or "500MB", got "{text}"')
    number, unit = int(match[1]), (match[2] or "B").lower()
    step = 1024 if "i" in unit else 1000
    return Size(number * step ** FACTORS.get(unit[0], 0))


def read_time(text: str | time) -> TimeOfDay:
    """Read "09:00" (or TOML's own 09:00:00); raises `ValueError` with a sentence."""
    match = re.fullmatch(r"(\d\d?):(\d\d)(?::00)?", str(text).strip(), re.ASCII)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f'expected a time of day such as "09:00", got "{text}"')
    return TimeOfDay(int(match[1]), int(match[2]))


def read_quantity(kind: type, raw: Any) -> Any:
    """Turn a text of the settings into `kind`: msgspec's hook for the types that it does not know."""
    if isinstance(raw, kind):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, str | int | time):
        raise ValueError("expected a text")
    if kind is Size:
        return read_size(str(raw))
    if kind is TimeOfDay:
        return read_time(str(raw))
    if not isinstance(raw, str):
        raise ValueError(f"expected a text in quotes, got {raw}")
    if kind is Span:
        return read_span(raw)
    if issubclass(kind, Path):
        return _path(raw)
    if kind is SecretAddress:
        return SecretAddress(raw)
    if kind is Secret:
        raise ValueError("a secret does not belong in this file: name a file that holds it, or set the variable")
    raise NotImplementedError(kind)


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("expected the path of a file")
    return Path(text)
