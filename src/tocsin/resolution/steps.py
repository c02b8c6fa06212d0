"""
Approving and running: the gates.

A read-only command runs at one click. Every other needs a named person's consent to exactly its argv (the digest),
at most ten minutes old and used once. R3 (may lose data) wants two people: who runs is not who approved, unless the
approval broke the glass with a typed reason. The surprise: a command of the procedure with an error on it can't be
approved at all, and one run at a time is the rule for each command.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from tocsin.incident.commands import ApproveStep, MarkStep, RunStep, TellOutcome
from tocsin.incident.events import Because, Event, Risk, StepApproved, StepMarked, StepOutcomeTold, StepStarted
from tocsin.incident.refused import Refused
from tocsin.incident.state import Incident
from tocsin.procedure.model import Parameter
from tocsin.procedure.risk import risk_of
from tocsin.resolution.plan import find_command, has_step, valid_approval
from tocsin.resolution.values import fill, placeholders_in
from tocsin.world import World

Pipeline = tuple[tuple[str, ...], ...]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """
    What is to be run: resolved from the procedure's step, or brought by a person. `values`: a person filled it; `limit`
    is how long the step says that it may take.
    """

    step: str
    text: str
    pipeline: Pipeline
    digest: str
    risk: Risk
    line: str = ""
    values: bool = False
    limit: timedelta | None = None


def digest_of(pipeline: Pipeline) -> str:
    """SHA-256 (hex) over the pipeline as JSON: what an approval binds to."""
    return hashlib.sha256(msgspec.json.encode(pipeline)).hexdigest()


def as_text(pipeline: Pipeline) -> str:
    """A pipeline as people read it, made from what will run and from nothing else."""
    return " | ".join(shlex.join(argv) for argv in pipeline)


def approve(incident: Incident, ask: ApproveStep, world: World, now: datetime) -> list[Event]:
    """A named person's consent; raises `Refused` when what was on their screen is not what would run."""
    _must_be_open(incident)
    target = _target(incident, ask, world)
    return [
        StepApproved(
            at=now,
            because=Because(person=ask.by, line=target.line),
            step=target.step,
            digest=target.digest,
            text=target.text,
            pipeline=target.pipeline,
            risk=target.risk,
            expires_at=now + world.approval_for,
            break_glass=ask.break_glass.strip(),
        )
    ]


def run(incident: Incident, ask: RunStep, world: World, now: datetime) -> list[Event]:
    """Start one command; raises `Refused` at each gate that is shut."""
    _must_be_open(incident)
    target = _target(incident, ask, world)
    if any(r.is_open and r.started.digest == target.digest for r in incident.runs):
        raise Refused("already_running")
    if any(r.asks and r.started.digest == target.digest for r in incident.runs):
        raise Refused("outcome_unknown_first")
    if target.risk != "R0" or target.values:
        _must_be_approved(incident, target, ask.by, now)
    return [
        StepStarted(
            at=now,
            because=Because(person=ask.by, line=target.line),
            run_id=f"{incident.world_id.replace('/', '-')}.{incident.number}.run.{len(incident.runs) + 1}",
            step=target.step,
            text=target.text,
            pipeline=target.pipeline,
            digest=target.digest,
            risk=target.risk,
            timeout=target.limit or world.step_timeout,
        )
    ]


def mark(incident: Incident, ask: MarkStep, world: World, now: datetime) -> list[Event]:
    """A step done by hand, or skipped."""
    _must_be_open(incident)
    if not has_step(ask.step, world.text_of(incident)):
        raise Refused("no_such_step", step=ask.step)
    return [StepMarked(at=now, because=Because(person=ask.by), step=ask.step, done=ask.done, note=ask.note.strip())]


def tell_outcome(incident: Incident, ask: TellOutcome, now: datetime) -> list[Event]:
    """How a run of unknown outcome ended, by a person's word."""
    found = incident.run(ask.run_id)
    if found is None or not found.asks:
        raise Refused("nothing_to_tell", run=ask.run_id)
    return [
        StepOutcomeTold(at=now, because=Because(person=ask.by), run_id=ask.run_id, done=ask.done, note=ask.note.strip())
    ]


def _must_be_open(incident: Incident) -> None:
    if not incident.is_open:
        raise Refused("not_open", status=incident.status)


def _target(incident: Incident, ask: ApproveStep | RunStep, world: World) -> Target:
    """What is asked for; raises `Refused` when it is not what was on the screen, or values are still missing."""
    target = _of_step(incident, ask.step, world) if ask.step else _of_person(ask)
    if ask.digest != target.digest:
        filled = _filled(incident, ask, target) if isinstance(ask, RunStep) and ask.step else None
        if filled is None:
            raise Refused("command_changed")
        return filled
    if isinstance(ask, ApproveStep) and ask.step and ask.values:
        return _with_values(target, ask.values, world.text_of(incident).parameters)
    if missing := placeholders_in(target.pipeline):
        raise Refused("needs_values", values=", ".join(missing))
    return target


def _filled(incident: Incident, ask: RunStep, written: Target) -> Target | None:
    """The command that an approval filled with values, when that is what is asked for."""
    found = next((a for a in reversed(incident.approvals) if (a.step, a.digest) == (ask.step, ask.digest)), None)
    if found is None:
        return None
    return Target(
        step=found.step,
        text=found.text,
        pipeline=found.pipeline,
        digest=found.digest,
        risk=found.risk,
        line=found.because.line,
        values=True,
        limit=written.limit,
    )


def _with_values(target: Target, values: Mapping[str, str], declared: Sequence[Parameter]) -> Target:
    pipeline = fill(target.pipeline, values, declared)
    return replace(
        target,
        pipeline=pipeline,
        text=as_text(pipeline),
        digest=digest_of(pipeline),
        risk=max(target.risk, risk_of(pipeline)),
    )


def _of_step(incident: Incident, key: str, world: World) -> Target:
    found = find_command(key, world.text_of(incident))
    if found is None:
        raise Refused("no_such_step", step=key)
    step, command = found
    if not command.runnable:
        first = next((problem for problem in command.problems if problem.severity == "error"), None)
        raise Refused("step_has_error", code=first.code if first else "", message=first.message if first else "")
    return Target(
        step=key,
        text=command.text,
        pipeline=command.pipeline,
        digest=command.digest,
        risk=command.risk,
        line=str(command.source),
        limit=step.limit if command in step.commands else None,
    )


def _of_person(ask: ApproveStep | RunStep) -> Target:
    if not ask.pipeline or not ask.pipeline[0] or not ask.pipeline[0][0].strip():
        raise Refused("empty_command")
    return Target(
        step="",
        text=as_text(ask.pipeline),
        pipeline=ask.pipeline,
        digest=digest_of(ask.pipeline),
        risk=risk_of(ask.pipeline),
    )


def _must_be_approved(incident: Incident, target: Target, by: str, now: datetime) -> None:
    approval = valid_approval(target.step, target.digest, incident, now)
    if approval is None:
        raise Refused("needs_approval", risk=target.risk)
    if target.risk == "R3" and approval.because.person == by and not approval.break_glass:
        raise Refused("needs_two_people", by=by)
