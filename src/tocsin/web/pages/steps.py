"""
The plan's items as the steps that people read: the commands of one step together, with one state.

Pure. A step is as far as its least advanced command; every state has a sign and a word.
"""

from __future__ import annotations

from itertools import groupby

from msgspec import Struct

from tocsin.procedure.source import Source
from tocsin.resolution.plan import Plan, PlanItem, State
from tocsin.web.forms import N_
from tocsin.web.words import Words

# In the order in which they speak for their step: what needs a person first.
SIGNS: dict[State, tuple[str, str]] = {
    "unknown": ("?", N_("outcome unknown")),
    "failed": ("✕", N_("failed")),
    "running": ("◔", N_("running")),
    "approved": ("◐", N_("approved")),
    "broken": ("!", N_("to correct")),
    "needs_values": ("…", N_("values missing")),
    "todo": ("○", N_("to do")),
    "skipped": ("–", N_("skipped")),
    "marked": ("✓", N_("done by hand")),
    "done": ("✓", N_("done")),
}
_ORDER = {state: place for place, state in enumerate(SIGNS)}
_LOUD: frozenset[State] = frozenset({"unknown", "failed", "running", "approved"})


class ShownStep(Struct, frozen=True, kw_only=True):
    """One numbered step with its commands."""

    number: str
    text: str
    notes: tuple[str, ...]
    source: Source
    items: tuple[PlanItem, ...]
    state: State
    sign: str
    state_words: str
    is_next: bool
    is_open: bool


def shown_steps(plan: Plan, words: Words) -> list[ShownStep]:
    """In the order of the document."""
    waiting = plan.next
    return [_shown(tuple(items), waiting, words) for _, items in groupby(plan.items, key=lambda item: item.step.source)]


def _shown(items: tuple[PlanItem, ...], waiting: PlanItem | None, words: Words) -> ShownStep:
    step = items[0].step
    state = min((item.state for item in items), key=_ORDER.__getitem__)
    sign, message = SIGNS[state]
    return ShownStep(
        number=step.number,
        text=step.text,
        notes=step.notes,
        source=step.source,
        items=items,
        state=state,
        sign=sign,
        state_words=words.gettext(message),
        is_next=waiting in items,
        is_open=state in _LOUD,
    )
