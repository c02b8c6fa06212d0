"""
What a procedure says, once read.

Frozen values, each with its `Source`. `Procedure.fingerprint` covers all its texts: an incident keeps the fingerprint
of the procedure it was opened under. The surprise: a `Command` that has an error stays in the model (people must see
it) and says so by `Command.problems`; `Command.runnable` is what the gates ask.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from tocsin.incident.events import Priority, Risk
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source

PRIORITIES: tuple[Priority, ...] = ("P1", "P2", "P3", "P4")


class Matcher(Struct, frozen=True):
    """
    One matcher in Alertmanager's own syntax: `label` (alertname is the alert's name), `operator`, `value`.

    A label that an alert lacks is "" to a matcher, and a regular expression is anchored at both ends, as there.
    """

    label: str
    operator: Literal["=", "!=", "=~", "!~"]
    value: str


class AlertRule(Struct, frozen=True, kw_only=True):
    """
    One row of a table of alerts: what alerts that fulfil all `matchers` mean.

    `condition` is for people. `scenario` and `runbook` are slugs, "" when the row names none; `raised` the priority it
    becomes when its `reason` says so; `heartbeat` when it is no alert but a sign of life (its absence is the alert),
    `ignored` when it is kept and opens nothing.
    """

    matchers: tuple[Matcher, ...]
    source: Source
    priority: Priority | None = None
    condition: str = ""
    scenario: str = ""
    runbook: str = ""
    reason: str = ""
    raised: Priority | None = None
    heartbeat: bool = False
    ignored: bool = False


class Parameter(Struct, frozen=True, kw_only=True):
    """
    What a placeholder of a command stands for: `<ip>` is an ip. `choices` are the words of an enumeration.

    `server` is a machine of the inventory, `name` a Kubernetes name (RFC 1123), `text` anything that is one argument.
    """

    name: str
    kind: Literal["ip", "cidr", "name", "server", "number", "choice", "text"]
    source: Source
    choices: tuple[str, ...] = ()


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
    over the pipeline: an approval binds to it. `places` is where each word of the pipeline stands.
    """

    text: str
    pipeline: tuple[tuple[str, ...], ...]
    risk: Risk
    digest: str
    source: Source
    placeholders: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    places: tuple[tuple[Source, ...], ...] = ()

    @property
    def runnable(self) -> bool:
        """No error stands on it."""
        return bool(self.pipeline) and not any(problem.severity == "error" for problem in self.problems)


class Verification(Struct, frozen=True, kw_only=True):
    """
    How an effect is proved, since an exit code proves nothing: read-only `commands`, and what to `expect` of the output.

    `expect` is a sentence for people; `contains` and `lacks` are words that the output must or must not have. `within`
    is how long the effect may take. `text` is the line as written; without commands a person looks.
    """

    text: str
    source: Source
    commands: tuple[Command, ...] = ()
    expect: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    within: timedelta | None = None


class Step(Struct, frozen=True, kw_only=True):
    """
    One numbered step. `number` is as written ("1"), `text` its sentence, `notes` the unnumbered comments.

    It may have no command. `limit` is its time limit, `before` what must hold before it runs, `verify` what proves its
    effect, `undo` how it is taken back; a risk that the text states stands in each command's `risk`. `not_run` says that
    nobody has run its commands yet.
    """

    number: str
    text: str
    source: Source
    notes: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    limit: timedelta | None = None
    before: tuple[Verification, ...] = ()
    verify: tuple[Verification, ...] = ()
    undo: tuple[Command, ...] = ()
    undo_text: str = ""
    not_run: bool = False


class Scenario(Struct, frozen=True, kw_only=True):
    """
    A scenario: `slug` is stable within the procedure ("node-2-down-worker"), `notes` the comments before the first step.

    `triggers` are its own lines of triggers, each as a rule; `priority` and `runbook` (a slug) what its lines say.
    """

    slug: str
    title: str
    source: Source
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    triggers: tuple[AlertRule, ...] = ()
    priority: Priority | None = None
    runbook: str = ""


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

    `always` is around the clock for every priority; `always_for` around the clock for those priorities only, and the
    hours for the others; neither is the hours. These are business hours, or its own `opens`-`closes` ("22:00"-"08:00"
    goes over midnight) on `weekdays` (() is every business day) in `timezone` ("" is the procedure's).
    """

    text: str
    always: bool = False
    always_for: tuple[Priority, ...] = ()
    opens: str = ""
    closes: str = ""
    weekdays: tuple[int, ...] = ()
    timezone: str = ""


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


class LadderRung(Struct, frozen=True, kw_only=True):
    """Who is called `after` the start. `contacts` are slugs; `on_call` whoever the rota names; `everyone` the whole team."""

    after: timedelta
    source: Source
    contacts: tuple[str, ...] = ()
    on_call: bool = False
    everyone: bool = False
    notice: bool = False


class LadderRule(Struct, frozen=True, kw_only=True):
    """The escalation ladder of one priority; `again` is the repetition after the last rung, None for tocsin's own."""

    priority: Priority
    rungs: tuple[LadderRung, ...]
    source: Source
    again: timedelta | None = None


class Shift(Struct, frozen=True, kw_only=True):
    """
    One row of the on-call rota: `contact` (a slug) from `begins` to `ends`, as the procedure's local time says.

    Either dates ("2026-12-21T18:00" ISO without zone, in `timezone`), or `weekdays` (Monday 0) with `opens`/`closes`
    ("22:00"); `weeks` is "even" or "odd" for the ISO weeks that it holds for, "" for all.
    """

    contact: str
    source: Source
    begins: str = ""
    ends: str = ""
    weekdays: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""
    weeks: Literal["", "even", "odd"] = ""
    timezone: str = ""


class MaintenanceRule(Struct, frozen=True, kw_only=True):
    """A planned window: alerts that fulfil all `matchers` are recorded and not paged from `begins` to `ends` (aware, UTC)."""

    title: str
    begins: datetime
    ends: datetime
    matchers: tuple[Matcher, ...]
    source: Source


class Obligation(Struct, frozen=True, kw_only=True):
    """Whom the law or a contract wants told: `regime` ("RGPD art. 33"), `recipient`, `within` from `counted_from` as written."""

    regime: str
    source: Source
    recipient: str = ""
    within: timedelta | None = None
    counted_from: str = ""
    condition: str = ""


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
    """
    Everything that was understood. `language` is "fr" or "en", from the words of its headings.

    `alerts` are the rows of its tables of alerts, in their order; `timezone` that of its hours, "" for the settings'.
    """

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
    alerts: tuple[AlertRule, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    ladders: tuple[LadderRule, ...] = ()
    rota: tuple[Shift, ...] = ()
    timezone: str = ""
    maintenance: tuple[MaintenanceRule, ...] = ()
    obligations: tuple[Obligation, ...] = ()
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
