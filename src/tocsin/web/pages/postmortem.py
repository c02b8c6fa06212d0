"""GET and POST /incidents/N/postmortem, GET /incidents/N/postmortem.md : read it, edit it, take it along."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from tocsin.web.forms import Filled, save_postmortem
from tocsin.web.pages.incident import found
from tocsin.web.visits import Pages, Visit


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get("/incidents/{number:int}/postmortem", show)
    pages.get("/incidents/{number:int}/postmortem.md", download)
    pages.post("/incidents/{number:int}/postmortem", save)


def show(visit: Visit) -> Response:
    """The saved text, or the draft, as a page and in a field."""
    incident = found(visit)
    number = incident.number
    return visit.page(
        "postmortem.html",
        here=f"/incidents/{number}",
        incident=incident,
        saved=incident.postmortem,
        text=visit.house.draft(number, visit.language),
        fresh=visit.house.draft_fresh(number, visit.language) if incident.postmortem else "",
    )


def download(visit: Visit) -> Response:
    """The same text as a file."""
    number = found(visit).number
    return Response(
        visit.house.draft(number, visit.language),
        media_type="text/markdown",
        headers={"Content-Disposition": f'attachment; filename="post-mortem-{number}.md"'},
    )


def save(visit: Visit) -> Response:
    """A person's text."""
    number = int(visit.request.path_params["number"])
    form = Filled(
        incident=number, by=visit.person, fields=visit.form, keep_text=partial(visit.house.keep_text, for_ever=True)
    )
    visit.house.record(save_postmortem(form))
    return visit.go(f"/incidents/{number}/postmortem")
