"""
All doors of one house, as one application: the pages, the intake, the API, health.

`build_app(house)` puts the routes together; nothing is started here. The surprise is the order of the layers: the
headers go around everything but the intake, so that an error page has them too.
"""

from __future__ import annotations

from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from tocsin.edge.ids import new_id
from tocsin.edge.store.contract import Unavailable
from tocsin.loops.house import House
from tocsin.web.doors import doors
from tocsin.web.pages import (
    account,
    accounts,
    board,
    command,
    incident,
    line,
    link,
    maintenance,
    postmortem,
    practice,
    procedure,
    report,
    sign_in,
    welcome,
)
from tocsin.web.rendering import STATIC
from tocsin.web.security import SecurityHeaders
from tocsin.web.visits import Desk, Pages

log = structlog.get_logger(__name__)
PAGES = (
    board,
    incident,
    command,
    postmortem,
    report,
    procedure,
    line,
    link,
    sign_in,
    welcome,
    account,
    accounts,
    maintenance,
    practice,
)


def build_app(house: House) -> ASGIApp:
    """The whole web side of a house."""
    desk = Desk(house)

    def rest(machines: list[BaseRoute]) -> ASGIApp:
        return Starlette(
            routes=[*machines, Mount("/static", StaticFiles(directory=STATIC)), *page_routes(desk)],
            middleware=[Middleware(SecurityHeaders, https=desk.sessions.https)],
            exception_handlers={HTTPException: _not_so(desk), Unavailable: _unavailable(desk), Exception: _bug(desk)},
        )

    return doors(house, rest)


def page_routes(desk: Desk) -> list[Route]:
    """Every page's addresses."""
    pages = Pages(desk)
    for page in PAGES:
        page.add(pages)
    return pages.routes


def _not_so(desk: Desk) -> Any:
    """The answer to an address that is not there, or a request that makes no sense: a page for people, else JSON."""

    def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        headers = error.headers if isinstance(error, HTTPException) else None
        if not _reads_pages(request):
            return JSONResponse({"error": "http", "message": str(getattr(error, "detail", ""))}, status, headers)
        visit = desk.visit(request, {})
        sentences = {
            404: visit.words.gettext("There is nothing here."),
            405: visit.words.gettext("There is nothing here."),
            413: visit.words.gettext("That is too much text for one form."),
        }
        sentence = sentences.get(status, visit.words.gettext("This request is not understood."))
        return visit.page("absent.html", status, sentence=sentence)

    return answer


def _unavailable(desk: Desk) -> Any:
    """The store does not even tell who asks."""

    def answer(request: Request, error: Exception) -> Response:
        headers = {"Retry-After": "5"}
        if not _reads_pages(request):
            return JSONResponse({"error": "unavailable", "message": str(error)}, 503, headers)
        visit = desk.nobody(request)
        response = visit.refused(503, visit.words.gettext("The house cannot answer now. Try again in a moment."))
        response.headers.update(headers)
        return response

    return answer


def _bug(desk: Desk) -> Any:
    """A number for the person, the traceback for us (the server logs it after this answer)."""

    def answer(request: Request, error: Exception) -> Response:
        number = new_id("bug")
        log.error("bug", number=number, path=request.url.path, method=request.method, exc_info=error)
        if not _reads_pages(request):
            return JSONResponse({"error": "bug", "message": number}, 500)
        return desk.nobody(request).page("bug.html", 500, number=number)

    return answer


def _reads_pages(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
