"""
The steps of an incident's scenario, each with where it stands.

Nothing is stored: the plan is the procedure's text laid beside the incident's approvals, runs and marks. A command is
one item, a command that verifies the step is one right after it; a step without a command is an item too, to be marked
by hand. The surprise: a failed command is not the end of its step, it can be approved and run again, and each run stays
in the timeline.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from tocsin.incident.events import Risk, StepApproved
from tocsin.incident.state import Incident, Run
from tocsin.procedure.model import Command, Procedure, Runbook, Scenario, Step, Verification, step_key

State = Literal[
    "todo", "approved", "running", "done", "failed", "unknown", "marked", "skipped", "broken", "needs_values"
]
_OVER: frozenset[State] = frozenset({"done", "marked", "skipped"})


class PlanItem(Struct, frozen=True, kw_only=True):
    """
    One command of one step, or a step without one. `key` is what approvals, runs and marks name; `check` is what the
    command verifies, None for those that do the step.
    """

    key: str
    step: Step
    command: Command | None
    state: State
    check: Verification | None = None
    last_run: Run | None = None
    approval: StepApproved | None = None

    @property
    def risk(self) -> Risk:
        """The command's risk; R0 for a step without one."""
        return self.command.risk if self.command else "R0"

    @property
    def needs_approval(self) -> bool:
        """Whether a named person must consent before it runs: also to a reading one whose values a person typed."""
        return self.risk != "R0" or bool(self.command and self.command.placeholders)

    @property
    def digest(self) -> str:
        """What a request to run must name: the filled command's when an approval filled it."""
        if self.approval is not None:
            return self.approval.digest
        return self.command.digest if self.command else ""


class Plan(Struct, frozen=True, kw_only=True):
    """The items in the order of the document. `source` says whether a scenario or a runbook gives them."""

    source: Literal["scenario", "runbook", ""]
    slug: str = ""
    title: str = ""
    ours: bool = False
    items: tuple[PlanItem, ...] = ()

    @property
    def next(self) -> PlanItem | None:
        """The first item that is not over and can be done; a broken one is shown but never next."""
        return next((item for item in self.items if item.state not in _OVER and item.state != "broken"), None)

    def item(self, key: str) -> PlanItem | None:
        """The item of that key."""
        return next((item for item in self.items if item.key == key), None)


def plan(incident: Incident, procedure: Procedure, now: datetime) -> Plan:
    """The plan of the incident's scenario, else of its runbook, else an empty one."""
    scenario = procedure.scenario(incident.scenario)
    if scenario is not None:
        return plan_of(scenario, incident, now)
    runbook = procedure.runbook(incident.runbook)
    return plan_of(runbook, incident, now) if runbook else Plan(source="")


def plan_of(text: Scenario | Runbook, incident: Incident, now: datetime) -> Plan:
    """The plan of one scenario or runbook."""
    is_runbook = isinstance(text, Runbook)
    return Plan(
        source="runbook" if is_runbook else "scenario",
        slug=text.slug,
        title=text.title,
        ours=isinstance(text, Runbook) and text.ours,
        items=tuple(item for step in text.steps for item in _items(text.slug, step, incident, now)),
    )


def find_command(key: str, procedure: Procedure) -> tuple[Step, Command] | None:
    """The command that a key names, in whatever scenario or runbook."""
    for text in _texts(procedure):
        for step in text.steps:
            for known, command, _ in _commands(text.slug, step):
                if known == key:
                    return step, command
    return None


def has_step(key: str, procedure: Procedure) -> bool:
    """Whether a key names a step or a command of the procedure."""
    return any(
        key == known
        for text in _texts(procedure)
        for step in text.steps
        for known in (step_key(text.slug, step, 0), *(known for known, _, _ in _commands(text.slug, step)))
    )


def valid_approval(step: str, digest: str, incident: Incident, now: datetime) -> StepApproved | None:
    """
    The newest consent to exactly this command that has neither expired nor been used.

    An empty digest takes any consent to that step: its placeholders were filled with values.
    """
    return next(
        (
            approval
            for approval in reversed(incident.approvals)
            if approval.step == step and approval.digest == (digest or approval.digest) and approval.expires_at > now
        ),
        None,
    )


def _texts(procedure: Procedure) -> list[Scenario | Runbook]:
    return [*procedure.scenarios, *procedure.runbooks]


def _commands(slug: str, step: Step) -> Iterator[tuple[str, Command, Verification | None]]:
    """Each command of a step with its key: those that do it ("…/3/1"), then those that verify it ("…/3/v1")."""
    for index, command in enumerate(step.commands, start=1):
        yield step_key(slug, step, index), command, None
    checks = [(command, check) for check in step.verify for command in check.commands]
    for index, (command, check) in enumerate(checks, start=1):
        yield f"{slug}/{step.number}/v{index}", command, check


def _items(slug: str, step: Step, incident: Incident, now: datetime) -> list[PlanItem]:
    items = [_item(key, step, command, check, incident, now) for key, command, check in _commands(slug, step)]
    if step.commands:
        return items
    key = step_key(slug, step, 0)
    return [PlanItem(key=key, step=step, command=None, state=_marked(key, incident) or "todo"), *items]


def _item(
    key: str, step: Step, command: Command, check: Verification | None, incident: Incident, now: datetime
) -> PlanItem:
    last = next((run for run in reversed(incident.runs) if run.started.step == key), None)
    approval = valid_approval(key, "" if command.placeholders else command.digest, incident, now)
    return PlanItem(
        key=key,
        step=step,
        command=command,
        check=check,
        state=_state(key, command, last, approval, incident),
        last_run=last,
        approval=approval,
    )


def _state(key: str, command: Command, last: Run | None, approval: StepApproved | None, incident: Incident) -> State:
    if marked := _marked(key, incident):
        return marked
    if last is not None and approval is None:
        return _of_run(last)
    if not command.runnable:
        return "broken"
    if approval is not None:
        return "approved"
    return "needs_values" if command.placeholders else "todo"


def _marked(key: str, incident: Incident) -> State | None:
    mark = next((mark for mark in reversed(incident.marks) if mark.step == key), None)
    if mark is None:
        return None
    return "marked" if mark.done else "skipped"


def _of_run(run: Run) -> State:
    if run.told is not None:
        return "done" if run.told.done else "failed"
    if run.unknown is not None:
        return "unknown"
    if run.finished is None:
        return "running"
    return "done" if run.finished.exit_code == 0 else "failed"
