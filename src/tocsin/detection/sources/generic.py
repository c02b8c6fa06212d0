"""
Anything else: one alert as a small JSON object, a list of them, or {"alerts": [...]}.

    {"name": "BackupFailed", "status": "firing", "severity": "critical", "summary": "…", "labels": {"host": "db-1"}}

Only `name` is needed. The rest: `status` (firing or resolved), `severity`, `summary`, `description`, `id` (what makes
two deliveries the same alert; without it the name and the labels do), `group` (what makes two alerts one matter),
`starts_at` and `ends_at` (RFC 3339), `quiet_after` ("15m": the sender tells no end), `url`, `dashboard`, `runbook`.

The surprise: every other field becomes a label, a text as it is and all else as JSON. A field that was misspelt is then
seen on the page, and none is lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tocsin.detection import bounds
from tocsin.detection.fingerprint import fingerprint
from tocsin.detection.sources.contract import (
    Reading,
    Unreadable,
    each_judged,
    in_words,
    instant_in,
    parsed,
    table_in_words,
)
from tocsin.incident.alert import Alert, AlertStatus
from tocsin.procedure.durations import span

STATUSES: dict[str, AlertStatus] = {"": "firing", "firing": "firing", "resolved": "cleared"}
TEXTS = ("name", "status", "severity", "summary", "description", "id", "group", "url", "dashboard", "runbook")
INSTANTS = ("starts_at", "ends_at")
FIELDS = frozenset({*TEXTS, *INSTANTS, "labels", "quiet_after"})


def read(body: bytes, source: str = "") -> Reading:
    """Read a body; raises `Unreadable`, also when every alert is bad."""
    told = parsed(body)
    if isinstance(told, dict):
        told = told["alerts"] if isinstance(told.get("alerts"), list) else [told]
    if not isinstance(told, list):
        raise Unreadable("the body is neither an alert nor a list of alerts")
    return each_judged(told, lambda raw: _judged(raw, source))


def _judged(raw: Any, source: str) -> Alert | str:
    if not isinstance(raw, dict):
        return "it is not an object"
    wrong = _wrong(raw)
    if wrong:
        return wrong
    name, status = raw["name"].strip(), STATUSES[raw.get("status") or ""]
    others = {field: in_words(value) for field, value in raw.items() if field not in FIELDS}
    labels = {**others, **table_in_words(raw.get("labels")), "alertname": name}
    severity = raw.get("severity") or labels.get("severity", "")
    return Alert(
        source=source,
        fingerprint=fingerprint({"id": raw["id"]} if raw.get("id") else labels),
        name=bounds.bounded(name, bounds.NAME),
        status=status,
        starts_at=instant_in(raw.get("starts_at")) or bounds.UNKNOWN_START,
        ends_at=instant_in(raw.get("ends_at")) if status == "cleared" else None,
        severity=bounds.bounded(severity, bounds.NAME),
        labels=bounds.bounded_table({**labels, "severity": severity} if severity else labels, bounds.VALUE),
        annotations=bounds.bounded_table(_annotations(raw), bounds.PROSE),
        url=bounds.link(raw.get("url") or ""),
        dashboard=bounds.link(raw.get("dashboard") or ""),
        group=bounds.bounded(f"json:{raw['group']}", bounds.NAME) if raw.get("group") else "",
        quiet_after=_silence(raw.get("quiet_after")),
    )


def _wrong(raw: dict[str, Any]) -> str:
    """What forbids to use it, "" when nothing does. A field of a wrong kind is told and not guessed at."""
    for field in TEXTS:
        if raw.get(field) is not None and not isinstance(raw[field], str):
            return f"`{field}` is not a text"
    if not (raw.get("name") or "").strip():
        return "it has no `name`"
    if (raw.get("status") or "") not in STATUSES:
        return "its `status` is neither firing nor resolved"
    if raw.get("labels") is not None and not isinstance(raw["labels"], dict):
        return "`labels` is not an object"
    for field in INSTANTS:
        if raw.get(field) is not None and instant_in(raw[field]) is None:
            return f"`{field}` is not an instant (RFC 3339)"
    if raw.get("quiet_after") is not None and _silence(raw["quiet_after"]) is None:
        return "`quiet_after` is not a span of time (15m)"
    return ""


def _silence(told: object) -> timedelta | None:
    return span(told) if isinstance(told, str) else None


def _annotations(raw: dict[str, Any]) -> dict[str, str]:
    said = {name: raw[name] for name in ("summary", "description") if raw.get(name)}
    runbook = bounds.link(raw.get("runbook") or "")
    return {**said, "runbook_url": runbook} if runbook else said
