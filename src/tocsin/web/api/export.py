"""
/api/export: timelines and evidence as one file (see `tocsin.edge.bundle`).

Written to a temporary file first: an export that breaks half-way must not look like a whole one.
"""

from __future__ import annotations

import asyncio
import os
import tempfile

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from tocsin import __version__
from tocsin.edge.bundle import Kept, write_bundle
from tocsin.loops.house import House
from tocsin.web.api.answers import number_in
from tocsin.web.api.callers import Caller
from tocsin.web.api.errors import ApiError
from tocsin.world import stream_of


async def export(request: Request, house: House, caller: Caller) -> Response:
    """GET: everything, or with `?incident=` one incident with the ledger and the procedures."""
    asked = request.query_params.get("incident")
    number = None if asked is None else number_in(asked)
    path = await asyncio.to_thread(_write, house, number)
    name = "tocsin.tar.gz" if number is None else f"incident-{number}.tar.gz"
    return FileResponse(path, media_type="application/gzip", filename=name, background=BackgroundTask(os.unlink, path))


def _write(house: House, number: int | None) -> str:
    store = house.store
    if not isinstance(store, Kept):
        raise ApiError("no_export")
    known = {stream for stream, _, _ in store.heads()}
    wanted = known if number is None else {stream_of(number)}
    if not wanted & known and number is not None:
        raise ApiError("no_incident")
    descriptor, path = tempfile.mkstemp(prefix="tocsin-export-", suffix=".tar.gz")
    try:
        with os.fdopen(descriptor, "wb") as out:
            write_bundle(store, out, wanted, __version__, house.clock.now())
    except BaseException:
        os.unlink(path)
        raise
    return path
