"""
How the signals of a storm arrive: in Alertmanager's bodies, one per group, late, shuffled, sometimes cut.

Grouped by name and namespace as Alertmanager's usual route does, first after `group_wait`, then each `group_interval`
with whatever the group then holds (what fires, and once what ended). A body that is cut leaves some alerts out and says
how many; they come with a later one, or never.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.storms.faults import Signal
from tocsin.detection.sources.alertmanager import fingerprint

BEGINS = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
GROUP_WAIT, GROUP_INTERVAL = 10.0, 60.0
NEVER = "0001-01-01T00:00:00Z"


@dataclass(frozen=True)
class Delivery:
    """A body and when it arrives, in seconds."""

    at: float
    body: bytes


def deliveries(signals: Iterable[Signal], chance: random.Random, *, cut: float = 0.0, until: float) -> list[Delivery]:
    """All bodies up to `until`, in the order of their arrival; `cut` is the share of them that leave something out."""
    groups: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    for signal in signals:
        groups[signal.labels["alertname"], signal.labels.get("namespace", "")].append(signal)
    made = [sent for key, members in groups.items() for sent in _of_group(key, members, chance, cut, until)]
    return sorted(made, key=lambda delivery: delivery.at)


def _of_group(
    key: tuple[str, str], members: list[Signal], chance: random.Random, cut: float, until: float
) -> Iterator[Delivery]:
    told: set[tuple[int, bool]] = set()
    at = min(signal.at for signal in members) + GROUP_WAIT
    while at <= until:
        held = [s for s in members if s.at <= at and (not _over(s, at) or (id(s), True) not in told)]
        news = [s for s in held if (id(s), _over(s, at)) not in told]
        # What began and ended between two looks was never told as firing: then its end is no news either.
        held = [s for s in held if not _over(s, at) or (id(s), False) in told]
        if news and held:
            shuffled = chance.sample(held, len(held))
            left_out = chance.randint(1, len(held) // 2) if len(held) > 3 and chance.random() < cut else 0
            sent = shuffled[left_out:]
            told |= {(id(s), _over(s, at)) for s in sent}
            yield Delivery(at + chance.uniform(0, 3), body(key, sent, at, left_out))
        told |= {(id(s), True) for s in members if _over(s, at) and (id(s), False) not in told}
        at += GROUP_INTERVAL


def body(key: tuple[str, str], signals: list[Signal], at: float, left_out: int = 0) -> bytes:
    """One body of Alertmanager's webhook, version 4."""
    alerts = [_alert(signal, at) for signal in signals]
    group = {"alertname": key[0], "namespace": key[1]} if key[1] else {"alertname": key[0]}
    return json.dumps(
        {
            "receiver": "tocsin",
            "status": "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved",
            "alerts": alerts,
            "groupLabels": group,
            "commonLabels": group,
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093",
            "version": "4",
            "groupKey": "{}:{" + ", ".join(f'{name}="{value}"' for name, value in group.items()) + "}",
            "truncatedAlerts": left_out,
        }
    ).encode()


def _alert(signal: Signal, at: float) -> dict[str, object]:
    over = _over(signal, at)
    return {
        "status": "resolved" if over else "firing",
        "labels": signal.labels,
        "annotations": {"summary": _summary(signal.labels)},
        "startsAt": instant(signal.at),
        "endsAt": instant(signal.ends) if over and signal.ends is not None else NEVER,
        "generatorURL": "http://prometheus.example:9090/graph",
        "fingerprint": fingerprint(signal.labels),
    }


def _summary(labels: dict[str, str]) -> str:
    subject = next(
        (labels[name] for name in ("node", "deployment", "statefulset", "pod", "instance") if name in labels), ""
    )
    return f"{labels['alertname']} {subject}".strip()


def instant(seconds: float) -> str:
    """That many seconds after the storm's beginning, as Alertmanager writes it."""
    return (BEGINS + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _over(signal: Signal, at: float) -> bool:
    return signal.ends is not None and signal.ends <= at
