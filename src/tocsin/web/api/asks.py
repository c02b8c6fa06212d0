"""
What a person may send about an incident, and the command it becomes.

One struct per address; `ASKS` is the table. An unknown field is an error, because a misspelt "reason" must not be
lost in silence. The surprise: the text of a command that a person brings is made here from its argv; nobody can show
one text and run another.
"""

from __future__ import annotations

import shlex
from typing import Annotated

from msgspec import Meta, Struct

from tocsin.incident import commands as c
from tocsin.incident.events import Priority
from tocsin.loops.house import House
from tocsin.resolution.steps import digest_of
from tocsin.web.api.errors import ApiError

Text = Annotated[str, Meta(min_length=1, max_length=10_000)]
Note = Annotated[str, Meta(max_length=10_000)]
Key = Annotated[str, Meta(max_length=300)]
Argv = Annotated[tuple[Annotated[str, Meta(max_length=10_000)], ...], Meta(min_length=1, max_length=200)]


class Asker(Struct, frozen=True):
    """To which incident, by whom, through which door."""

    incident: int
    by: str
    via: str


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to one address."""

    def command(self, asker: Asker, house: House) -> c.Request:
        """The command; may keep texts in the house (call it from a thread). Raises `ApiError`."""
        raise NotImplementedError


class Acknowledgement(Body, frozen=True, kw_only=True):
    """« Je prends »."""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Take it."""
        return c.Acknowledge(incident=asker.incident, by=asker.by, via=asker.via)


class PriorityBody(Body, frozen=True, kw_only=True):
    """Another priority."""

    priority: Priority
    reason: Text

    def command(self, asker: Asker, house: House) -> c.Request:
        """Raise or lower it."""
        return c.ChangePriority(
            incident=asker.incident, by=asker.by, via=asker.via, priority=self.priority, reason=self.reason
        )


class TriageBody(Body, frozen=True, kw_only=True):
    """Agreement, or another scenario by its slug."""

    scenario: Key = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Confirm."""
        return c.ConfirmTriage(incident=asker.incident, by=asker.by, via=asker.via, scenario=self.scenario)


class NoteBody(Body, frozen=True, kw_only=True):
    """A line by hand."""

    text: Text

    def command(self, asker: Asker, house: House) -> c.Request:
        """Write it."""
        return c.AddNote(incident=asker.incident, by=asker.by, via=asker.via, text=self.text)


class EvidenceBody(Body, frozen=True, kw_only=True):
    """Text from elsewhere; it is redacted before it is kept."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Annotated[str, Meta(min_length=1)]

    def command(self, asker: Asker, house: House) -> c.Request:
        """Keep it, then say so."""
        digest, excerpt = house.keep_text(self.text)
        return c.PasteEvidence(
            incident=asker.incident, by=asker.by, via=asker.via, title=self.title, blob=digest, excerpt=excerpt
        )


class CommandBody(Body, frozen=True, kw_only=True):
    """
    A command of the procedure by its `step` and the `digest` that was shown, or one that a person brings as argv
    lists.
    """

    step: Key = ""
    digest: Annotated[str, Meta(max_length=64)] = ""
    pipeline: Annotated[tuple[Argv, ...], Meta(max_length=20)] = ()

    def target(self) -> tuple[str, str]:
        """The digest and the text; "" as text lets the procedure speak."""
        if bool(self.step) == bool(self.pipeline):
            raise ApiError("step_or_pipeline")
        if self.step:
            return self.digest, ""
        return self.digest or digest_of(self.pipeline), " | ".join(shlex.join(argv) for argv in self.pipeline)


class ApprovalBody(CommandBody, frozen=True, kw_only=True):
    """
    Consent to exactly one command; `break_glass` is the reason why nobody else could give it.

    `values` fills the step's placeholders by name ({"ip": "198.51.100.23"}); the answer holds the filled command, whose
    digest a run names.
    """

    break_glass: Note = ""
    values: Annotated[dict[str, Annotated[str, Meta(max_length=300)]], Meta(max_length=20)] = {}

    def command(self, asker: Asker, house: House) -> c.Request:
        """Consent."""
        digest, text = self.target()
        return c.ApproveStep(
            incident=asker.incident,
            by=asker.by,
            via=asker.via,
            digest=digest,
            step=self.step,
            text=text,
            pipeline=self.pipeline,
            break_glass=self.break_glass,
            values=self.values,
        )


