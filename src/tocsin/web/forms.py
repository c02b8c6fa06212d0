"""
A form becomes one command.

Each function reads the fields of one gesture on an incident and gives the one `Command` that `decide` will hear. What
is missing or makes no sense raises `BadForm`, whose sentence is shown with what was typed. The surprise: a command
line that a person types is split into arguments here and never reaches a shell.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from tocsin.incident import commands as c
from tocsin.incident.events import Priority
from tocsin.procedure.model import PRIORITIES

VALUE = "value."
"""Before a placeholder's name, in the name of its field."""
TICKED = "alert."
"""Before an alert's fingerprint, in the name of its tick box."""
Pipeline = tuple[tuple[str, ...], ...]
KeepText = Callable[[str], tuple[str, str]]


def N_(message: str) -> str:  # gettext's own name for "translate later"
    """Mark a sentence for translation where it is shown."""
    return message


class BadForm(Exception):
    """A form that lacks something. `sentence` is a gettext message."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Filled(Struct, frozen=True, kw_only=True):
    """A form with who sent it. `keep_text` redacts and keeps a long text: (digest, excerpt)."""

    incident: int
    by: str
    fields: Mapping[str, str]
    keep_text: KeepText

    def text(self, name: str) -> str:
        """A field without the blanks around it, "" when it is not there."""
        return self.fields.get(name, "").strip()

    def needed(self, name: str, otherwise: str) -> str:
        """A field that must say something; raises `BadForm` with that sentence."""
        text = self.text(name)
        if not text:
            raise BadForm(otherwise)
        return text

    def number(self, name: str, otherwise: str) -> int:
        """An incident's number; raises `BadForm` with that sentence."""
        text = self.text(name).removeprefix("INC-")
        if not (text.isascii() and text.isdigit() and 0 < len(text) <= 9 and int(text)):
            raise BadForm(otherwise)
        return int(text)

    def yes(self, name: str) -> bool:
        """A button's or tick box's value."""
        return self.fields.get(name) == "yes"


def acknowledge(form: Filled) -> c.Command:
    """« Je prends »."""
    return c.Acknowledge(incident=form.incident, by=form.by, via="web")


def change_priority(form: Filled) -> c.Command:
    """A radio button and a reason."""
    priority: Priority | None = next((level for level in PRIORITIES if level == form.text("priority")), None)
    if priority is None:
        raise BadForm(N_("Choose a priority."))
    reason = form.needed("reason", N_("Say why: the reason stands in the timeline."))
    return c.ChangePriority(incident=form.incident, by=form.by, via="web", priority=priority, reason=reason)


def confirm_triage(form: Filled) -> c.Command:
    """A scenario of the list, or none."""
    return c.ConfirmTriage(incident=form.incident, by=form.by, via="web", scenario=form.text("scenario"))


def add_note(form: Filled) -> c.Command:
    """Free text."""
    text = form.needed("text", N_("The note is empty."))
    return c.AddNote(incident=form.incident, by=form.by, via="web", text=text)


def paste_evidence(form: Filled) -> c.Command:
    """A title and a long text, which is kept redacted."""
    title = form.needed("title", N_("Say what the text is."))
    digest, excerpt = form.keep_text(form.needed("text", N_("The text is empty.")))
    return c.PasteEvidence(incident=form.incident, by=form.by, via="web", title=title, blob=digest, excerpt=excerpt)


def approve_step(form: Filled) -> c.Command:
    """The digest that was on the screen, for a step or for a command that a person brought."""
    return c.ApproveStep(
        incident=form.incident,
        by=form.by,
        via="web",
        digest=form.text("digest"),
        step=form.text("step"),
        text=as_typed(brought_pipeline(form)),
        pipeline=brought_pipeline(form),
        break_glass=form.text("break_glass"),
        values={
            name.removeprefix(VALUE): value.strip() for name, value in form.fields.items() if name.startswith(VALUE)
        },
    )


def run_step(form: Filled) -> c.Command:
    """The same, to run it."""
    return c.RunStep(
        incident=form.incident,
        by=form.by,
        via="web",
        digest=form.text("digest"),
        step=form.text("step"),
        text=as_typed(brought_pipeline(form)),
        pipeline=brought_pipeline(form),
    )


