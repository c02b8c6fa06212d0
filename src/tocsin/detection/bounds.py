"""
Limits for what comes from outside, so that one sender cannot fill a page, a call or the disk.

Text stays as it was sent, control characters included: whoever shows it escapes it. Two things change. What is
longer than its limit is cut and ends in "…"; and NUL and unpaired surrogates become U+FFFD, because neither database
nor UTF-8 can hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

NAME = 200
VALUE = 1_000
PROSE = 4_000
LINK = 2_000
ENTRIES = 64
# Kept before any other when there are too many labels: what correlation, triage and a reader need.
FIRST = ("alertname", "severity", "cluster", "namespace", "service", "job", "node", "instance", "pod")

UNKNOWN_START = datetime(1970, 1, 1, tzinfo=UTC)
"""When a sender gives no usable start. It is the same at each delivery, so that the episode stays one."""
# Beyond these no time zone can be applied safely, and no sender means it.
_EARLIEST, _LATEST = UNKNOWN_START, datetime(2200, 1, 1, tzinfo=UTC)


def bounded(text: str, limit: int) -> str:
    """The text, at most `limit` characters long and free of what cannot be kept."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def bounded_table(table: Mapping[str, str], value_limit: int) -> dict[str, str]:
    """The labels or annotations, bounded in number and in length."""
    if _is_plain(table, value_limit):
        return dict(table)
    names: Iterable[str] = table
    if len(table) > ENTRIES:
        names = sorted(table, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))[:ENTRIES]
    return {bounded(name, NAME): bounded(table[name], value_limit) for name in names}


def _is_plain(table: Mapping[str, str], value_limit: int) -> bool:
    """Whether nothing has to be done, which is nearly always; looked at all at once, because this is the hot path."""
    if len(table) > ENTRIES or not table:
        return not table
    whole = "".join((*table, *table.values()))
    fits = max(map(len, table)) <= NAME and max(map(len, table.values())) <= value_limit
    return fits and whole.isascii() and "\0" not in whole


def link(text: str) -> str:
    """The text when it is a web address that fits, else ""; a cut address would lead elsewhere."""
    return bounded(text, LINK) if text.startswith(("http://", "https://")) and len(text) <= LINK else ""


def instant(at: datetime | None) -> datetime | None:
    """The instant in UTC, None when it is outside 1970…2199; one without a zone is taken as UTC."""
    if at is None:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    if not _EARLIEST < at < _LATEST:
        return None
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def start(at: datetime | None) -> datetime | None:
    """
    The start of an alert, cut to milliseconds: Alertmanager and Grafana deliver nanoseconds and list milliseconds, and
    both must be the same episode.
    """
    known = instant(at)
    return known.replace(microsecond=known.microsecond // 1000 * 1000) if known else None
