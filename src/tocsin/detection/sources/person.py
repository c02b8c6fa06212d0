"""
What a person tells: a report.

A report is no alert: it has no fingerprint and never clears by itself. It does not wait in the inbox either; it
becomes a `Report` command at once, because the person who typed it must see the incident. The text is kept as typed,
line ends and all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tocsin.detection import bounds
from tocsin.detection.sources.contract import Unreadable
from tocsin.incident.commands import Report

LONGEST = 10_000


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report as it is typed. `detected_at` None is "just now"."""

    text: str
    detected_at: Annotated[datetime, Meta(tz=True)] | None = None
    everything_down: bool = False
    kind: Literal["normal", "security", "exercise"] = "normal"


_DECODER = msgspec.json.Decoder(Told)


def read(body: bytes) -> Told:
    """Read {"text": …}; raises `Unreadable`, naming the field."""
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from None
    except (ValueError, RecursionError):
        raise Unreadable("the body is not JSON") from None


def report(told: Told, by: str, via: str, now: datetime) -> Report:
    """Make the command; raises `Unreadable` for an empty or endless text, or an instant that cannot be."""
    text = told.text.strip()
    if not text:
        raise Unreadable("the text is empty - at `$.text`")
    if len(text) > LONGEST:
        raise Unreadable(f"the text is longer than {LONGEST} characters - at `$.text`")
    return Report(
        by=by,
        text=bounds.bounded(text, LONGEST),
        detected_at=_past(told.detected_at, now),
        everything_down=told.everything_down,
        kind=told.kind,
        via=via,
    )


def _past(at: datetime | None, now: datetime) -> datetime | None:
    if at is None:
        return None
    known = bounds.instant(at)
    if known is None or known > now:
        raise Unreadable("the instant does not lie in the past - at `$.detected_at`")
    return known
