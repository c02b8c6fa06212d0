"""An incident as one row for lists: the same JSON object that the CLI and the API show."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.edge.store.contract import Summary
from tocsin.incident.state import Incident

_ENCODER = msgspec.json.Encoder()


def summary_object(incident: Incident) -> dict[str, object]:
    """
    The public object; instants are RFC 3339 in UTC with a final Z, null while they have not come.

    The row is written anew with each batch of a storm: it lists the first fifty alerts and counts all of them.
    """
    return {
        "id": incident.number,
        "kind": incident.kind,
        "world": incident.world_id,
        "priority": incident.priority,
        "status": incident.status,
        "title": incident.title,
        "scenario": incident.scenario or None,
        "opened_at": _instant(incident.opened_at),
        "acknowledged_at": _instant(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by or None,
        "resolved_at": _instant(incident.resolved_at),
        "respond_by": _instant(incident.respond_by),
        "alerts": [
            {"name": alert.name, "fingerprint": alert.fingerprint, "status": alert.status}
            for alert in incident.held.first()
        ],
        "alerts_total": incident.held.count,
        "alerts_firing": incident.held.firing,
    }


def summary_of(incident: Incident) -> Summary:
    """The row to store; raises ValueError for an incident that was never opened."""
    if incident.opened_at is None:
        raise ValueError("an incident that was never opened has no summary")
    return Summary(
        number=incident.number,
        world_id=incident.world_id,
        kind=incident.kind,
        status=incident.status,
        is_open=incident.is_open,
        priority=incident.priority or "",
        title=incident.title,
        scenario=incident.scenario,
        opened_at=incident.opened_at,
        acknowledged_at=incident.acknowledged_at,
        resolved_at=incident.resolved_at,
        respond_by=incident.respond_by,
        seq=incident.seq,
        body=_ENCODER.encode(summary_object(incident)),
    )


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