def mark_step(form: Filled) -> c.Command:
    """Done by hand, or skipped."""
    return c.MarkStep(
        incident=form.incident,
        by=form.by,
        via="web",
        step=form.text("step"),
        done=form.yes("done"),
        note=form.text("note"),
    )


def tell_outcome(form: Filled) -> c.Command:
    """How a run of unknown outcome ended."""
    return c.TellOutcome(
        incident=form.incident,
        by=form.by,
        via="web",
        run_id=form.text("run"),
        done=form.yes("done"),
        note=form.text("note"),
    )


def mitigate(form: Filled) -> c.Command:
    """Users are no longer harmed."""
    return c.Mitigate(incident=form.incident, by=form.by, via="web", note=form.text("note"))


def resolve(form: Filled) -> c.Command:
    """It is over."""
    return c.Resolve(incident=form.incident, by=form.by, via="web", note=form.text("note"))


def close(form: Filled) -> c.Command:
    """Nothing is left to do."""
    return c.Close(incident=form.incident, by=form.by, via="web", note=form.text("note"))


def cancel(form: Filled) -> c.Command:
    """A false alarm."""
    reason = form.needed("reason", N_("Say why: the reason stands in the timeline."))
    return c.Cancel(incident=form.incident, by=form.by, via="web", reason=reason)


def reopen(form: Filled) -> c.Command:
    """It was not over."""
    reason = form.needed("reason", N_("Say why: the reason stands in the timeline."))
    return c.Reopen(incident=form.incident, by=form.by, via="web", reason=reason)


def save_postmortem(form: Filled) -> c.Command:
    """The whole text, which is kept redacted."""
    digest, excerpt = form.keep_text(form.needed("text", N_("The text is empty.")))
    return c.SavePostmortem(incident=form.incident, by=form.by, via="web", blob=digest, excerpt=excerpt)


def brought_pipeline(form: Filled) -> Pipeline:
    """The pipeline that the preview showed, as the JSON that it put into the form; () for a step's."""
    text = form.fields.get("pipeline", "")
    if not text:
        return ()
    try:
        return msgspec.json.decode(text.encode(), type=Pipeline)
    except msgspec.DecodeError:
        raise BadForm(N_("This form is not as it was sent.")) from None


def merge(form: Filled) -> c.Command:
    """The number of the other incident."""
    into = form.number("into", N_("Say into which incident, by its number."))
    return c.Merge(incident=form.incident, by=form.by, via="web", into=into, reason=form.text("reason"))


def move_alerts(form: Filled) -> c.Command:
    """The alerts that are ticked; without a number a new incident is opened for them."""
    ticked = tuple(name.removeprefix(TICKED) for name in form.fields if name.startswith(TICKED) and form.yes(name))
    if not ticked:
        raise BadForm(N_("Tick the alerts that belong elsewhere."))
    to = form.number("to", N_("That is no incident's number.")) if form.text("to") else 0
    return c.MoveAlerts(incident=form.incident, by=form.by, via="web", alerts=ticked, to=to, reason=form.text("reason"))


def as_typed(pipeline: Pipeline) -> str:
    """A pipeline as a person would type it: the timeline never shows another text than what ran. "" for none."""
    return " | ".join(shlex.join(command) for command in pipeline)


GESTURES: dict[str, tuple[Callable[[Filled], c.Command], str]] = {
    "acknowledgement": (acknowledge, "next"),
    "priority": (change_priority, ""),
    "triage": (confirm_triage, "steps"),
    "notes": (add_note, "timeline"),
    "evidence": (paste_evidence, "evidence"),
    "approvals": (approve_step, "next"),
    "runs": (run_step, "next"),
    "marks": (mark_step, "steps"),
    "outcomes": (tell_outcome, "next"),
    "mitigation": (mitigate, "timeline"),
    "resolution": (resolve, "next"),
    "closure": (close, ""),
    "cancellation": (cancel, ""),
    "reopening": (reopen, "next"),
    "merging": (merge, ""),
    "moving": (move_alerts, "alerts"),
}
"""The noun in the path → how its form is read, and where on the page the reader lands after it."""
