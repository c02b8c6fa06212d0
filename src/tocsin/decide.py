"""
Commands to rooms; what the procedure demands now; when to look again.

`decide` answers somebody who asks, `settle` applies what the stages demand until nothing changes any more. Both are
pure: the incident, the world and the instant are arguments. The surprise: `settle` has a bound on its rounds; reaching
it is a bug of ours, never of the procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from tocsin.detection import blindness, correlate, flapping, maintenance, outliving, regroup, silence
from tocsin.diagnosis import demands as diagnosis
from tocsin.escalation import demands as escalation
from tocsin.incident import commands as c
from tocsin.incident.events import Event, Outcome
from tocsin.incident.intents import open_intents
from tocsin.incident.state import Incident, evolve
from tocsin.postmortem import demands as postmortem
from tocsin.resolution import closing, notes, steps
from tocsin.triage import demands as triage
from tocsin.world import Append, World, stream_of

STAGES = (silence, blindness, maintenance, flapping, triage, escalation, diagnosis, closing, postmortem)
MOST_ROUNDS = 12


class NoSuchIncident(Exception):
    """The number names no incident: HTTP 404."""

    def __init__(self, number: int) -> None:
        super().__init__(f"no incident {number}")
        self.number = number


class Unsettled(Exception):
    """The stages went on demanding after the bound: a bug."""


def decide(command: c.Command, incidents: Mapping[int, Incident], world: World, now: datetime) -> list[Append]:
    """What a command changes; raises `Refused` or `NoSuchIncident`. `incidents` holds every open one, and the one asked for."""
    match command:
        case c.ReceiveAlerts():
            return correlate.receive(command, [i for i in incidents.values() if i.is_open], world, now)
        case c.Report():
            return correlate.report(command, [i for i in incidents.values() if i.is_open], world, now)
        case _:
            incident = incidents.get(command.incident)
            if incident is None:
                raise NoSuchIncident(command.incident)
            if isinstance(command, c.Look) and (left := outliving.promoted(incident, incidents, world, now)):
                return left
            if isinstance(command, c.Merge):
                return regroup.merge(incident, command, incidents, now)
            if isinstance(command, c.MoveAlerts):
                return regroup.move(incident, command, incidents, world, now)
            events = _answer(command, incident, world, now)
            if not events:
                return []
            return [Append(stream=stream_of(incident.number), expected_seq=incident.seq, events=tuple(events))]


def settle(incident: Incident, world: World, now: datetime) -> list[Event]:
    """What the procedure demands of this incident now, to the fixed point; raises `Unsettled` beyond the bound."""
    settled: list[Event] = []
    for _ in range(MOST_ROUNDS):
        demanded = _first_demands(incident, world, now)
        if not demanded:
            return settled
        for event in demanded:
            incident = evolve(incident, event)
        settled += demanded
    raise Unsettled(f"incident {incident.number} after {MOST_ROUNDS} rounds")


def wake_at(incident: Incident, world: World) -> datetime | None:
    """When to look at this incident again if nothing happens; None when only a person or a source can move it."""
    looks = [*(stage.next_look(incident, world) for stage in STAGES), outliving.next_look(incident)]
    return min((look for look in looks if look is not None), default=None)


def _first_demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The first stage that demands something has the word; the others look again at what it changed."""
    for stage in STAGES:
        demanded: list[Event] = stage.demands(incident, world, now)
        if demanded:
            return demanded
    return []


def _answer(command: c.OfOne | c.TellResult | c.Look, incident: Incident, world: World, now: datetime) -> list[Event]:
    match command:
        case c.Acknowledge():
            return escalation.acknowledge(incident, command, now)
        case c.ChangePriority():
            return triage.change_priority(incident, command, world, now)
        case c.ConfirmTriage():
            return triage.confirm(incident, command, world, now)
        case c.AddNote():
            return notes.note(command, now)
        case c.PasteEvidence():
            return notes.paste(command, now)
        case c.ApproveStep():
            return steps.approve(incident, command, world, now)
        case c.RunStep():
            return steps.run(incident, command, world, now)
        case c.MarkStep():
            return steps.mark(incident, command, world, now)
        case c.TellOutcome():
            return steps.tell_outcome(incident, command, now)
        case c.Mitigate():
            return closing.mitigate(incident, command, now)
        case c.Resolve():
            return closing.resolve(incident, command, now)
        case c.Close():
            return closing.close(incident, command, world, now)
        case c.Cancel():
            return closing.cancel(incident, command, now)
        case c.Reopen():
            return closing.reopen(incident, command, now)
        case c.SavePostmortem():
            return postmortem.save(incident, command, now)
        case c.TellResult():
            return [command.outcome] if _is_awaited(incident, command.outcome) else []
        case c.Look():
            return []
        case _:
            assert_never(command)


def _is_awaited(incident: Incident, outcome: Outcome) -> bool:
    """Whether the outcome's intent is still open: a late second answer changes nothing."""
    told = getattr(outcome, "page_id", "") or getattr(outcome, "snapshot_id", "")
    told = told or getattr(outcome, "check_id", "") or getattr(outcome, "run_id", "")
    return any(intent.intent_id == told for intent in open_intents(incident))