class RunBody(CommandBody, frozen=True, kw_only=True):
    """Run it."""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Ask for the run."""
        digest, text = self.target()
        return c.RunStep(
            incident=asker.incident,
            by=asker.by,
            via=asker.via,
            digest=digest,
            step=self.step,
            text=text,
            pipeline=self.pipeline,
        )


class MarkBody(Body, frozen=True, kw_only=True):
    """A step done by hand, or skipped."""

    step: Key
    done: bool
    note: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Mark it."""
        return c.MarkStep(
            incident=asker.incident, by=asker.by, via=asker.via, step=self.step, done=self.done, note=self.note
        )


class OutcomeBody(Body, frozen=True, kw_only=True):
    """How a run of unknown outcome ended."""

    run_id: Key
    done: bool
    note: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Tell it."""
        return c.TellOutcome(
            incident=asker.incident, by=asker.by, via=asker.via, run_id=self.run_id, done=self.done, note=self.note
        )


class MitigationBody(Body, frozen=True, kw_only=True):
    """Users are no longer harmed."""

    note: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Say so."""
        return c.Mitigate(incident=asker.incident, by=asker.by, via=asker.via, note=self.note)


class ResolutionBody(Body, frozen=True, kw_only=True):
    """It is over."""

    note: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Say so."""
        return c.Resolve(incident=asker.incident, by=asker.by, via=asker.via, note=self.note)


class ClosureBody(Body, frozen=True, kw_only=True):
    """Nothing is left to do."""

    note: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Say so."""
        return c.Close(incident=asker.incident, by=asker.by, via=asker.via, note=self.note)


class CancellationBody(Body, frozen=True, kw_only=True):
    """A false alarm or a duplicate."""

    reason: Text

    def command(self, asker: Asker, house: House) -> c.Request:
        """Say so."""
        return c.Cancel(incident=asker.incident, by=asker.by, via=asker.via, reason=self.reason)


class ReopeningBody(Body, frozen=True, kw_only=True):
    """It was not over."""

    reason: Text

    def command(self, asker: Asker, house: House) -> c.Request:
        """Say so."""
        return c.Reopen(incident=asker.incident, by=asker.by, via=asker.via, reason=self.reason)


class MergingBody(Body, frozen=True, kw_only=True):
    """This incident is a part of another."""

    into: Annotated[int, Meta(ge=1)]
    reason: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Merge it."""
        return c.Merge(incident=asker.incident, by=asker.by, via=asker.via, into=self.into, reason=self.reason)


class MovingBody(Body, frozen=True, kw_only=True):
    """Alerts, by fingerprint, belong elsewhere: to the incident `to`, or to a new one without it."""

    alerts: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(min_length=1, max_length=10_000)
    ]
    to: Annotated[int, Meta(ge=0)] = 0
    reason: Note = ""

    def command(self, asker: Asker, house: House) -> c.Request:
        """Move them."""
        return c.MoveAlerts(
            incident=asker.incident, by=asker.by, via=asker.via, alerts=self.alerts, to=self.to, reason=self.reason
        )


class PostmortemBody(Body, frozen=True, kw_only=True):
    """A person's text of the post-mortem, Markdown; it is redacted before it is kept."""

    text: Annotated[str, Meta(min_length=1)]

    def command(self, asker: Asker, house: House) -> c.Request:
        """Keep it, then say so."""
        digest, excerpt = house.keep_text(self.text, for_ever=True)
        return c.SavePostmortem(incident=asker.incident, by=asker.by, via=asker.via, blob=digest, excerpt=excerpt)


ASKS: dict[str, type[Body]] = {
    "acknowledgement": Acknowledgement,
    "priority": PriorityBody,
    "triage": TriageBody,
    "notes": NoteBody,
    "evidence": EvidenceBody,
    "approvals": ApprovalBody,
    "runs": RunBody,
    "marks": MarkBody,
    "outcomes": OutcomeBody,
    "mitigation": MitigationBody,
    "resolution": ResolutionBody,
    "closure": ClosureBody,
    "cancellation": CancellationBody,
    "reopening": ReopeningBody,
    "merging": MergingBody,
    "moving": MovingBody,
}
