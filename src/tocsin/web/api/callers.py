"""
Who is asking.

Through the network a caller shows a personal API token; the cookie of a signed-in page counts for nothing here, so
that no other site's page can act through a browser. Through the socket in the data folder the file's rights have
already answered: there the name in X-Tocsin-As is taken at its word (`tocsin.web.local`).
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog
from msgspec import Struct
from starlette.requests import Request

from tocsin.edge.store.accounts import CAPABILITIES, Account, ApiToken, Capability, Role
from tocsin.edge.store.contract import Unavailable
from tocsin.lexicon import Language
from tocsin.loops.house import House
from tocsin.web.api.answers import ApiError
from tocsin.web.words import choose

LOCAL = "tocsin.local"
"""The key of the ASGI scope that holds the name of a caller on the socket."""
SEEN_AGAIN_AFTER = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Caller(Struct, frozen=True, kw_only=True):
    """A person at the API. `name` is how they stand in the timeline, `via` the door."""

    name: str
    role: Role
    via: str
    language: Language


async def caller_of(request: Request, house: House, capability: Capability) -> Caller:
    """Who asks; raises `ApiError`: 401 for nobody we know, 403 when their role does not allow it."""
    caller = await _caller(request, house)
    if capability not in CAPABILITIES[caller.role]:
        raise ApiError(403, "forbidden", f"The role {caller.role} may not do that.")
    return caller


async def _caller(request: Request, house: House) -> Caller:
    local = request.scope.get(LOCAL)
    if local is not None:
        language = choose([request.query_params.get("lang")], _languages(request), house.settings.language)
        return Caller(name=local, role="admin", via="cli", language=language)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise ApiError(401, "unauthorized", "A personal API token is needed: Authorization: Bearer …")
    found = await asyncio.to_thread(_known, house, text.strip())
    if found is None:
        raise ApiError(401, "unauthorized", "Nobody has this token.")
    account = found[1]
    language = choose([request.query_params.get("lang")], _languages(request), account.language)
    return Caller(name=account.display or account.name, role=account.role, via="api", language=language)


def _languages(request: Request) -> str:
    return request.headers.get("accept-language", "")


def _known(house: House, text: str) -> tuple[ApiToken, Account] | None:
    found = house.accounts.api_token(text)
    if found is not None:
        _note_use(house, found[0], house.clock.now())
    return found


def _note_use(house: House, token: ApiToken, now: datetime) -> None:
    if token.last_used is not None and now - token.last_used < SEEN_AGAIN_AFTER:
        return
    try:
        house.accounts.used([token.id], now)
    except Unavailable as error:  # reading must work when nothing can be written
        log.warning("the use of an API token could not be noted", why=str(error))
