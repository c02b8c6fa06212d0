"""
What is known of each line of the procedure, and a look ahead at the asker's word.

GET gives what is known; POST looks first, where this house can: one in practice has nothing to look at and gives what
it knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from tocsin.loops.house import House
from tocsin.proof.view import Json, view
from tocsin.web.api.answers import answer
from tocsin.web.api.callers import Caller


async def proof(request: Request, house: House, caller: Caller) -> Response:
    """Both methods."""
    silent: Mapping[str, str] = {}
    if request.method == "POST" and house.look_ahead is not None:
        silent = (await house.look_ahead()).why
    return answer(await asyncio.to_thread(_view, house, silent, caller))


def _view(house: House, silent: Mapping[str, str], caller: Caller) -> Json:
    found = house.standings(caller.language)
    return view(found, house.proofs.book(), house.proofs.inventory(), silent, caller.language)
