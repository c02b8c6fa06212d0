"""
Alertmanager's webhook, version 4 of its body: what 0.25 to 0.34 send.

One body is one group; it may hold firing and resolved alerts at once, and its own `status` only says whether any
fires, so each alert's counts. A year-1 `endsAt` means "not over". Fields that newer versions add (`routeLabels`,
`notification_reason`) pass. The surprise: a body is read strictly and fast; only when that fails it is read again
alert by alert, to save the good ones. And most bodies hold nothing that would have to be cut or replaced: the decoder
itself sees that, a storm is read in half the time. A Watchdog is a heartbeat by this door too.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tocsin.detection import bounds
from tocsin.detection.fingerprint import fingerprint, known_fingerprint
from tocsin.detection.sources.contract import HEARTBEATS, Reading, Unreadable, beat_name, each_judged, parsed
from tocsin.incident.alert import Alert
from tocsin.incident.beat import Beat

VERSION = "4"
DASHBOARDS = ("dashboard", "dashboard_url", "dashboardURL", "grafana")
STATUSES = frozenset({"firing", "resolved"})
UNNAMED = "unnamed"


class _Sent(Struct):
    """The part of an alert that is read, by the sender's names."""

    status: str
    labels: dict[str, str]
    startsAt: datetime | None = None
    endsAt: datetime | None = None
    annotations: dict[str, str] = {}
    generatorURL: str = ""
    fingerprint: str = ""


class _Group(Struct):
    """The part of a body that is read."""

    version: str
    alerts: list[_Sent]
    truncatedAlerts: int = 0


_Name = Annotated[str, Meta(max_length=bounds.NAME)]
_Value = Annotated[str, Meta(max_length=bounds.VALUE)]
_Prose = Annotated[str, Meta(max_length=bounds.PROSE)]


class _PlainSent(_Sent):
    """An alert whose tables are within their bounds."""

    labels: Annotated[dict[_Name, _Value], Meta(max_length=bounds.ENTRIES)]
    annotations: Annotated[dict[_Name, _Prose], Meta(max_length=bounds.ENTRIES)] = {}


class _PlainGroup(Struct):
    """The same of a whole body."""

    version: str
    alerts: list[_PlainSent]
    truncatedAlerts: int = 0


_NO_DASHBOARD = frozenset(DASHBOARDS).isdisjoint
_STRICT = msgspec.json.Decoder(_Group)
_PLAIN = msgspec.json.Decoder(_PlainGroup)


def read(body: bytes, source: str = "") -> Reading:
    """Read a body; `source` becomes each alert's source. Raises `Unreadable`, also when every alert is bad."""
    plain = _plain(body)
    try:
        group = plain or _STRICT.decode(body)
    except (ValueError, RecursionError):
        return _read_one_by_one(body, source)
    _check_version(group.version)
    is_plain = plain is not None
    judge = partial(_alert, source=source, plain=is_plain)
    return _apart(each_judged(group.alerts, judge, group.truncatedAlerts))


def _plain(body: bytes) -> _PlainGroup | None:
    """
    The body when no text in its tables has to be changed. The decoder judges their lengths and refuses lone surrogates
    itself; a NUL can only stand there as an escape.
    """
    if b"\\u0000" in body:
        return None
    try:
        return _PLAIN.decode(body)
    except (ValueError, RecursionError):
        return None


def _read_one_by_one(body: bytes, source: str) -> Reading:
    """Save what can be saved: bad UTF-8 and lone surrogates are replaced, each alert is judged alone."""
    told = parsed(body)
    if not isinstance(told, dict) or not isinstance(told.get("alerts"), list):
        raise Unreadable("the body is not an Alertmanager webhook: it has no list of alerts")
    _check_version(told.get("version"))
    return _apart(each_judged(told["alerts"], lambda raw: _judged(raw, source), told.get("truncatedAlerts")))


def _check_version(version: Any) -> None:
    if version != VERSION:
        raise Unreadable('the body is not version "4" of the Alertmanager webhook')


def _apart(reading: Reading) -> Reading:
    """The signs of life beside the alerts."""
    if HEARTBEATS.isdisjoint([alert.name for alert in reading.alerts]):  # at once: this is the hot path
        return reading
    beats = tuple(_beat(alert) for alert in reading.alerts if alert.name in HEARTBEATS and alert.status == "firing")
    alerts = [alert for alert in reading.alerts if alert.name not in HEARTBEATS]
    return Reading(alerts, reading.quarantined, reading.left_out, beats)


def _beat(alert: Alert) -> Beat:
    since = alert.starts_at if alert.starts_at > bounds.UNKNOWN_START else None
    return Beat(source=alert.source, name=beat_name(alert.name, alert.labels.get("cluster", "")), since=since)


def _judged(raw: Any, source: str) -> Alert | str:
    if isinstance(raw, dict):
        raw = {**raw, **{name: _instant(raw.get(name)) for name in ("startsAt", "endsAt")}}
    try:
        return _alert(msgspec.convert(raw, _Sent), source)
    except (msgspec.ValidationError, RecursionError) as error:
        return bounds.bounded(str(error), bounds.NAME)


def _instant(raw: Any) -> datetime | None:
    """An instant that cannot be read is one that was not told: it must not cost us the alert."""
    try:
        return msgspec.convert(raw, datetime)
    except msgspec.ValidationError:
        return None


def _alert(sent: _Sent, source: str, *, plain: bool = False) -> Alert | str:
    """`plain` tells that the tables need no bounds any more; what is wrong with the alert comes back as a text."""
    if not sent.labels and not sent.fingerprint:
        return "it has no labels"
    if sent.status not in STATUSES:
        return "its status is neither firing nor resolved"
    firing = sent.status == "firing"
    labels = sent.labels if plain else bounds.bounded_table(sent.labels, bounds.VALUE)
    return Alert(
        source=source,
        fingerprint=known_fingerprint(sent.fingerprint) or fingerprint(sent.labels),
        name=bounds.bounded(labels.get("alertname") or UNNAMED, bounds.NAME),
        status="firing" if firing else "cleared",
        starts_at=bounds.start(sent.startsAt) or bounds.UNKNOWN_START,
        ends_at=None if firing else bounds.instant(sent.endsAt),
        severity=bounds.bounded(labels.get("severity", ""), bounds.NAME),
        labels=labels,
        annotations=sent.annotations if plain else bounds.bounded_table(sent.annotations, bounds.PROSE),
        url=bounds.link(sent.generatorURL),
        dashboard="" if _NO_DASHBOARD(sent.annotations) else _dashboard(sent.annotations),
    )


def _dashboard(annotations: dict[str, str]) -> str:
    """Where a rule's author says that the picture is: the first of the usual names that holds a web address."""
    for name in DASHBOARDS:
        if place := bounds.link(annotations.get(name, "")):
            return place
    return ""
