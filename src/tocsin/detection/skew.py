"""
A sender whose clock is ahead of ours: its alerts are marked, because every duration on the page is then wrong.

Only what lies in our future can be known for wrong: an alert that began long ago may simply be old. The surprise:
nothing is corrected. The start is part of the identity, and a corrected one would be another alert at each delivery.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from tocsin.incident.alert import Alert

APART = timedelta(minutes=2)
"""Less is how far clocks are apart that nobody has set wrong, and the way of the body."""


def marked(alert: Alert, received_at: datetime) -> Alert:
    """The alert, with how far its sender was ahead when it arrived."""
    told = max(alert.starts_at, alert.ends_at) if alert.status == "cleared" and alert.ends_at else alert.starts_at
    ahead = told - received_at
    return replace(alert, ahead_for=ahead) if ahead > APART else alert
