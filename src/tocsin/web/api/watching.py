"""Maintenance windows and heartbeats: what people plan not to be called for, and what must keep beating."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from tocsin.loops import heartbeats, maintenance
from tocsin.loops.house import House
from tocsin.procedure.matchers import written
from tocsin.web.api.answers import answer, body_as
from tocsin.web.api.callers import Caller
from tocsin.world import Window

Instant = Annotated[datetime, Meta(tz=True)]


class NewWindow(Struct, forbid_unknown_fields=True):
    """A window to plan; `begins` None is now."""

    title: Annotated[str, Meta(max_length=maintenance.LONGEST_TITLE)]
    matchers: Annotated[str, Meta(max_length=maintenance.LONGEST_MATCHERS)]
    ends: Instant
    begins: Instant | None = None


async def windows(request: Request, house: House, caller: Caller) -> Response:
    """GET: every window, the procedure's too. POST: plan one."""
    if request.method == "GET":
        now = house.clock.now()
        return answer({"windows": [_window(window, now) for window in await asyncio.to_thread(house.windows)]})
    asked = await body_as(NewWindow, request)
    planned = partial(
        maintenance.plan,
        house,
        title=asked.title,
        begins=asked.begins,
        ends=asked.ends,
        matchers=asked.matchers,
        by=caller.name,
    )
    return answer(_window(await asyncio.to_thread(planned), house.clock.now()), 201)


async def window(request: Request, house: House, caller: Caller) -> Response:
    """DELETE: it ends now."""
    await asyncio.to_thread(maintenance.end, house, request.path_params["id"], caller.name)
    return Response(status_code=204)


async def beats(request: Request, house: House, caller: Caller) -> Response:
    """GET: what is expected to beat, when it last did, and since when it is silent."""
    return answer({"heartbeats": await asyncio.to_thread(_beats, house)})


async def beat(request: Request, house: House, caller: Caller) -> Response:
    """DELETE: it is no longer expected."""
    source, name = request.path_params["source"], request.path_params["name"]
    await asyncio.to_thread(heartbeats.forget, house, source, name, caller.name)
    return Response(status_code=204)


def _beats(house: House) -> list[dict[str, Any]]:
    heard = heartbeats.last_heard(house)
    return [
        {"source": sender.source, "name": sender.name, "last_at": heard.get(sender), "silent_since": pulse.silent_since}
        for sender, pulse in sorted(house.sight.pulses().expected.items())
    ]


def _window(window: Window, now: datetime) -> dict[str, Any]:
    state = "planned" if now < window.begins else "running" if now < window.ends else "over"
    return {
        "id": window.window_id,
        "title": window.title,
        "begins": window.begins,
        "ends": window.ends,
        "matchers": written(window.matchers),
        "by": window.because.person or window.because.line,
        "state": state,
    }
