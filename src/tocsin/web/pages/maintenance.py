"""
/maintenance : the windows in which nobody is called, a form to plan one, and the heartbeats that must not stop.

What the form says is planned by the function that the API calls, so both refuse alike. The surprise: a form that is
refused comes back filled in, and its times are those of the house's zone, as on every page.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Literal

from msgspec import Struct
from starlette.responses import Response

from tocsin.detection.heartbeats import Sender
from tocsin.detection.maintenance import cover
from tocsin.incident.refused import Refused
from tocsin.incident.sentences import refusal
from tocsin.loops import heartbeats, maintenance
from tocsin.loops.house import House
from tocsin.procedure.durations import span
from tocsin.procedure.matchers import written
from tocsin.web.forms import N_, BadForm
from tocsin.web.visits import Pages, Visit
from tocsin.world import Window

HERE = "/maintenance"
PAST = 5
FIELDS = ("title", "begins", "ends", "lasts", "matchers")


class ShownWindow(Struct, frozen=True):
    """A window as it is listed; `covered` counts the alerts that fire now and call nobody because of it."""

    window: Window
    state: Literal["running", "planned", "over"]
    matchers: str
    covered: int

    @property
    def can_end(self) -> bool:
        """Whether a person may end it here: one of the procedure is changed in the procedure."""
        return self.state != "over" and not self.window.because.line


class ShownBeat(Struct, frozen=True):
    """A heartbeat: `last_at` is None when none was heard yet, `silent_since` is set while it is missing."""

    sender: Sender
    last_at: datetime | None
    silent_since: datetime | None


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get(HERE, show)
    pages.post(HERE, plan)
    pages.post(f"{HERE}/windows/{{window}}/end", end)
    pages.post(f"{HERE}/heartbeats/removal", forget)


def show(visit: Visit) -> Response:
    """The page."""
    return _page(visit)


def plan(visit: Visit) -> Response:
    """Plan a window and show it among the others."""
    form = visit.form
    try:
        begins, ends = _times(visit)
        maintenance.plan(
            visit.house,
            title=_short(form.get("title", ""), maintenance.LONGEST_TITLE),
            begins=begins,
            ends=ends,
            matchers=_short(form.get("matchers", ""), maintenance.LONGEST_MATCHERS),
            by=visit.person,
        )
    except BadForm as bad:
        return _page(visit, visit.words.gettext(bad.sentence), 422)
    except Refused as refused:
        return _page(visit, refusal(refused, visit.language), 409)
    return visit.go(HERE)


def end(visit: Visit) -> Response:
    """It ends now, and what still fires calls."""
    try:
        maintenance.end(visit.house, visit.request.path_params["window"], visit.person)
    except Refused as refused:
        return _page(visit, refusal(refused, visit.language), 409)
    return visit.go(HERE)


def forget(visit: Visit) -> Response:
    """That heartbeat is no longer expected."""
    try:
        heartbeats.forget(visit.house, visit.form.get("source", ""), visit.form.get("name", ""), visit.person)
    except Refused as refused:
        return _page(visit, refusal(refused, visit.language), 409)
    return visit.go(f"{HERE}#heartbeats")


def _times(visit: Visit) -> tuple[datetime | None, datetime]:
    """Beginning (None is now) and end of the form in UTC; the end is told, or how long it lasts: one of the two."""
    begins, ends, lasts = (visit.form.get(name, "").strip() for name in ("begins", "ends", "lasts"))
    if bool(ends) == bool(lasts):
        raise BadForm(N_("Say when it ends, or how long it lasts: one of the two."))
    try:
        first = visit.times.told(begins) if begins else None
        if ends:
            return first, visit.times.told(ends)
    except ValueError:
        raise BadForm(N_("The time is not understood.")) from None
    length = span(lasts)
    if length is None:
        raise BadForm(N_("How long is not understood: write 45 min, 2 h, 1 h 30."))
    try:
        return first, (first or visit.now) + length
    except OverflowError:
        raise BadForm(N_("The time is not understood.")) from None


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise BadForm(N_("That is too long."))
    return text


def _page(visit: Visit, sentence: str = "", status: int = 200) -> Response:
    windows = _windows(visit.house, visit.now)
    return visit.page(
        "maintenance.html",
        status,
        sentence=sentence,
        coming=[one for one in windows if one.state != "over"],
        past=[one for one in reversed(windows) if one.state == "over"][:PAST],
        beats=_beats(visit.house),
        limit=heartbeats.limit_of(visit.house),
        typed={name: visit.form.get(name, "") for name in FIELDS},
        longest=maintenance.LONGEST,
    )


def _windows(house: House, now: datetime) -> list[ShownWindow]:
    """Every window, by its end."""
    windows = house.windows()
    sheltered = (one for one in house.recorder.open_incidents() if one.kind == "maintenance")
    found = (cover(alert, windows, now) for incident in sheltered for alert in incident.firing)
    covered = Counter(window.window_id for window in found if window is not None)
    return [
        ShownWindow(window, _state(window, now), written(window.matchers), covered[window.window_id])
        for window in sorted(windows, key=lambda one: (one.ends, one.window_id))
    ]


def _state(window: Window, now: datetime) -> Literal["running", "planned", "over"]:
    if now < window.begins:
        return "planned"
    return "running" if now < window.ends else "over"


def _beats(house: House) -> list[ShownBeat]:
    heard = heartbeats.last_heard(house)
    expected = sorted(house.sight.pulses().expected.items())
    return [ShownBeat(sender, heard.get(sender), pulse.silent_since) for sender, pulse in expected]
