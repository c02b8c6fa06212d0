"""
A whole story on a virtual clock, on the pure core alone: commands and clocks in, timelines out.

`Story` plays the loops: it records what is asked, rings the clock when `wake_at` says so, and answers open intents at
once (or not, `hands` decides). `check_properties` holds for every story: folding is deterministic, settling twice adds
nothing, and every prefix of the timeline, resumed after a crash, reaches the same end with no step run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from tocsin.cluster.topology import UNKNOWN, Topology
from tocsin.decide import decide, settle, wake_at
from tocsin.incident import commands as c
from tocsin.incident import events as e
from tocsin.incident.alert import Alert
from tocsin.incident.intents import Intent, open_intents
from tocsin.incident.state import NOTHING_YET, Incident, fold
from tocsin.procedure.model import AlertRule, Procedure
from tocsin.world import Duty, World

FIXTURES = Path(__file__).parent / "fixtures"
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # a Tuesday, 03:00 in Paris: nobody is in the office
DAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
REACH = {"admin-infra": ("email", "webhook"), "responsable-securite": ("email",)}

Hands = Callable[[Incident, Intent, datetime], e.Outcome | None]


def obliging(incident: Incident, intent: Intent, now: datetime) -> e.Outcome | None:
    """Every page arrives, every command ends well, the cluster answers."""
    match intent.kind:
        case "page":
            return e.PageSent(at=now, page_id=intent.intent_id)
        case "snapshot":
            return e.SnapshotTaken(at=now, snapshot_id=intent.intent_id, blob="")
        case "check":
            return e.CheckFinished(at=now, check_id=intent.intent_id, started_at=now, ended_at=now, exit_code=0)
        case "run":
            return e.StepFinished(at=now, run_id=intent.intent_id, started_at=now, ended_at=now, exit_code=0)


def deaf(incident: Incident, intent: Intent, now: datetime) -> e.Outcome | None:
    """No page ever arrives."""
    if intent.kind == "page":
        return e.PageFailed(at=now, page_id=intent.intent_id, why="550 no such user")
    return obliging(incident, intent, now)


class Story:
    """The house at a virtual instant. `transactions` keeps what each commit appended, per incident."""

    def __init__(
        self,
        procedure: Procedure,
        *,
        at: datetime = NIGHT,
        reach: dict[str, tuple[str, ...]] | None = None,
        topology: Topology = UNKNOWN,
        catalogue: tuple[AlertRule, ...] = (),
        hands: Hands = obliging,
    ) -> None:
        self.now = at
        self.hands = hands
        self.incidents: dict[int, Incident] = {}
        self.transactions: list[tuple[int, datetime, tuple[e.Event, ...]]] = []
        self.ends: set[int] = set()
        self.inputs: list[tuple[int, datetime, c.Command]] = []
        self.world = World(
            procedure=procedure,
            texts={procedure.fingerprint: procedure},
            duty=Duty(reach=REACH if reach is None else reach),
            topology=topology,
            catalogue=catalogue,
        )

    def fires(self, name: str, /, *, source: str = "alertmanager", severity: str = "warning", **labels: str) -> None:
        """A sender tells of an alert that began just now."""
        self.receives(alert(name, self.now, source=source, severity=severity, **labels))

    def clears(self, name: str, /) -> None:
        """The sender says that every alert of that name is over."""
        held = [a for i in self.incidents.values() for a in i.alerts if a.name == name and a.status == "firing"]
        self.receives(*(replace(a, status="cleared", ends_at=self.now) for a in held))

    def receives(self, *alerts: Alert) -> None:
        """A body arrives and is read."""
        self.ask(c.ReceiveAlerts(source=alerts[0].source, alerts=alerts, received_at=self.now))

    def ask(self, command: c.Command) -> None:
        """Record a command, then let the hands answer what it asked for."""
        before = len(self.transactions)
        self._record(command)  # what is refused was never asked
        self.inputs.append((before, self.now, command))
        self._perform()

    def passes(self, span: timedelta) -> None:
        """Time passes; every clock rings at its instant."""
        end = self.now + span
        while True:
            wakes = [
                (w, n) for n, i in self.incidents.items() if (w := wake_at(i, self.world)) is not None and w <= end
            ]
            if not wakes:
                break
            when, number = min(wakes)
            self.now = max(self.now, when)
            before = self.incidents[number]
            self._record(c.Look(incident=number))
            self._perform()
            if self.incidents[number] == before and wake_at(before, self.world) == when:
                raise AssertionError(f"incident {number} wakes at {when} and nothing happens: the clock rings for ever")
        self.now = end

    def until(self, clock: str) -> None:
        """Time passes until that time of day, UTC ("02:15")."""
        hour, minute = (int(part) for part in clock.split(":"))
        self.passes(self.now.replace(hour=hour, minute=minute, second=0) - self.now)

    def timeline(self, number: int = 1) -> list[e.Event]:
        """The events of one incident."""
        return [event for n, _, events in self.transactions if n == number for event in events]

    def pages(self, number: int = 1) -> list[tuple[str, str, str]]:
        """Who was called when, by what: ("02:00", "admin-infra", "email"), notices left out."""
        return [
            (f"{event.at:%H:%M}", event.contact, event.channel)
            for event in self.timeline(number)
            if isinstance(event, e.PageRequested) and event.kind == "page"
        ]

    def kinds(self, number: int = 1) -> list[str]:
        """The names of the events."""
        return [type(event).__name__ for event in self.timeline(number)]

    def incident(self, number: int = 1) -> Incident:
        """The incident as it now is."""
        return self.incidents[number]

    def check_properties(self) -> None:
        """See the module."""
        for number in self.incidents:
            events = self.timeline(number)
            assert fold(events) == fold(events) == self.incidents[number]
            assert settle(self.incidents[number], self.world, self.now) == []
            started = [event.run_id for event in events if isinstance(event, e.StepStarted)]
            assert len(started) == len(set(started))
        for cut in sorted(self.ends - {0, len(self.transactions)}):  # what one command appends is one transaction
            assert self._resumed(cut).transactions == self.transactions, f"cut after {self.transactions[cut - 1]}"

    def _record(self, command: c.Command) -> None:
        world = replace(self.world, next_incident=max(self.incidents, default=0) + 1)
        for append in decide(command, self.incidents, world, self.now):
            number = int(append.stream.partition("/")[2])
            self._append(number, tuple(append.events), world)
        if isinstance(command, c.Look):
            self._append(command.incident, (), world)
        self.ends.add(len(self.transactions))

    def _append(self, number: int, events: tuple[e.Event, ...], world: World) -> None:
        asked = fold(events, self.incidents.get(number, NOTHING_YET))
        demanded = tuple(settle(asked, world, self.now))
        self.incidents[number] = fold(demanded, asked)
        if events or demanded:
            self.transactions.append((number, self.now, (*events, *demanded)))

    def _perform(self) -> None:
        while sum(self._answer_one(number) for number in list(self.incidents)):
            pass

    def _answer_one(self, number: int) -> bool:
        """Answer the first intent that the hands have an answer for."""
        incident = self.incidents[number]
        outcomes = (self.hands(incident, intent, self.now) for intent in open_intents(incident))
        outcome = next((outcome for outcome in outcomes if outcome is not None), None)
        if outcome is not None:
            self._record(c.TellResult(incident=number, outcome=outcome))
        return outcome is not None

    def _resumed(self, cut: int) -> Story:
        """The story after a crash behind its transaction number `cut`: open intents are answered, the rest is asked again."""
        again = Story(self.world.procedure, hands=self.hands)
        again.world = self.world
        again.transactions = self.transactions[:cut]
        for number, at, events in again.transactions:
            again.incidents[number] = fold(events, again.incidents.get(number, NOTHING_YET))
            again.now = at
        again._perform()
        for before, at, command in self.inputs:
            if before >= cut:
                again.passes(at - again.now)
                again.ask(command)
        again.passes(self.now - again.now)
        return again


def alert(name: str, at: datetime, *, source: str = "alertmanager", severity: str = "warning", **labels: str) -> Alert:
    """A firing alert; its fingerprint is its name and labels."""
    fingerprint = ",".join([name, *(f"{key}={value}" for key, value in sorted(labels.items()))])
    return Alert(
        source=source,
        fingerprint=fingerprint,
        name=name,
        status="firing",
        starts_at=at,
        severity=severity,
        labels={"alertname": name, **labels},
        annotations={"summary": f"{name} {' '.join(labels.values())}".strip()},
    )
