"""GET / : what is open, then the team's own document with what is known of each line, then what ended lately."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from tocsin.edge.store.contract import Find
from tocsin.incident.state import Incident
from tocsin.web.pages.proof import proof_of
from tocsin.web.visits import Pages, Visit

MOST_OPEN = 100
RECENT = 10
_LAST = datetime.max.replace(tzinfo=UTC)


def add(pages: Pages) -> None:
    """Its address."""
    pages.get("/", board)


def board(visit: Visit) -> Response:
    """The open incidents are folded, because their row does not tell who has them."""
    house = visit.house
    summaries = house.store.find(Find(is_open=True, limit=MOST_OPEN))
    found = [house.incident(summary.number) for summary in summaries]
    procedure = house.procedure()
    return visit.page(
        "board.html",
        open=sorted((incident for incident in found if incident), key=urgency),
        ended=house.store.find(Find(is_open=False, limit=RECENT)),
        names={rule.priority: rule.name for rule in procedure.priorities},
        spent=lambda incident: spent(incident, visit.now),
        proof=proof_of(visit),
    )


def urgency(incident: Incident) -> tuple[str, bool, datetime, int]:
    """By priority (none yet is after P4), what nobody has first, then the deadline."""
    taken = incident.acknowledged_at is not None
    return incident.priority or "P9", taken, incident.respond_by or _LAST, incident.number


def spent(incident: Incident, now: datetime) -> int:
    """How much of the time to respond is used, in percent."""
    if incident.received_at is None or incident.respond_by is None:
        return 0
    whole = (incident.respond_by - incident.received_at).total_seconds()
    used = (now - incident.received_at).total_seconds()
    return 100 if whole <= 0 else max(0, min(100, round(100 * used / whole)))
