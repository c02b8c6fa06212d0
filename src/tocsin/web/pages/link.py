"""
GET and POST /p/TOKEN : the link of a page, for whoever holds it.

It shows the least that helps and offers one act, « Je prends ». Looking (GET, HEAD) changes nothing, because mail
scanners look. The link proves whose it is, so no session is needed; whatever is riskier asks to sign in.
"""

from __future__ import annotations

from starlette.responses import Response

from tocsin.incident.commands import Acknowledge
from tocsin.incident.state import Incident
from tocsin.web.pages.board import spent
from tocsin.web.visits import Pages, Visit, link_purpose


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get("/p/{link}", show, None)
    pages.post("/p/{link}", take, None, purpose="link")


def show(visit: Visit) -> Response:
    """The incident's least, and the button."""
    named = _named(visit)
    if named is None:
        return _gone(visit)
    incident, name = named
    text = visit.house.text_of(incident)
    rule = text.rule(incident.priority) if incident.priority else None
    return visit.page(
        "link.html",
        incident=incident,
        name=name,
        priority_name=rule.name if rule else "",
        spent=lambda shown: spent(shown, visit.now),
        link_token=visit.desk.sessions.form_token(link_purpose(visit.request.path_params["link"])),
    )


def take(visit: Visit) -> Response:
    """« Je prends », by the contact the link was made for. Somebody else was faster: the page says who."""
    named = _named(visit)
    if named is None:
        return _gone(visit)
    incident, name = named
    if incident.is_open and incident.acknowledged_at is None:
        visit.house.record(Acknowledge(incident=incident.number, by=name, via="link"))
    return visit.go(visit.path)


def _named(visit: Visit) -> tuple[Incident, str] | None:
    """The link's incident and its contact's name; None when it is forged or too old."""
    read = visit.house.read_link(visit.request.path_params["link"])
    incident = visit.house.incident(read[0]) if read else None
    if read is None or incident is None:
        return None
    return incident, contact_name(visit, read[1])


def contact_name(visit: Visit, slug: str) -> str:
    """How a contact stands in the timeline: the settings' name, else the procedure's role, else the slug."""
    told = visit.house.settings.contacts.get(slug)
    contact = visit.house.procedure().contact(slug)
    return (told.name if told else "") or (contact.role if contact else "") or slug


def _gone(visit: Visit) -> Response:
    sentence = visit.words.gettext("This link has expired, or is not whole. Sign in to see the incident.")
    return visit.page("absent.html", 410, sentence=sentence)
