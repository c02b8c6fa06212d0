"""
What tocsin tells about itself, as alerts of a source called "tocsin".

An alarm goes the way of every other alert (priority, incident, calls, quiet hold), so it ends by itself once what it
tells is over. It has one identity for as long as it lasts: raising it again changes nothing, also after a restart.
The surprise: it does not wait in the inbox, because what it tells may be that the inbox does not move.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from tocsin.detection.silence import is_repetition
from tocsin.incident.alert import OURSELVES, Alert, Episode
from tocsin.incident.commands import ReceiveAlerts
from tocsin.incident.events import Priority
from tocsin.loops.house import House


class Alarm(Struct, frozen=True, kw_only=True):
    """`about` tells alarms of one name apart; `quiet_after` is given when silence ends it."""

    name: str
    priority: Priority
    since: datetime
    french: str
    english: str
    about: str = ""
    quiet_after: timedelta | None = None

    def alert(self, language: str) -> Alert:
        """It as an alert, in the house's language."""
        text = self.french if language == "fr" else self.english
        labels = {"alertname": self.name} | ({"about": self.about} if self.about else {})
        return Alert(
            source=OURSELVES,
            fingerprint=_fingerprint(self.name, self.about),
            name=self.name,
            status="firing",
            starts_at=self.since,
            severity=self.priority,
            labels=labels,
            group=f"{OURSELVES}:{self.name}",
            annotations={"summary": text},
            quiet_after=self.quiet_after,
        )


def raise_alarm(house: House, alarm: Alarm) -> None:
    """Tell it, once for as long as it lasts (or again, when silence would end it). A house in practice has nobody to tell."""
    if alarm.quiet_after is not None or _raised(house, alarm.name, alarm.about) is None:
        _tell(house, alarm.alert(house.settings.language))


def end_alarm(house: House, name: str, about: str = "") -> None:
    """It is over; also when it was raised before a restart, or never."""
    held = _raised(house, name, about)
    if held is not None:
        _tell(house, replace(held, status="cleared", ends_at=house.clock.now()))


def _raised(house: House, name: str, about: str) -> Alert | None:
    """The alarm as an open incident holds it, while it lasts."""
    wanted = (OURSELVES, _fingerprint(name, about))
    held = (alert for incident in house.recorder.open_incidents() for alert in incident.firing)
    return next((alert for alert in held if (alert.source, alert.fingerprint) == wanted), None)


def _fingerprint(name: str, about: str) -> str:
    return hashlib.sha256(f"{name}\n{about}".encode()).hexdigest()[:16]


def _tell(house: House, alert: Alert) -> None:
    if house.practice:
        return
    now = house.clock.now()
    ended = _ended(house, alert)
    house.record(ReceiveAlerts(source=OURSELVES, alerts=(alert,), received_at=now, ended=ended))


def _ended(house: House, alert: Alert) -> tuple[Episode, ...]:
    """The episode, when an incident that is over already held it: people have dealt with it."""
    numbers = {incident.number for incident in house.recorder.open_incidents()}
    if alert.quiet_after is not None:
        rows = house.store.last_episodes([(alert.source, alert.fingerprint)])
        over = [row.episode.starts_at for row in rows if row.incident not in numbers]
        return tuple(alert.episode for began in over if is_repetition(alert, began, alert.quiet_after))
    return tuple(row.episode for row in house.store.alerts([alert.episode]) if row.incident not in numbers)
