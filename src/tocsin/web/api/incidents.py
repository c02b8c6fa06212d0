"""
/api/incidents: what is going on, one incident, its timeline, and everything that a person may do about it.

Reading happens in a thread, asking goes through `House.ask`: whatever is answered 2xx stands in the timeline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tocsin.detection.sources import person
from tocsin.detection.sources.contract import Unreadable
from tocsin.edge.store.contract import Find
from tocsin.incident.state import Incident
from tocsin.loops.house import House
from tocsin.loops.record import Recorded
from tocsin.loops.summary import summary_object
from tocsin.web.api.answers import answer, body_as, number_in, raw_body
from tocsin.web.api.asks import Asker, Body, PostmortemBody
from tocsin.web.api.callers import Caller
from tocsin.web.api.errors import ApiError
from tocsin.web.api.views import blobs_of, entry_view, incident_view

MOST = 200
FLAGS = {"true": True, "1": True, "false": False, "0": False}
PRIORITIES = frozenset({"", "P1", "P2", "P3", "P4"})
T = TypeVar("T")


async def incidents(request: Request, house: House, caller: Caller) -> Response:
    """GET: summaries, newest first. POST: a person's report."""
    if request.method == "POST":
        return await _report(request, house, caller)
    query = _query(request)
    found = await asyncio.to_thread(house.store.find, query)
    more = found[-1].number if len(found) == query.limit else None
    rows = b",".join(row.body for row in found)
    content = b'{"incidents":[%s],"next":%s}' % (rows, msgspec.json.encode(more))
    return Response(content, media_type="application/json")


def _query(request: Request) -> Find:
    """`next` of one answer is `before` of the next question."""
    told = request.query_params
    is_open = FLAGS.get(told.get("open", ""))
    if told.get("open", "") not in {"", *FLAGS}:
        raise ApiError("open")
    if told.get("priority", "") not in PRIORITIES:
        raise ApiError("priority")
    limit = _whole(told.get("limit", "50"), "limit")
    if not 1 <= limit <= MOST:
        raise ApiError("limit", most=MOST)
    return Find(
        is_open=is_open,
        priority=told.get("priority", ""),
        text=told.get("q", "")[:200],
        before=_whole(told.get("before", "0"), "before"),
        limit=limit,
    )


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ApiError("number", name=name)
    return int(text)


async def _report(request: Request, house: House, caller: Caller) -> Response:
    try:
        told = person.read(await raw_body(request) or b"{}")
        command = person.report(told, by=caller.name, via=caller.via, now=house.clock.now())
    except Unreadable as error:
        raise ApiError("invalid", why=error.why) from None
    recorded = await house.ask(command)
    return answer(_recorded(recorded, caller), 201, {"Location": f"/api/incidents/{recorded.incidents[0].number}"})


async def incident(request: Request, house: House, caller: Caller) -> Response:
    """GET: everything about one incident."""
    number = number_in(request.path_params["number"])
    return answer(await asyncio.to_thread(lambda: incident_view(house, _known(house, number), caller.language)))


async def timeline(request: Request, house: House, caller: Caller) -> Response:
    """GET: its lines, oldest first; `?after=` a seq gives only what came since."""
    number = number_in(request.path_params["number"])
    after = _whole(request.query_params.get("after", "0"), "after")
    _, entries = await asyncio.to_thread(lambda: (_known(house, number), house.timeline(number)))
    return answer({"entries": [entry_view(entry, caller.language) for entry in entries if entry.seq > after]})


async def blob(request: Request, house: House, caller: Caller) -> Response:
    """GET: the whole output, snapshot or text behind a digest of this incident, as plain text."""
    number, digest = number_in(request.path_params["number"]), request.path_params["digest"]

    def read() -> bytes | None:
        return house.store.blob(digest) if digest in blobs_of(_known(house, number)) else None

    content = await asyncio.to_thread(read)
    if content is None:
        raise ApiError("no_text")
    return PlainTextResponse(content)


async def postmortem(request: Request, house: House, caller: Caller) -> Response:
    """GET: the text as it stands (`?fresh=true`: drafted anew from the timeline). PUT: a person's text."""
    number = number_in(request.path_params["number"])
    if request.method == "PUT":
        return await asked(PostmortemBody)(request, house, caller)
    fresh = FLAGS.get(request.query_params.get("fresh", ""), False)

    def read() -> dict[str, Any]:
        known = _known(house, number)
        write = house.draft_fresh if fresh else house.draft
        saved = known.postmortem.at if known.postmortem else None
        return {"text": write(number, caller.language), "saved_at": saved}

    return answer(await asyncio.to_thread(read))


def asked(kind: type[Body]) -> Callable[[Request, House, Caller], Awaitable[Response]]:
    """The endpoint that turns one kind of body into its command."""

    async def ask(request: Request, house: House, caller: Caller) -> Response:
        number = number_in(request.path_params["number"])
        body = await body_as(kind, request)
        asker = Asker(number, caller.name, caller.via)
        command = await asyncio.to_thread(body.command, asker, house)
        recorded = await house.ask(command)
        return answer(_recorded(recorded, caller))

    return ask


def _recorded(recorded: Recorded, caller: Caller) -> dict[str, Any]:
    """What an act answers: the incident as lists show it (null when nothing changed), and the lines it added."""
    return {
        "incident": summary_object(recorded.incidents[0]) if recorded.incidents else None,
        "entries": [entry_view(entry, caller.language) for entry in recorded.entries],
    }


def _known(house: House, number: int) -> Incident:
    known = house.incident(number)
    if known is None:
        raise ApiError("no_incident")
    return known
