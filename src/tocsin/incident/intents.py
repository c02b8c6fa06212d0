"""
The acts that were promised and whose outcome nobody knows yet.

Read off the state: an intent is a request without an outcome, which is exactly what a crash leaves. The performer
claims them by `intent_id`; pages, checks and snapshots may be done again after a crash, a run never.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from tocsin.incident.state import Incident


class Intent(Struct, frozen=True):
    """`intent_id` is the page's, check's, snapshot's or run's own id; `at` is when it was asked for (UTC)."""

    kind: Literal["page", "snapshot", "check", "run"]
    intent_id: str
    at: datetime

    @property
    def may_repeat(self) -> bool:
        """Whether doing it again after a crash is harmless."""
        return self.kind != "run"


def open_intents(incident: Incident) -> list[Intent]:
    """All of them, in the order of the stages."""
    return [
        *(Intent("page", page.page_id, page.requested_at) for page in incident.pages if page.is_open),
        *(Intent("snapshot", shot.snapshot_id, shot.requested_at) for shot in incident.shots if shot.result is None),
        *(
            Intent("check", check.requested.check_id, check.requested.at)
            for check in incident.checks
            if check.finished is None
        ),
        *(Intent("run", run.started.run_id, run.started.at) for run in incident.runs if run.is_open),
    ]
