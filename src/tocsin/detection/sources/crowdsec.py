"""
CrowdSec's http notification: the list of alerts that its template `{{.|toJson}}` makes.

An alert says which scenario was seen from which address, and which decisions (a ban for four hours) followed. CrowdSec
never says that it is over: the decision runs out, so the alert is over when it does. All addresses of one scenario are
one matter: a scan from fifty addresses is one incident.

The surprise: an answer that is no 2xx is a loss, because CrowdSec logs it and does not send again.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tocsin.detection import bounds
from tocsin.detection.fingerprint import fingerprint
from tocsin.detection.sources.contract import Reading, Unreadable, each_judged, in_words, instant_in, parsed
from tocsin.incident.alert import Alert

LONGEST = timedelta(days=365)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(h|ms|m|us|µs|ns|s)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")


def read(body: bytes, source: str = "") -> Reading:
    """Read a body; raises `Unreadable`, also when every alert is bad."""
    told = parsed(body)
    if isinstance(told, dict):
        told = told["alerts"] if isinstance(told.get("alerts"), list) else [told]
    if not isinstance(told, list):
        raise Unreadable("the body is not a CrowdSec notification: it is no list of alerts")
    return each_judged(told, lambda raw: _judged(raw, source))


def _judged(raw: Any, source: str) -> Alert | str:
    if not isinstance(raw, dict):
        return "it is not an object"
    scenario = raw.get("scenario")
    if not isinstance(scenario, str) or not scenario:
        return "it has no scenario"
    origin = raw["source"] if isinstance(raw.get("source"), dict) else {}
    decisions = raw["decisions"] if isinstance(raw.get("decisions"), list) else []
    decided = [decision for decision in decisions if isinstance(decision, dict)]
    scope, value = in_words(origin.get("scope")), in_words(origin.get("value"))
    spans = [length for decision in decided if (length := duration(decision.get("duration")))]
    name = f"CrowdSec {scenario}"
    return Alert(
        source=source,
        fingerprint=fingerprint({"scenario": scenario, "scope": scope, "value": value}),
        name=bounds.bounded(name, bounds.NAME),
        status="firing",
        starts_at=instant_in(raw.get("start_at")) or instant_in(raw.get("created_at")) or bounds.UNKNOWN_START,
        labels=bounds.bounded_table({"alertname": name, **_labels(raw, origin, decided)}, bounds.VALUE),
        annotations=bounds.bounded_table({"summary": _summary(raw, scenario, value)}, bounds.PROSE),
        group=bounds.bounded(f"crowdsec:{scenario}", bounds.NAME),
        endless=True,
        quiet_after=max(spans, default=None),
    )


def duration(told: object) -> timedelta | None:
    """A span as Go writes it ("3h59m58.7s"); None for one that has run out already or is none."""
    if not isinstance(told, str) or _DURATION.fullmatch(told) is None:
        return None
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(told))
    return timedelta(seconds=min(seconds, LONGEST.total_seconds())) if seconds >= 1 else None


def _summary(raw: dict[str, Any], scenario: str, value: str) -> str:
    return in_words(raw.get("message")) or f"{scenario} {value}".strip()


def _labels(raw: dict[str, Any], origin: dict[str, Any], decided: list[dict[str, Any]]) -> dict[str, str]:
    told = {
        "scenario": raw.get("scenario"),
        "scope": origin.get("scope"),
        "value": origin.get("value"),
        "srcip": origin.get("ip"),
        "range": origin.get("range"),
        "country": origin.get("cn"),
        "as_name": origin.get("as_name"),
        "decision": ",".join(sorted({in_words(decision.get("type")) for decision in decided} - {""})),
        "origin": ",".join(sorted({in_words(decision.get("origin")) for decision in decided} - {""})),
        "events_count": raw.get("events_count"),
        "simulated": raw.get("simulated"),
        "machine": raw.get("machine_id"),
    }
    return {name: text for name, value in told.items() if (text := in_words(value))}
