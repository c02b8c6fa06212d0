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
from tocsin.web.api.errors import ApiError
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
        raise ApiError("forbidden", role=caller.role)
    return caller


async def _caller(request: Request, house: House) -> Caller:
    local = request.scope.get(LOCAL)
    if local is not None:
        return Caller(name=local, role="admin", via="cli", language=language_of(request, house.settings.language))
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise ApiError("no_token_shown")
    found = await asyncio.to_thread(_known, house, text.strip())
    if found is None:
        raise ApiError("unknown_token")
    account = found[1]
    language = language_of(request, account.language)
    return Caller(name=account.display or account.name, role=account.role, via="api", language=language)


def language_of(request: Request, otherwise: Language) -> Language:
    """What the request asks for: `?lang=`, then Accept-Language."""
    return choose([request.query_params.get("lang")], request.headers.get("accept-language", ""), otherwise)


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
