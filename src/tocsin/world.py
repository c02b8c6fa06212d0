"""
Everything that a decision may look at besides the incident, frozen.

`loops.record` assembles it from the store and the settings; a pure function never fetches. Times of day are in
`duty.timezone`; everything else is UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from msgspec import Struct, field

from tocsin.cluster.topology import UNKNOWN, Topology
from tocsin.incident.events import Because, Event
from tocsin.incident.state import Incident
from tocsin.procedure.model import AlertRule, Matcher, Procedure


class Duty(Struct, frozen=True, kw_only=True):
    """
    Who can be reached, and when the office is open.

    `reach` maps a contact's slug to the channels that have an address for it, best first; `holidays` are dates in
    `timezone`; `business_days` counts Monday as 0.
    """

    timezone: str = "Europe/Paris"
    opens: time = time(9)
    closes: time = time(18)
    business_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: frozenset[date] = frozenset()
    reach: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Window(Struct, frozen=True, kw_only=True):
    """
    A maintenance window: what fulfils all `matchers` is recorded and calls nobody from `begins` to `ends` (UTC).

    `because` is who planned it, or the line of the procedure.
    """

    window_id: str
    title: str
    begins: datetime
    ends: datetime
    matchers: tuple[Matcher, ...]
    because: Because = Because()


class World(Struct, frozen=True, kw_only=True):
    """
    `procedure` is the text in force, `texts` every text that an open incident was opened under, by fingerprint;
    `catalogue` what tocsin's own table of alerts says, the last resort before "not classified".

    `quiet_hold` is how long all alerts of a P3/P4 must be quiet before it resolves by itself; `next_incident` the
    number that a new incident takes; `quiet_after` the silence that ends an alert whose sender never says "over".
    `blind_since` is the last sign of life of a heartbeat that is missing now, `sighted_at` when the last missing one
    came back.
    """

    procedure: Procedure
    texts: Mapping[str, Procedure] = field(default_factory=dict)
    duty: Duty = field(default_factory=Duty)
    topology: Topology = UNKNOWN
    catalogue: tuple[AlertRule, ...] = ()
    next_incident: int = 1
    quiet_hold: timedelta = timedelta(minutes=5)
    quiet_after: timedelta = timedelta(minutes=15)
    blind_since: datetime | None = None
    sighted_at: datetime | None = None
    maintenance: tuple[Window, ...] = ()
    approval_for: timedelta = timedelta(minutes=10)
    step_timeout: timedelta = timedelta(minutes=2)

    def text_of(self, incident: Incident) -> Procedure:
        """The procedure the incident was opened under; the one in force when that text is not kept."""
        return self.texts.get(incident.procedure, self.procedure)


class Append(Struct, frozen=True, kw_only=True):
    """
    Events for the end of one stream ("incident/7", "house/watch"), valid only while its last seq is
    `expected_seq`.
    """

    stream: str
    expected_seq: int
    events: tuple[Event, ...]


def stream_of(number: int) -> str:
    """The stream of an incident."""
    return f"incident/{number}"
