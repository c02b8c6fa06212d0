"""
Whether a probe agrees with what a person reported.

A report alone begins a triage and calls nobody out of bed. It is backed once an alert that fires in another open
incident is about the same subject (node, database, site, …), whether it was there before or comes after. The surprise:
only the subject is compared, not what is wrong with it: people say « rien ne marche » of what a probe calls "slow".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from tocsin.incident.alert import Alert
from tocsin.incident.concepts import concepts_of
from tocsin.incident.events import AlertsJoined, Because, Event, IncidentOpened, ReportBacked
from tocsin.incident.state import Incident
from tocsin.world import Append, stream_of


def backing(text: str, incidents: Iterable[Incident], now: datetime) -> list[Event]:
    """The line that an incident which is open already agrees with a new report; [] when none does."""
    for incident in incidents:
        alerts = incident.held.kinds.values() if incident.quiet_since is None else ()
        if agreeing := _agreeing(text, alerts):
            return [_backed(agreeing, incident.number, now)]
    return []


def with_backing(appends: Sequence[Append], mine: Iterable[Incident], now: datetime) -> list[Append]:
    """The appends, and a line on each open report that one of their new alerts agrees with."""
    alone = [incident for incident in mine if incident.report and not incident.backed_by]
    if not alone:
        return list(appends)
    fresh = [(number, alert) for append in appends for number, alert in _fresh(append)]
    lines = {
        incident.number: _backed(agreeing, number, now)
        for incident in alone
        for number in dict.fromkeys(number for number, _ in fresh if number != incident.number)
        if (agreeing := _agreeing(incident.report, [alert for other, alert in fresh if other == number]))
    }
    return _added(appends, {i.number: (i.seq, lines[i.number]) for i in alone if i.number in lines})


def _fresh(append: Append) -> Iterable[tuple[int, Alert]]:
    """The alerts that begin with this append, with the number of their incident."""
    number = int(append.stream.partition("/")[2])
    for event in append.events:
        if isinstance(event, IncidentOpened | AlertsJoined):
            yield from ((number, alert) for alert in event.alerts if alert.status == "firing")


def _agreeing(text: str, alerts: Iterable[Alert]) -> Alert | None:
    subjects = concepts_of(text).subjects
    if not subjects:
        return None
    return next((alert for alert in alerts if concepts_of(alert.name).subjects & subjects), None)


def _backed(alert: Alert, number: int, now: datetime) -> ReportBacked:
    return ReportBacked(at=now, because=Because(source=alert.source), incident=number, alert=alert.name)


def _added(appends: Sequence[Append], lines: dict[int, tuple[int, ReportBacked]]) -> list[Append]:
    """A stream has one append of each decision, so a line goes to the end of the one that is there."""
    by_stream = {stream_of(number): line for number, line in lines.items()}
    added = [
        replace(append, events=(*append.events, by_stream.pop(append.stream)[1]))
        if append.stream in by_stream
        else append
        for append in appends
    ]
    return [*added, *(Append(stream=s, expected_seq=seq, events=(line,)) for s, (seq, line) in by_stream.items())]
