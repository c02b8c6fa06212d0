"""
What to do now: the one thing that the page puts first.

Pure. The order is that of a night: tell how a lost command ended, look at what runs, do the procedure's next step,
then end it, write, close. Taking the incident is not here: that button stands above everything.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tocsin.incident.state import Incident, Run
from tocsin.resolution.plan import Plan, PlanItem

Kind = Literal["tell", "running", "step", "improvise", "resolve", "postmortem", "close", "nothing"]


class Next(Struct, frozen=True):
    """`run` for "tell" and "running", `item` for "step"."""

    kind: Kind
    item: PlanItem | None = None
    run: Run | None = None


def next_step(incident: Incident, plan: Plan) -> Next:
    """Choose it."""
    if not incident.is_open:
        return Next(_after_the_end(incident))
    asking = next((run for run in incident.runs if run.asks), None)
    if asking:
        return Next("tell", run=asking)
    running = next((run for run in incident.runs if run.is_open), None)
    if running:
        return Next("running", run=running)
    if incident.suggested_at:
        return Next("resolve")
    if not plan.items and incident.firing:
        return Next("improvise")
    return Next("step", item=plan.next) if plan.next else Next("resolve")


def _after_the_end(incident: Incident) -> Kind:
    if incident.status != "resolved":
        return "nothing"
    return "postmortem" if incident.postmortem_required and not incident.postmortem else "close"
