"""
Everything a person, a source or a clock may ask of an incident. Imperatives; `decide` turns one into events.

`by` is the person's name as it will stand in the timeline; `via` the door they came through (web, link, cli, api).
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from tocsin.incident.alert import Alert, Episode
from tocsin.incident.events import REAL, Kind, Outcome, Priority


class Ask(Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """What a person's request to one incident carries."""

    incident: int
    by: str
    via: str = ""


class ReceiveAlerts(Struct, frozen=True, kw_only=True, tag=True):
    """
    Alerts of one or several kept bodies of one source, in the order of their arrival.

    `received_at` is the first body's; `ended` are those of their episodes that an incident which is over already
    held: a sender repeats them for as long as they fire, and they open nothing.
    """

    source: str
    alerts: tuple[Alert, ...]
    received_at: datetime
    world_id: str = REAL
    ended: tuple[Episode, ...] = ()


class Report(Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """A person reports something. `detected_at` as they tell it, None for now; `everything_down` is their tick box."""

    by: str
    text: str
    detected_at: datetime | None = None
    everything_down: bool = False
    kind: Kind = "normal"
    via: str = ""
    world_id: str = REAL


class Acknowledge(Ask, frozen=True, kw_only=True):
    """« Je prends »."""


class ChangePriority(Ask, frozen=True, kw_only=True):
    """Raise or lower, with a reason."""

    priority: Priority
    reason: str


class ConfirmTriage(Ask, frozen=True, kw_only=True):
    """Agree with priority and scenario, or pick another scenario by its slug."""

    scenario: str = ""


class AddNote(Ask, frozen=True, kw_only=True):
    """Write a line by hand."""

    text: str


class PasteEvidence(Ask, frozen=True, kw_only=True):
    """Bring text from elsewhere; it was already redacted and kept as `blob`."""

    title: str
    blob: str
    excerpt: str


class ApproveStep(Ask, frozen=True, kw_only=True):
    """
    Consent to exactly this command: `step` and the digest that was on the screen.

    For an ad hoc command `pipeline` and `step=""`. `values` fills the step's placeholders, by name ("ip"): then the
    digest is the step's own, and the consent binds to the filled command.
    """

    digest: str
    step: str = ""
    text: str = ""
    pipeline: tuple[tuple[str, ...], ...] = ()
    break_glass: str = ""
    values: dict[str, str] = {}


class RunStep(Ask, frozen=True, kw_only=True):
    """Run one command: of a step, or an ad hoc `pipeline` (then `step` is "")."""

    digest: str
    step: str = ""
    text: str = ""
    pipeline: tuple[tuple[str, ...], ...] = ()


class MarkStep(Ask, frozen=True, kw_only=True):
    """A step was done by hand, or is skipped."""

    step: str
    done: bool
    note: str = ""


class TellOutcome(Ask, frozen=True, kw_only=True):
    """How a run of unknown outcome ended."""

    run_id: str
    done: bool
    note: str = ""


class Mitigate(Ask, frozen=True, kw_only=True):
    """Users are no longer harmed."""

    note: str = ""


class Resolve(Ask, frozen=True, kw_only=True):
    """It is over."""

    note: str = ""


class Close(Ask, frozen=True, kw_only=True):
    """Nothing is left to do."""

    note: str = ""


class Cancel(Ask, frozen=True, kw_only=True):
    """A false alarm or duplicate; the reason is obligatory."""

    reason: str


class Reopen(Ask, frozen=True, kw_only=True):
    """It was not over; the reason is obligatory."""

    reason: str


class Merge(Ask, frozen=True, kw_only=True):
    """This incident is a part of another, open one: its alerts go there. The reason may be empty."""

    into: int
    reason: str = ""


class MoveAlerts(Ask, frozen=True, kw_only=True):
    """Alerts, by their fingerprints, belong to another incident; `to` 0 opens a new one for them."""

    alerts: tuple[str, ...]
    to: int = 0
    reason: str = ""


class SavePostmortem(Ask, frozen=True, kw_only=True):
    """A person's text, already kept as `blob`."""

    blob: str
    excerpt: str = ""


class TellResult(Struct, frozen=True, kw_only=True, tag=True):
    """The performer tells how an intent ended. Ignored when the intent is no longer open."""

    incident: int
    outcome: Outcome


class Look(Struct, frozen=True, kw_only=True, tag=True):
    """The clock: look at this incident again."""

    incident: int


OfOne = (
    Acknowledge
    | ChangePriority
    | ConfirmTriage
    | AddNote
    | PasteEvidence
    | ApproveStep
    | RunStep
    | MarkStep
    | TellOutcome
    | Mitigate
    | Resolve
    | Close
    | Cancel
    | Reopen
    | SavePostmortem
)
Regroup = Merge | MoveAlerts
"""They change two incidents."""
Request = OfOne | Regroup
Command = Request | ReceiveAlerts | Report | TellResult | Look
