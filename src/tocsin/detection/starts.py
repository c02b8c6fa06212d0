"""
When an alert began whose sender does not say.

Its identity needs a start. While such an alert fires, each delivery belongs to the episode that is known; the first one,
and the first after an end, begins with its arrival. The surprise: an alert that only silence ends begins anew each time,
because a repetition is what moves its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from tocsin.detection.bounds import UNKNOWN_START
from tocsin.incident.alert import Alert

Key = tuple[str, str]


def dated(arrived: Iterable[tuple[Alert, datetime]], held: Mapping[Key, Alert]) -> list[Alert]:
    """The alerts in their order with a start each; `held` are those of the open incidents by (source, fingerprint)."""
    known = dict(held)
    dated: list[Alert] = []
    for told, received_at in arrived:
        key = (told.source, told.fingerprint)
        is_told = told.starts_at > UNKNOWN_START
        known[key] = told if is_told else replace(told, starts_at=_start(told, known.get(key), received_at))
        dated.append(known[key])
    return dated


def _start(alert: Alert, known: Alert | None, received_at: datetime) -> datetime:
    if known is None:
        return received_at
    if alert.status == "cleared":
        return known.starts_at
    is_renewed = alert.endless or alert.quiet_after is not None
    return known.starts_at if known.status == "firing" and not is_renewed else received_at
