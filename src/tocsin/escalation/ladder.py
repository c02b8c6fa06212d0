"""
The rungs of the escalation, by priority: those that the procedure writes, else tocsin's own.

tocsin's own: P1 calls at once, again after 3 minutes, the second contact after 5, everyone after 10 and every 5 minutes
until somebody takes it. P2 has more patience. P3 is a notice, then a call each hour. P4 calls nobody until its response
time is over. The surprise: a ladder that calls has no last rung, it repeats "everyone": a page is never given up. A
written one without a repetition takes tocsin's; one that only sends notices does not repeat.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from tocsin.incident.events import PageKind, Priority
from tocsin.procedure.model import LadderRung, Procedure

Who = Literal["first", "second", "everyone", "named"]


class Rung(Struct, frozen=True):
    """
    Who is called `after` the climb began. "named" are `contacts` (slugs) and, with `on_call`, whoever is on duty; `line`
    is the line of the procedure that says so.
    """

    after: timedelta
    who: Who
    kind: PageKind = "page"
    contacts: tuple[str, ...] = ()
    on_call: bool = False
    line: str = ""


class Ladder(Struct, frozen=True):
    """The rungs that are written, then "everyone" each `again`. A ladder without rungs calls nobody."""

    rungs: tuple[Rung, ...] = ()
    again: timedelta | None = timedelta(hours=1)

    def rung(self, index: int) -> Rung | None:
        """The rung of that number (from 0), beyond the last one the repetition; None when there is none."""
        if index < len(self.rungs):
            return self.rungs[index]
        if not self.rungs or self.again is None:
            return None
        last = self.rungs[-1]
        return Rung(last.after + self.again * (index - len(self.rungs) + 1), "everyone", line=last.line)

    def reached(self, elapsed: timedelta) -> int:
        """The highest rung whose time has come; -1 when there is none."""
        if not self.rungs or elapsed < self.rungs[0].after:
            return -1
        if elapsed < self.rungs[-1].after:
            return max(index for index, rung in enumerate(self.rungs) if rung.after <= elapsed)
        repeated = (elapsed - self.rungs[-1].after) // self.again if self.again else 0
        return len(self.rungs) - 1 + repeated


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


def ladder_of(priority: Priority, procedure: Procedure) -> Ladder:
    """The ladder that the procedure writes for this priority, else tocsin's own."""
    written = next((rule for rule in procedure.ladders if rule.priority == priority), None)
    if written is None or not written.rungs:
        return LADDERS[priority]
    rungs = tuple(_rung(rung) for rung in written.rungs)
    calls = any(rung.kind == "page" for rung in rungs)
    return Ladder(rungs, written.again or (LADDERS[priority].again if calls else None))


def _rung(rung: LadderRung) -> Rung:
    return Rung(
        after=rung.after,
        who="everyone" if rung.everyone else "named",
        kind="notice" if rung.notice else "page",
        contacts=rung.contacts,
        on_call=rung.on_call,
        line=str(rung.source),
    )
