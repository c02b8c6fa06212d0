"""
Heartbeats: an Alertmanager's Watchdog, or anything that says each minute that it is alive.

Three bodies are understood: an Alertmanager webhook, each of whose firing alerts is a beat; a JSON object {"name",
"sent_at", "sequence"}, all of them optional; and one short line of text, which is the name. An empty body is a beat
of the name of its source. The surprise: a resolved Watchdog is no beat and no error; silence says it already.
"""

from __future__ import annotations

from typing import Any

from tocsin.detection import bounds
from tocsin.detection.sources.contract import Reading, Unreadable, beat_name, instant_in, parsed
from tocsin.incident.beat import Beat

LARGEST = (1 << 63) - 1


def read(body: bytes, source: str = "") -> Reading:
    """Read a body's beats; raises `Unreadable` when it is neither of the three."""
    try:
        text = body.decode()
    except ValueError:
        raise Unreadable("the body is not UTF-8") from None
    if not text.lstrip().startswith(("{", "[", '"')):
        return Reading([], beats=(Beat(source=source, name=_line(text) or source),))
    told = parsed(body)
    if not isinstance(told, dict):
        raise Unreadable("the body is not a JSON object")
    if isinstance(told.get("alerts"), list):
        return _of_alerts(told["alerts"], source)
    return Reading([], beats=(_of_object(told, source),))


def _line(text: str) -> str:
    line = text.strip()
    if len(line) > bounds.NAME or not all(character.isprintable() for character in line):
        raise Unreadable("the body is not one short line of text")
    return line


def _of_alerts(alerts: list[Any], source: str) -> Reading:
    beats: list[Beat] = []
    bad: list[str] = []
    for number, raw in enumerate(alerts, 1):
        labels = raw.get("labels") if isinstance(raw, dict) else None
        if not isinstance(labels, dict) or not isinstance(labels.get("alertname"), str):
            bad.append(f"alert {number}: it has no name")
        elif raw.get("status") == "firing":
            cluster = labels.get("cluster")
            name = beat_name(labels["alertname"], cluster if isinstance(cluster, str) else "")
            beats.append(Beat(source=source, name=name, since=instant_in(raw.get("startsAt"))))
    if bad and not beats:
        raise Unreadable(f"no alert of the body can be used; {bad[0]}")
    return Reading([], tuple(bad), beats=tuple(beats))


def _of_object(told: dict[str, Any], source: str) -> Beat:
    name, sequence = told.get("name", ""), told.get("sequence")
    if not isinstance(name, str):
        raise Unreadable("it is not a text - at `$.name`")
    if sequence is not None and (type(sequence) is not int or not 0 <= sequence <= LARGEST):
        raise Unreadable("it is not a whole number - at `$.sequence`")
    sent_at = instant_in(told.get("sent_at"))
    if sent_at is None and told.get("sent_at") is not None:
        raise Unreadable("it is not an instant (RFC 3339) - at `$.sent_at`")
    return Beat(
        source=source, name=bounds.bounded(name.strip(), bounds.NAME) or source, sent_at=sent_at, sequence=sequence
    )
