"""
An instant, as a person at night reads it: local time, UTC beside it, and how long ago.

Pure: the zone, the language and `now` are given. The surprise: a day is named only when it is not today, and a span
is told by its one or two largest units, because nobody adds up seconds at 3 a.m.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.web.words import Words

MINUTE, HOUR, DAY = 60, 3600, 86400
NBSP = "\N{NO-BREAK SPACE}"


class Instants:
    """How instants (aware, UTC) are shown to one reader at `now`."""

    def __init__(self, words: Words, zone: ZoneInfo, now: datetime) -> None:
        self.words = words
        self.zone = zone
        self.now = now

    def local(self, at: datetime) -> str:
        """ "03:02", with the day before it unless that is today where the team lives."""
        here = at.astimezone(self.zone)
        if here.date() == self.now.astimezone(self.zone).date():
            return f"{here:%H:%M}"
        return f"{self.day(at)} {here:%H:%M}"

    def exact(self, at: datetime) -> str:
        """ "03:02:07" local, for the lines of a timeline."""
        return f"{at.astimezone(self.zone):%H:%M:%S}"

    def day(self, at: datetime) -> str:
        """The local day: "23/11/2026" in French, "2026-11-23" in English."""
        here = at.astimezone(self.zone)
        return f"{here:%d/%m/%Y}" if self.words.language == "fr" else f"{here:%Y-%m-%d}"

    def utc(self, at: datetime) -> str:
        """ "02:02 UTC"."""
        return f"{at.astimezone(UTC):%H:%M} UTC"

    def machine(self, at: datetime) -> str:
        """RFC 3339, for <time datetime>."""
        return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def told(self, text: str) -> datetime:
        """The instant (UTC) that a form's local time says; ValueError for a text that says none."""
        typed = datetime.fromisoformat(text)
        try:
            return (typed if typed.tzinfo else typed.replace(tzinfo=self.zone)).astimezone(UTC)
        except OverflowError as beyond:  # the first and the last day that there is
            raise ValueError(text) from beyond

    def ago(self, at: datetime) -> str:
        """ "4 min ago"; an instant to come reads "in 4 min"."""
        if at > self.now:
            return self.words.gettext("in %(span)s") % {"span": self.span(at - self.now)}
        if self.now - at < timedelta(seconds=10):
            return self.words.gettext("just now")
        return self.words.gettext("%(span)s ago") % {"span": self.span(self.now - at)}

    def lasted(self, since: datetime, until: datetime) -> str:
        """How long from one instant to another."""
        return self.span(until - since)

    def left(self, by: datetime) -> str:
        """ "26 min left", or "late by 4 min" once it has passed."""
        sentence = self.words.gettext("%(span)s left") if by > self.now else self.words.gettext("late by %(span)s")
        return sentence % {"span": self.span(abs(by - self.now))}

    def span(self, length: timedelta) -> str:
        """ "40 s", "4 min", "2 h 05", "3 d 4 h", with no-break spaces."""
        seconds = max(0, int(length.total_seconds()))
        if seconds < MINUTE:
            return f"{seconds}{NBSP}s"
        if seconds < HOUR:
            return f"{seconds // MINUTE}{NBSP}min"
        if seconds < DAY:
            return f"{seconds // HOUR}{NBSP}h{NBSP}{seconds % HOUR // MINUTE:02}"
        unit = self.words.gettext("d")
        return f"{seconds // DAY}{NBSP}{unit} {seconds % DAY // HOUR}{NBSP}h"
