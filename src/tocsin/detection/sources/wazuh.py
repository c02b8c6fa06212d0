"""
Wazuh's alerts, as version 4 writes them (alerts.json, our script `custom-tocsin`) and as version 5 indexes them.

An alert is one rule that matched one event of one agent. Rule, agent and source address make its identity: the same
attack goes on as one alert, whatever the text of its log lines. The rule and its groups say what it means, so they are
labels for the tables of alerts; the level comes last, because a low level can mean much.

The surprise: Wazuh never says that it is over; silence does. And its `id` only tells deliveries apart: what was sent
twice has the same timestamp, and is a repetition by that.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from tocsin.detection import bounds
from tocsin.detection.fingerprint import fingerprint
from tocsin.detection.sources.contract import Reading, Unreadable, each_judged, in_words, instant_in, parsed
from tocsin.incident.alert import Alert

SEVERITIES = {"critical": "critical", "high": "critical", "medium": "warning", "low": "info"}
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_ID = re.compile(r"(\d{9,11})\.\d+")


def read(body: bytes, source: str = "") -> Reading:
    """Read an alert, a list of them, or documents of the indexer; raises `Unreadable` when none can be used."""
    told = parsed(body)
    if isinstance(told, dict):
        told = told["alerts"] if isinstance(told.get("alerts"), list) else [told]
    if not isinstance(told, list):
        raise Unreadable("the body is neither a Wazuh alert nor a list of them")
    return each_judged(told, lambda raw: _judged(raw, source))


def _judged(raw: Any, source: str) -> Alert | str:
    if not isinstance(raw, dict):
        return "it is not an object"
    document = _table(raw, "_source") or raw
    five = _table(document, "wazuh")
    rule = _table(five, "rule") or _table(document, "rule")
    number = in_words(rule.get("id"))
    if not number:
        return "it has no rule with an id"
    agent = _table(five, "agent") or _table(document, "agent")
    labels = {"alertname": f"Wazuh {number}", **_labels(document, five, rule, agent)}
    identity = {"rule": number, "agent": _agent(agent), "srcip": labels.get("srcip", "")}
    return Alert(
        source=source,
        fingerprint=fingerprint(identity),
        name=bounds.bounded(labels["alertname"], bounds.NAME),
        status="firing",
        starts_at=_instant(document, raw),
        severity=_severity(labels.get("level", "")),
        labels=bounds.bounded_table(labels, bounds.VALUE),
        annotations=bounds.bounded_table(_annotations(document, rule), bounds.PROSE),
        group=bounds.bounded(f"wazuh:{number}:{_agent(agent)}:{identity['srcip']}", bounds.NAME),
        endless=True,
    )


def _labels(
    document: dict[str, Any], five: dict[str, Any], rule: dict[str, Any], agent: dict[str, Any]
) -> dict[str, str]:
    """What the tables of alerts match: rule, groups, level, agent, address. Empty ones are left out."""
    told = {
        "rule_id": rule.get("id"),
        "rule_groups": _joined(rule.get("groups")) or _table(five, "integration").get("name"),
        "level": rule.get("level"),
        "mitre": _joined(_table(rule, "mitre").get("id")),
        "agent": agent.get("name"),
        "agent_id": agent.get("id"),
        "agent_ip": agent.get("ip"),
        "srcip": _address(document),
        "user": _user(document),
        "path": _table(document, "syscheck").get("path") or _table(document, "file").get("path"),
        "manager": _table(document, "manager").get("name"),
        "location": document.get("location"),
    }
    return {name: text for name, value in told.items() if (text := in_words(value))}


def _annotations(document: dict[str, Any], rule: dict[str, Any]) -> dict[str, str]:
    title = in_words(rule.get("description") or rule.get("title")) or f"Wazuh {in_words(rule.get('id'))}"
    agent = in_words((_table(_table(document, "wazuh"), "agent") or _table(document, "agent")).get("name"))
    address = _address(document)
    where = ", ".join(part for part in (agent, address) if part)
    line = in_words(document.get("full_log") or _table(document, "event").get("original"))
    told = {
        "summary": f"{title} ({where})" if where else title,
        "description": line,
        "wazuh_id": in_words(document.get("id")),
        "fired_times": in_words(rule.get("firedtimes")),
    }
    return {name: text for name, text in told.items() if text}


def _address(document: dict[str, Any]) -> str:
    """The address that an attack came from, where the decoder of that log put it."""
    event = _table(document, "data")
    told = event.get("srcip") or event.get("src_ip") or _table(document, "source").get("ip")
    return in_words(told or _table(_table(event, "win"), "eventdata").get("ipAddress"))


def _user(document: dict[str, Any]) -> str:
    event = _table(document, "data")
    return in_words(event.get("dstuser") or event.get("srcuser") or _table(document, "user").get("name"))


def _agent(agent: dict[str, Any]) -> str:
    return in_words(agent.get("id")) or in_words(agent.get("name"))


def _severity(level: str) -> str:
    """The sender's word for a level, for lists and for what no table knows."""
    if level.isascii() and level.isdigit() and len(level) <= 3:
        number = int(level)
        return "critical" if number >= 12 else "warning" if number >= 7 else "info"
    return SEVERITIES.get(level.casefold(), bounds.bounded(level, bounds.NAME))


def _instant(document: dict[str, Any], raw: dict[str, Any]) -> datetime:
    """When it was: its timestamp (Wazuh writes +0000 without a colon), else the seconds that its id begins with."""
    for told in (document.get("timestamp"), document.get("@timestamp")):
        at = instant_in(_OFFSET.sub(r"\1:\2", told)) if isinstance(told, str) else None
        if at is not None:
            return at
    numbered = _ID.fullmatch(in_words(document.get("id") or raw.get("_id")))
    if numbered is None:
        return bounds.UNKNOWN_START
    return bounds.instant(datetime.fromtimestamp(int(numbered[1]), UTC)) or bounds.UNKNOWN_START


def _joined(told: object) -> str:
    return ",".join(in_words(part) for part in told) if isinstance(told, list) else in_words(told)


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    told = document.get(name)
    return told if isinstance(told, dict) else {}
