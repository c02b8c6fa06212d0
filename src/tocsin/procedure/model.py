"""
What a procedure says, once read.

Frozen values, each with its `Source`. `Procedure.fingerprint` covers all its texts: an incident keeps the fingerprint
of the procedure it was opened under. The surprise: a `Command` that has an error stays in the model (people must see
it) and says so by `Command.problems`; `Command.runnable` is what the gates ask.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from tocsin.incident.events import Priority, Risk
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source

PRIORITIES: tuple[Priority, ...] = ("P1", "P2", "P3", "P4")


class PriorityRule(Struct, frozen=True, kw_only=True):
    """One row of the table of priorities. `examples` are the cell's comma-separated phrases, as written."""

    priority: Priority
    name: str
    description: str
    respond_within: timedelta
    examples: tuple[str, ...]
    source: Source


class Command(Struct, frozen=True, kw_only=True):
    """
    One command of a step: `text` as written (one logical line), `pipeline` its argv lists.

    `pipeline[0]` is the program that runs; what follows a pipe are filters that tocsin applies itself (grep, head,
    tail, wc, sort). `placeholders` are the `<ip>`-like parameters to fill before it can run. `digest` is the SHA-256
    over the pipeline: an approval binds to it.
    """

    text: str
    pipeline: tuple[tuple[str, ...], ...]
    risk: Risk
    digest: str
    source: Source
    placeholders: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def runnable(self) -> bool:
        """No error stands on it."""
        return bool(self.pipeline) and not any(problem.severity == "error" for problem in self.problems)


class Step(Struct, frozen=True, kw_only=True):
    """One numbered step. `number` is as written ("1"), `text` its sentence, `notes` the unnumbered comments; it may have no command."""

    number: str
    text: str
    source: Source
    notes: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()


class Scenario(Struct, frozen=True, kw_only=True):
    """A scenario: `slug` is stable within the procedure ("node-2-down-worker"), `notes` the comments before the first step."""

    slug: str
    title: str
    source: Source
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


class Runbook(Struct, frozen=True, kw_only=True):
    """A runbook that the diagnosis names. `found` is False when the file is missing; `ours` when tocsin's own stands in for it."""

    slug: str
    title: str
    path: str
    source: Source
    found: bool = False
    ours: bool = False
    text: str = ""
    steps: tuple[Step, ...] = ()


class Availability(Struct, frozen=True, kw_only=True):
    """
    When a contact may be called. `text` as written.

    `always` is around the clock for every priority; `always_for` around the clock for those priorities only (and
    business hours for the others); neither is business hours.
    """

    text: str
    always: bool = False
    always_for: tuple[Priority, ...] = ()


class Contact(Struct, frozen=True, kw_only=True):
    """
    One row of the contacts. `slug` identifies it in settings and events ("admin-infra").

    `address` as written; `placeholder` when it is one (`[votre-email]`); `supplier` when it stands outside the team
    (a support desk): tocsin never calls those.
    """

    slug: str
    role: str
    address: str
    availability: Availability
    source: Source
    placeholder: bool = False
    supplier: bool = False


class PostmortemRule(Struct, frozen=True, kw_only=True):
    """Which priorities need a post-mortem, and its sections as written."""

    priorities: tuple[Priority, ...]
    sections: tuple[str, ...]
    source: Source


class Passage(Struct, frozen=True):
    """A line that is only shown to people (detection's list, the resolution's sentence): stage, text, place."""

    stage: Literal["detection", "triage", "diagnosis", "resolution", "postmortem", "escalation", "other"]
    text: str
    source: Source


class Procedure(Struct, frozen=True, kw_only=True):
    """Everything that was understood. `language` is "fr" or "en", from the words of its headings; `root` bounds its links."""

    title: str
    language: Literal["fr", "en"]
    fingerprint: str
    path: str
    priorities: tuple[PriorityRule, ...] = ()
    triage: tuple[Command, ...] = ()
    runbooks: tuple[Runbook, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    contacts: tuple[Contact, ...] = ()
    postmortem: PostmortemRule | None = None
    passages: tuple[Passage, ...] = ()
    problems: tuple[Problem, ...] = ()

    def rule(self, priority: Priority) -> PriorityRule | None:
        """The row of that priority, None when the table lacks it."""
        return next((rule for rule in self.priorities if rule.priority == priority), None)

    def scenario(self, slug: str) -> Scenario | None:
        """The scenario of that slug."""
        return next((scenario for scenario in self.scenarios if scenario.slug == slug), None)

    def runbook(self, slug: str) -> Runbook | None:
        """The runbook of that slug."""
        return next((runbook for runbook in self.runbooks if runbook.slug == slug), None)

    def contact(self, slug: str) -> Contact | None:
        """The contact of that slug."""
        return next((contact for contact in self.contacts if contact.slug == slug), None)

    @property
    def team(self) -> tuple[Contact, ...]:
        """The contacts that tocsin may call, in the order of the document; the first is the infra admin."""
        return tuple(contact for contact in self.contacts if not contact.supplier)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse to serve."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def step_key(plan: str, step: Step, command_index: int) -> str:
    """Name one command of one step: "node-2-down-worker/3/1" (the command counted from 1; 0 for the step itself)."""
    return f"{plan}/{step.number}/{command_index}"
