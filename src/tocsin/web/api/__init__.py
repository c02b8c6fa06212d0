"""
The JSON API: everything that the pages can do, for programs, scripts and the CLI.

`routes(house)` is the same application on the network and on the socket in the data folder; who asks is found out by
`callers`. Whatever goes wrong on the way is told as {"error", "message"}: what the state does not allow is 409, what
cannot be written now 503.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from tocsin.decide import NoSuchIncident
from tocsin.edge.store.accounts import Capability
from tocsin.edge.store.contract import Unavailable
from tocsin.incident.refused import Refused
from tocsin.incident.sentences import refusal
from tocsin.loops.house import House
from tocsin.web.api import incidents, people, watching
from tocsin.web.api.answers import answer, problem
from tocsin.web.api.asks import ASKS
from tocsin.web.api.callers import Caller, caller_of, language_of
from tocsin.web.api.errors import ApiError
from tocsin.web.api.export import export
from tocsin.web.api.proof import proof
from tocsin.web.api.views import procedure_view

log = structlog.get_logger(__name__)
Door = Callable[[Request, House, Caller], Awaitable[Response]]


def routes(house: House) -> list[BaseRoute]:
    """Every address under /api."""
    one = "/api/incidents/{number}"
    return [
        _route(house, "/api/incidents", incidents.incidents, GET="read", POST="respond"),
        _route(house, one, incidents.incident, GET="read"),
        _route(house, f"{one}/timeline", incidents.timeline, GET="read"),
        _route(house, f"{one}/postmortem", incidents.postmortem, GET="read", PUT="respond"),
        _route(house, f"{one}/blobs/{{digest}}", incidents.blob, GET="read"),
        *(_route(house, f"{one}/{name}", incidents.asked(kind), POST="respond") for name, kind in ASKS.items()),
        _route(house, "/api/procedure", procedure, GET="read"),
        _route(house, "/api/proof", proof, GET="read", POST="respond"),
        _route(house, "/api/export", export, GET="administer"),
        _route(house, "/api/maintenance", watching.windows, GET="read", POST="respond"),
        _route(house, "/api/maintenance/{id}", watching.window, DELETE="respond"),
        _route(house, "/api/heartbeats", watching.beats, GET="read"),
        _route(house, "/api/heartbeats/{source}/{name}", watching.beat, DELETE="respond"),
        _route(house, "/api/sources", people.sources, GET="administer", POST="administer"),
        _route(house, "/api/sources/{id}", people.source, DELETE="administer"),
        _route(house, "/api/accounts", people.accounts, GET="administer", POST="administer"),
        _route(house, "/api/accounts/{name}/tokens", people.account_tokens, POST="administer"),
        _route(house, "/api/{rest:path}", nothing_here, GET="read", POST="read", PUT="read", DELETE="read"),
    ]


async def procedure(request: Request, house: House, caller: Caller) -> Response:
    """GET: what was understood of the procedure in force, and its problems."""
    return answer(await asyncio.to_thread(lambda: procedure_view(house.procedure())))


async def nothing_here(request: Request, house: House, caller: Caller) -> Response:
    """Every other address."""
    raise ApiError("nothing_here")


def _route(house: House, path: str, door: Door, **needs: Capability) -> Route:
    """A path with what each of its methods needs."""
    return Route(path, Address(house, door, needs))


class Address:
    """One path as an ASGI application: the methods are looked at here, so that a 405 is JSON too."""

    def __init__(self, house: House, door: Door, needs: Mapping[str, Capability]) -> None:
        self._house = house
        self._door = door
        self._needs = needs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        language = language_of(request, self._house.settings.language)
        try:
            caller = await caller_of(request, self._house, self._need(request))
            language = caller.language
            return await self._door(request, self._house, caller)
        except ApiError as error:
            return problem(error, language)
        except Refused as error:
            return answer({"error": error.code, "message": refusal(error, language)}, 409)
        except NoSuchIncident:
            return problem(ApiError("no_incident"), language)
        except (Unavailable, TimeoutError) as error:
            log.error("the API could not write", why=str(error))
            return problem(ApiError("unavailable"), language)

    def _need(self, request: Request) -> Capability:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in self._needs:
            allowed = ", ".join(self._needs)
            raise ApiError("method", {"Allow": allowed}, allowed=allowed)
        return self._needs[method]
