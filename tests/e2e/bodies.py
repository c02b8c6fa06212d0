"""Bodies as Alertmanager's webhook version 4 sends them, for when no Alertmanager is needed."""

import hashlib
from datetime import UTC, datetime
from typing import Any

NEVER = "0001-01-01T00:00:00Z"


def alert(
    name: str, at: datetime, *, severity: str = "critical", ends_at: str = NEVER, **labels: str
) -> dict[str, Any]:
    """One alert, firing unless it has an end."""
    told = {"alertname": name, "severity": severity, **labels}
    return {
        "status": "firing" if ends_at == NEVER else "resolved",
        "labels": told,
        "annotations": {"summary": f"{name} fires"},
        "startsAt": at.isoformat(),
        "endsAt": ends_at,
        "generatorURL": "",
        "fingerprint": hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16],
    }


def body(*alerts: dict[str, Any]) -> dict[str, Any]:
    """One delivery."""
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tocsin",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(alerts),
    }


def firing(name: str, **labels: str) -> dict[str, Any]:
    """A delivery of one critical alert that began now; nobody knows its name, so it opens an incident of its own."""
    return body(alert(name, datetime.now(UTC), **labels))
