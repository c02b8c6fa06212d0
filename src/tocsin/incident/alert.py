"""
One signal from one source, normalised.

A source's reader makes `Alert`s out of a body; correlation and triage look at nothing else. The identity of an alert
is (source, fingerprint, starts_at): an episode, never a text. The surprise: a cleared alert is an `Alert` too, with
the same identity and an `ends_at`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

OURSELVES = "tocsin"
"""The source of what we tell about ourselves; no sender may have this name."""

AlertStatus = Literal["firing", "cleared"]


class Episode(NamedTuple):
    """What makes two deliveries the same alert: the sender, its fingerprint, and when it began (UTC)."""

    source: str
    fingerprint: str
    starts_at: datetime


CAUSE = "cause"


class Tie(NamedTuple):
    """
    Why an alert is in its incident: `reason` is a key of `tocsin.incident.ties`, `subject` what it speaks of.

    "cause" when it is the matter itself, else how the matter explains it ("pod_on", "node-2").
    """

    reason: str
    subject: str = ""


class Alert(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    One signal; `severity` is the sender's word, `priority` is decided elsewhere. Instants are UTC.

    `ahead_for` is how far the sender's clock was ahead of ours when it told this; None when it was not. `dashboard` is
    the web address of a picture at the alert's time, `group` the key of its matter when the sender knows better than
    names do. `endless` marks a sender that never says "over": such an alert is over at `quiet_at` unless it comes again,
    which is `quiet_after` (the sender's own, else the house's) after it was last heard. `doubt` is the sender's reason
    for an end that is no recovery ("Updated": somebody edited the rule).
    """

    source: str
    fingerprint: str
    name: str
    status: AlertStatus
    starts_at: datetime
    ends_at: datetime | None = None
    severity: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    url: str = ""
    ahead_for: timedelta | None = None
    dashboard: str = ""
    group: str = ""
    endless: bool = False
    quiet_after: timedelta | None = None
    quiet_at: datetime | None = None
    doubt: str = ""

    @property
    def episode(self) -> Episode:
        """The identity of this alert."""
        return Episode(self.source, self.fingerprint, self.starts_at)

    @property
    def summary(self) -> str:
        """The sender's one-line text, or the name when it gave none. Untrusted: show it escaped."""
        return self.annotations.get("summary") or self.annotations.get("description") or self.name
