"""
Every address for machines: the intake, the JSON API, health and metrics, which share their counters.

The pages for people are put beside these by the server. The surprise: the intake stands before every layer of the
rest (headers, error pages, routing), because in a storm those would cost more than keeping the body.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from tocsin.loops.house import House
from tocsin.web import api, health
from tocsin.web.intake import INGEST, Intake
from tocsin.web.meters import Meters


class Doors:
    """What is posted under /ingest goes to `intake`, all else to `rest`."""

    def __init__(self, intake: ASGIApp, rest: ASGIApp) -> None:
        self._intake = intake
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        path = scope.get("path", "")
        door = self._intake if path.startswith(INGEST) and path[len(INGEST) :][:1] in ("", "/") else self._rest
        await door(scope, receive, send)


def bare(routes: list[BaseRoute]) -> ASGIApp:
    """The machines' routes alone, without any layer."""
    return Starlette(routes=routes)


def doors(house: House, rest: Callable[[list[BaseRoute]], ASGIApp] = bare) -> ASGIApp:
    """The intake, and what `rest` makes of the other machines' routes; all with one set of counters."""
    meters = Meters()
    return Doors(Intake(house, meters), rest([*health.routes(house, meters), *api.routes(house)]))
