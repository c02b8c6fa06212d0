"""
Grafana's webhook contact point: its alert rules, version "1" of the body.

It looks like Alertmanager's with more in it: the values that were measured, the links to the dashboard and its panel.
When a query gives nothing or fails, Grafana sends an alert of its own (DatasourceNoData, DatasourceError) and puts the
rule's name into `rulename`; the rule's own words would then say what nobody has seen, so they are not the summary.

The surprise: "resolved" is not always a recovery. With a `grafana_state_reason` (Updated, Paused, RuleDeleted,
MissingSeries, NoData, Error, KeepLast) the rule was touched or its data went away: such an end is marked doubtful.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tocsin.detection import bounds
from tocsin.detection.fingerprint import fingerprint, known_fingerprint
from tocsin.detection.sources.contract import (
    Reading,
    Unreadable,
    each_judged,
    in_words,
    instant_in,
    parsed,
    table_in_words,
)
from tocsin.incident.alert import Alert

VERSION = "1"
STATUSES = frozenset({"firing", "resolved"})
REASON = "grafana_state_reason"
MISSING = {"DatasourceNoData": "no data", "DatasourceError": "the query failed"}
AROUND = timedelta(minutes=30)
UNNAMED = "unnamed"


def read(body: bytes, source: str = "") -> Reading:
    """Read a body; raises `Unreadable`, also when every alert is bad."""
    told = parsed(body)
    if not isinstance(told, dict) or not isinstance(told.get("alerts"), list):
        raise Unreadable("the body is not a Grafana webhook: it has no list of alerts")
    if told.get("version") != VERSION:
        raise Unreadable('the body is not version "1" of the Grafana webhook')
    return each_judged(told["alerts"], lambda raw: _judged(raw, source), told.get("truncatedAlerts"))


def _judged(raw: Any, source: str) -> Alert | str:
    if not isinstance(raw, dict):
        return "it is not an object"
    labels, annotations = table_in_words(raw.get("labels")), table_in_words(raw.get("annotations"))
    given = known_fingerprint(raw.get("fingerprint"))
    if not labels and not given:
        return "it has no labels"
    if in_words(raw.get("status")) not in STATUSES:
        return "its status is neither firing nor resolved"
    firing = raw["status"] == "firing"
    name = labels.get("alertname") or UNNAMED
    starts_at = bounds.start(instant_in(raw.get("startsAt"))) or bounds.UNKNOWN_START
    return Alert(
        source=source,
        fingerprint=given or fingerprint(labels),
        name=bounds.bounded(name, bounds.NAME),
        status="firing" if firing else "cleared",
        starts_at=starts_at,
        ends_at=None if firing else instant_in(raw.get("endsAt")),
        severity=bounds.bounded(labels.get("severity", ""), bounds.NAME),
        labels=bounds.bounded_table(labels, bounds.VALUE),
        annotations=bounds.bounded_table(_annotations(name, labels, annotations, raw), bounds.PROSE),
        url=_address(raw.get("generatorURL")),
        dashboard=_at(_address(raw.get("panelURL")) or _address(raw.get("dashboardURL")), starts_at),
        group=_group(name, labels),
        doubt="" if firing else bounds.bounded(annotations.get(REASON, ""), bounds.NAME),
    )


def _annotations(name: str, labels: dict[str, str], told: dict[str, str], raw: dict[str, Any]) -> dict[str, str]:
    """What the rule says, and what was measured; a rule without data says only that."""
    values = table_in_words(raw.get("values"))
    measured = {"values": ", ".join(f"{key} = {values[key]}" for key in sorted(values))} if values else {}
    rule = labels.get("rulename", "")
    if name in MISSING and rule:
        said = {"rule_summary": told["summary"]} if told.get("summary") else {}
        return {**told, **said, **measured, "summary": f"{rule}: {MISSING[name]}"}
    return {**told, **measured}


def _group(name: str, labels: dict[str, str]) -> str:
    """All rules that one data source leaves without an answer are one matter."""
    if name not in MISSING:
        return ""
    return bounds.bounded(f"grafana:datasource:{labels.get('datasource_uid', '')}", bounds.NAME)


def _address(told: object) -> str:
    return bounds.link(told) if isinstance(told, str) else ""


def _at(address: str, at: datetime) -> str:
    """The address with the time of the alert, where Grafana has not put it there itself (it does from version 11 on)."""
    try:
        parts = urlsplit(address)
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    if not address or at == bounds.UNKNOWN_START or any(name == "from" for name, _ in asked):
        return address
    window = [("from", _milliseconds(at - AROUND)), ("to", _milliseconds(at + AROUND))]
    return bounds.link(urlunsplit(parts._replace(query=urlencode([*asked, *window]))))


def _milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
