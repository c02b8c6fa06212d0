"""
What a sender's own list of alerts tells that its deliveries did not.

The list (Alertmanager's and Grafana's /api/v2/alerts) and what we hold come in; what was missed and what is gone come
out. An alert counts as missed once it is older than the sender's own patience before a delivery; one that we hold
counts as gone once it has been absent for GONE_AFTER, by the caller's account.

The surprise is how little absence proves: nothing at all from a sender that has just started empty, that no longer
lists the heartbeat it should list, or while monitoring is blind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from tocsin.detection.sources.contract import HEARTBEATS
from tocsin.incident.alert import Alert, Episode
from tocsin.incident.state import Incident

MISSED_AFTER = timedelta(minutes=1)
GONE_AFTER = timedelta(minutes=3)
EMPTY_FOR = timedelta(minutes=5)
"""How long after its start a sender may not know again what fires: Prometheus repeats each alert within a minute."""


class State(Struct):
    """How the sender treats it: "active", "suppressed" (silenced or inhibited: not delivered on purpose), "unprocessed"."""

    state: str = "active"


class Receiver(Struct):
    """To whom it is delivered."""

    name: str = ""


class Listed(Struct):
    """One alert of the list, by the sender's names."""

    fingerprint: str
    labels: dict[str, str]
    startsAt: datetime
    annotations: dict[str, str] = {}
    endsAt: datetime | None = None
    generatorURL: str = ""
    status: State = msgspec.field(default_factory=State)
    receivers: list[Receiver] = []

    @property
    def name(self) -> str:
        """Its alertname."""
        return self.labels.get("alertname", "")


class Picture(Struct, frozen=True):
    """All that a sender lists, and since when it runs (None when it does not tell)."""

    alerts: tuple[Listed, ...]
    started_at: datetime | None = None


def missed(picture: Picture, held: Iterable[Alert], receiver: str, now: datetime) -> list[Listed]:
    """Active alerts that should have been delivered by now and that no open incident holds."""
    known = {alert.fingerprint: alert.starts_at for alert in held}
    return [
        alert
        for alert in picture.alerts
        if alert.status.state == "active"
        and alert.name not in HEARTBEATS
        and (not receiver or not alert.receivers or any(to.name == receiver for to in alert.receivers))
        and alert.startsAt <= now - MISSED_AFTER
        and (alert.fingerprint not in known or known[alert.fingerprint] < alert.startsAt)
    ]


def absent(picture: Picture, held: Iterable[Alert]) -> list[Alert]:
    """What fires here and is not listed there at all; senders that never tell an end are not asked."""
    listed = {alert.fingerprint for alert in picture.alerts}
    return [
        alert
        for alert in held
        if alert.status == "firing" and alert.quiet_at is None and alert.fingerprint not in listed
    ]


def proves_absence(picture: Picture, beats: bool, blind: bool, now: datetime) -> bool:
    """Whether not being listed means anything. `beats` when a heartbeat is expected of this very sender."""
    if blind or (picture.started_at is not None and now - picture.started_at < EMPTY_FOR):
        return False
    return not beats or any(alert.name in HEARTBEATS for alert in picture.alerts)


def held_of(source: str, world_id: str, incidents: Iterable[Incident]) -> list[Alert]:
    """The alerts of a sender in the open incidents."""
    return [
        alert
        for incident in incidents
        if incident.world_id == world_id
        for alert in incident.alerts
        if alert.source == source
    ]


def body_of(missing: Sequence[Listed], gone: Sequence[Alert], now: datetime) -> bytes:
    """What the inbox keeps of a reconciliation: only what was found, in the webhook's own form."""
    alerts: list[dict[str, Any]] = [
        {
            "status": "firing",
            "labels": _public(alert.labels),
            "annotations": _public(alert.annotations),
            "startsAt": alert.startsAt,
            "generatorURL": alert.generatorURL,
            "fingerprint": alert.fingerprint,
        }
        for alert in missing
    ]
    alerts += [
        {
            "status": "resolved",
            "labels": alert.labels or {"alertname": alert.name},
            "startsAt": alert.starts_at,
            "endsAt": now,
            "fingerprint": alert.fingerprint,
        }
        for alert in gone
    ]
    return msgspec.json.encode({"version": "4", "alerts": alerts})


def episodes_of(source: str, alerts: Iterable[Listed]) -> list[Episode]:
    """Their identities, as their deliveries would have given them."""
    return [Episode(source, alert.fingerprint, alert.startsAt) for alert in alerts]


def _public(table: dict[str, str]) -> dict[str, str]:
    """Without Grafana's own entries (`__alert_rule_uid__`), which its webhook leaves out too."""
    return {name: value for name, value in table.items() if not name.startswith("__")}
