"""
The rungs of the escalation, by priority.

P1 calls at once, again after 3 minutes, the second contact after 5, everyone after 10 and every 5 minutes until
somebody takes it. P2 has more patience. P3 is a notice, then a call each hour. P4 calls nobody until its response
time is over. The surprise: the ladder has no last rung, it repeats "everyone": a page is never given up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from tocsin.incident.events import PageKind, Priority

Who = Literal["first", "second", "everyone"]


class Rung(Struct, frozen=True):
    """Who is called `after` the climb began."""

    after: timedelta
    who: Who
    kind: PageKind = "page"


class Ladder(Struct, frozen=True):
    """The rungs that are written, then "everyone" each `again`. A ladder without rungs calls nobody."""

    rungs: tuple[Rung, ...] = ()
    again: timedelta = timedelta(hours=1)

    def rung(self, index: int) -> Rung:
        """The rung of that number (from 0), beyond the last one the repetition."""
        if index < len(self.rungs):
            return self.rungs[index]
        last = self.rungs[-1].after
        return Rung(last + self.again * (index - len(self.rungs) + 1), "everyone")

    def reached(self, elapsed: timedelta) -> int:
        """The highest rung whose time has come; -1 when there is none."""
        if not self.rungs or elapsed < self.rungs[0].after:
            return -1
        if elapsed < self.rungs[-1].after:
            return max(index for index, rung in enumerate(self.rungs) if rung.after <= elapsed)
        return len(self.rungs) - 1 + (elapsed - self.rungs[-1].after) // self.again


def _minutes(*rungs: tuple[int, Who]) -> tuple[Rung, ...]:
    return tuple(Rung(timedelta(minutes=after), who) for after, who in rungs)


LADDERS: dict[Priority, Ladder] = {
    "P1": Ladder(_minutes((0, "first"), (3, "first"), (5, "second"), (10, "everyone")), timedelta(minutes=5)),
    "P2": Ladder(_minutes((0, "first"), (5, "first"), (10, "second"), (20, "everyone")), timedelta(minutes=10)),
    "P3": Ladder(
        (Rung(timedelta(0), "first", "notice"), Rung(timedelta(hours=1), "first")),
        timedelta(hours=1),
    ),
    "P4": Ladder(),
}
