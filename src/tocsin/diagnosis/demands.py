"""
The diagnosis room's door: photograph the cluster, run the procedure's triage commands, name the runbook.

Everything asked for here only reads. It is asked once, when the incident opens, and all at once: the performer runs
it in parallel, each with its own time limit. A triage command that does not run (an error stands on it, it wants a
value, or it would change something) is left to people, who see it on the procedure's page.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.diagnosis.runbooks import fitting
from tocsin.incident.events import Because, CheckRequested, Event, RunbookProposed, SnapshotRequested
from tocsin.incident.state import Incident
from tocsin.procedure.model import Command
from tocsin.world import World


def demands(incident: Incident, world: World, now: datetime) -> list[Event]:
    """The evidence and the proposal that are still missing."""
    if not incident.is_open or incident.priority is None or incident.kind == "maintenance":
        return []
    return [*_look(incident, world, now), *_propose(incident, world, now)]


def next_look(incident: Incident, world: World) -> datetime | None:
    """Diagnosis waits for nothing."""
    return None


def runs_by_itself(command: Command) -> bool:
    """Whether tocsin may run a triage command without asking anybody."""
    return command.runnable and command.risk == "R0" and not command.placeholders


def _look(incident: Incident, world: World, now: datetime) -> list[Event]:
    if incident.shots:
        return []
    asked: list[Event] = [SnapshotRequested(at=now, snapshot_id=f"{_name(incident)}.snapshot.1")]
    for index, command in enumerate(world.text_of(incident).triage, start=1):
        if runs_by_itself(command):
            asked.append(
                CheckRequested(
                    at=now,
                    because=Because(line=str(command.source)),
                    check_id=f"{_name(incident)}.check.{index}",
                    text=command.text,
                    pipeline=command.pipeline,
                )
            )
    return asked


def _propose(incident: Incident, world: World, now: datetime) -> list[Event]:
    procedure = world.text_of(incident)
    found = fitting(incident, procedure)
    runbook = found[0] if found else None
    if incident.proposed is not None and incident.proposed.scenario == incident.scenario:
        return []
    if not incident.scenario and runbook is None:
        return []
    scenario = procedure.scenario(incident.scenario)
    source = scenario.source if scenario else runbook.source if runbook else None
    return [
        RunbookProposed(
            at=now,
            because=Because(line=str(source) if source else ""),
            scenario=incident.scenario,
            runbook=runbook.slug if runbook else "",
            ours=bool(runbook and runbook.ours),
            reason="named" if found else "scenario",
            detail=found[1] if found else "",
        )
    ]


def _name(incident: Incident) -> str:
    return f"{incident.world_id.replace('/', '-')}.{incident.number}"
