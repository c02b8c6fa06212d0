"""GET and POST /report : a person says that something is wrong."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from tocsin.incident.commands import Report
from tocsin.web.visits import Pages, Visit

LONGEST = 5000


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get("/report", show)
    pages.post("/report", send)


def show(visit: Visit) -> Response:
    """An empty form."""
    return _form(visit, "", 200)


def send(visit: Visit) -> Response:
    """Record it and show the incident that it became."""
    gettext = visit.words.gettext
    text = visit.form.get("text", "").strip()
    if not text:
        return _form(visit, gettext("Say what you see."), 422)
    if len(text) > LONGEST:
        return _form(visit, gettext("That is too long."), 422)
    try:
        since = told_instant(visit)
    except ValueError:
        return _form(visit, gettext("The time is not understood, or lies in the future."), 422)
    recorded = visit.house.record(
        Report(
            by=visit.person,
            text=text,
            detected_at=since,
            everything_down=visit.form.get("everything_down") == "yes",
            via="web",
        )
    )
    return visit.go(f"/incidents/{recorded.incidents[0].number}" if recorded.incidents else "/")


def told_instant(visit: Visit) -> datetime | None:
    """The local time of the form in UTC, None when it is left empty; ValueError for another text or the future."""
    text = visit.form.get("since", "").strip()
    if not text:
        return None
    at = visit.times.told(text)
    if at > visit.now:
        raise ValueError(text)
    return at


def _form(visit: Visit, sentence: str, status: int) -> Response:
    return visit.page(
        "report.html",
        status,
        sentence=sentence,
        text=visit.form.get("text", ""),
        since=visit.form.get("since", ""),
        everything_down=visit.form.get("everything_down") == "yes",
    )
