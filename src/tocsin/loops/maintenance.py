"""
Maintenance windows of a house: planned and ended by people, begun and ended by the clock, announced at both.

The announcement is an incident of kind "maintenance" with a notice to everyone in the team at its beginning and at its
end. The clock is a due row of house/maintenance. The surprise: a window of the procedure that was already over when
its text came into force is never begun.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.detection import maintenance
from tocsin.edge.store.contract import WAKE, Due
from tocsin.incident.commands import Look
from tocsin.incident.events import (
    Because,
    Event,
    MaintenanceEnded,
    MaintenancePlanned,
    MaintenanceStarted,
)
from tocsin.incident.refused import Refused
from tocsin.incident.sentences import spoken
from tocsin.loops.alarms import Alarm, end_alarm, raise_alarm
from tocsin.loops.house import House
from tocsin.procedure import matchers as language
from tocsin.world import Window

STREAM = "house/maintenance"
LONGEST = timedelta(days=7)
LONGEST_TITLE = 200  # characters, as the matchers
LONGEST_MATCHERS = 2_000
LATE = timedelta(minutes=1)


class MaintenanceClock:
    """One per server; its look comes when a window begins or ends, and each minute."""

    def __init__(self, house: House) -> None:
        self._house = house
        house.looks[STREAM] = self.look

    def look(self) -> None:
        """Begin and end what is due; raises `Unavailable` or `Lost`."""
        house, now = self._house, self._house.clock.now()
        if house.practice:
            return
        begun = begun_now(house)
        events: list[Event] = []
        for window in house.windows():
            if window.begins <= now < window.ends and window.window_id not in begun:
                self._announce(window)
                matchers = language.written(window.matchers)
                events.append(
                    MaintenanceStarted(
                        at=now,
                        because=window.because,
                        window_id=window.window_id,
                        title=window.title,
                        ends=window.ends,
                        matchers=matchers,
                    )
                )
        running = {window.window_id for window in house.windows() if window.begins <= now < window.ends}
        for window_id, title in begun.items():
            if window_id not in running:
                end_alarm(house, maintenance.ANNOUNCEMENT, window_id)
                events.append(MaintenanceEnded(at=now, window_id=window_id, title=title))
        due = min((at for w in house.windows() for at in (w.begins, w.ends) if at > now), default=None)
        house.recorder.note(STREAM, events, [Due(key=WAKE, at=due)] if due else [])
        if events:
            _look_again(house)

    def _announce(self, window: Window) -> None:
        title, ends = window.title, f"{window.ends:%Y-%m-%d %H:%M} UTC"
        raise_alarm(
            self._house,
            Alarm(
                name=maintenance.ANNOUNCEMENT,
                priority="P4",
                since=self._house.clock.now(),
                about=window.window_id,
                french=f"Maintenance : {title}, jusqu'au {ends}",
                english=f"Maintenance: {title}, until {ends}",
            ),
        )


def begun_now(house: House) -> dict[str, str]:
    """The windows that were begun and whose end is not told yet, with their titles."""
    begun: dict[str, str] = {}
    for line in house.store.load(STREAM):
        if isinstance(line.event, MaintenanceStarted):
            begun[line.event.window_id] = line.event.title
        elif isinstance(line.event, MaintenanceEnded):
            begun.pop(line.event.window_id, None)
    return begun


def plan(house: House, *, title: str, begins: datetime | None, ends: datetime, matchers: str, by: str) -> Window:
    """Plan a window; raises `Refused` for one without title or end, with matchers that are none, or too long."""
    now = house.clock.now()
    starts = max(begins or now, now - LATE)
    read = language.matchers_in(matchers)
    if not title.strip():
        raise Refused("title_needed")
    if read is None:
        raise Refused("bad_matchers", matchers=matchers)
    if ends <= starts:
        raise Refused("window_backwards")
    if ends - starts > LONGEST:
        raise Refused("window_too_long", most=spoken(LONGEST, "en"))
    planned = MaintenancePlanned(
        at=now,
        because=Because(person=by),
        window_id=str(house.plans.planned_so_far() + 1),
        title=" ".join(title.split()),
        begins=starts,
        ends=ends,
        matchers=language.written(read),
    )
    house.note(STREAM, [planned])
    house.look(STREAM)
    return next(window for window in house.windows() if window.window_id == planned.window_id)


def end(house: House, window_id: str, by: str) -> None:
    """End a window now; raises `Refused` for one that is not there, is over, or is the procedure's."""
    window = next((window for window in house.windows() if window.window_id == window_id), None)
    now = house.clock.now()
    if window is None:
        raise Refused("no_such_window", window=window_id)
    if window.because.line:
        raise Refused("window_of_procedure", line=window.because.line)
    if window.ends <= now:
        raise Refused("window_over")
    end_alarm(house, maintenance.ANNOUNCEMENT, window_id)
    house.note(STREAM, [MaintenanceEnded(at=now, because=Because(person=by), window_id=window_id, title=window.title)])
    house.look(STREAM)
    _look_again(house)


def _look_again(house: House) -> None:
    """What was sheltered may be so no longer."""
    for incident in house.recorder.open_incidents():
        if incident.kind == "maintenance":
            house.record(Look(incident=incident.number))
