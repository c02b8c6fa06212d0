"""
The statuses and the moves between them, as one table.

Everything that decides which move is possible lives here; nothing here knows who asks. A move that is not in the
table is `Refused` and changes nothing. The surprise: acknowledging, confirming and mitigating are allowed out of
order (people at night do what is needed first), but a later status never falls back except by `reopen`.
"""

from __future__ import annotations

from typing import Literal

from tocsin.incident.refused import Refused

Status = Literal["detected", "acknowledged", "triaged", "mitigated", "resolved", "closed", "cancelled", "merged"]
Move = Literal["acknowledge", "confirm", "mitigate", "resolve", "close", "cancel", "reopen"]

MOVES: dict[tuple[Status, Move], Status] = {
    ("detected", "acknowledge"): "acknowledged",
    ("detected", "confirm"): "triaged",
    ("acknowledged", "confirm"): "triaged",
    ("triaged", "confirm"): "triaged",
    ("detected", "mitigate"): "mitigated",
    ("acknowledged", "mitigate"): "mitigated",
    ("triaged", "mitigate"): "mitigated",
    ("detected", "resolve"): "resolved",
    ("acknowledged", "resolve"): "resolved",
    ("triaged", "resolve"): "resolved",
    ("mitigated", "resolve"): "resolved",
    ("resolved", "close"): "closed",
    ("detected", "cancel"): "cancelled",
    ("acknowledged", "cancel"): "cancelled",
    ("triaged", "cancel"): "cancelled",
    ("mitigated", "cancel"): "cancelled",
    ("resolved", "reopen"): "triaged",
    ("closed", "reopen"): "triaged",
    ("cancelled", "reopen"): "triaged",
    ("merged", "reopen"): "triaged",
    ("mitigated", "reopen"): "triaged",
}
OPEN: frozenset[Status] = frozenset({"detected", "acknowledged", "triaged", "mitigated"})


def after(status: Status, move: Move) -> Status:
    """The status that a move leads to; raises `Refused` when the table has no such move."""
    try:
        return MOVES[status, move]
    except KeyError:
        raise Refused("no_such_move", status=status, move=move) from None


def allowed(status: Status) -> frozenset[Move]:
    """The moves that are possible now: what a page offers as buttons."""
    return frozenset(move for (origin, move) in MOVES if origin == status)
