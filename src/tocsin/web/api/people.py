"""
Accounts, their API tokens, and the senders' tokens: what an administrator looks after.

A secret is in the answer that made it and nowhere else. A new account gets a one-time link to choose a password, so
that nobody ever knows another's.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from tocsin.detection.registry import SOURCES
from tocsin.edge.store.accounts import Account, Role, Taken
from tocsin.incident.alert import OURSELVES
from tocsin.incident.events import REAL
from tocsin.lexicon import Language
from tocsin.loops.house import House
from tocsin.web.api.answers import answer, body_as, number_in
from tocsin.web.api.callers import Caller
from tocsin.web.api.errors import ApiError
from tocsin.web.signatures import SIGNED_KINDS, signing_secret

LINK_FOR = timedelta(days=2)
Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_NAME = re.compile(r"[^\s/\x00-\x1f\x7f]{1,64}")


class NewSource(Struct, forbid_unknown_fields=True):
    """A sender of alerts."""

    source: str
    kind: str = "alertmanager"


class NewAccount(Struct, forbid_unknown_fields=True):
    """A person."""

    name: str
    display: Line = ""
    email: Line = ""
    role: Role = "responder"
    language: Language | None = None


class NewToken(Struct, forbid_unknown_fields=True):
    """A token that acts as its account."""

    label: Annotated[str, Meta(min_length=1, max_length=100)] = "cli"


async def sources(request: Request, house: House, caller: Caller) -> Response:
    """GET: the senders' tokens, without the tokens. POST: a new one, with it."""
    if request.method == "GET":
        tokens = await asyncio.to_thread(house.accounts.source_tokens)
        return answer({"sources": [_shown(token) for token in tokens]})
    asked = await body_as(NewSource, request)
    _check_name(asked.source)
    if asked.source == OURSELVES:  # what tocsin tells about itself is believed
        raise ApiError("name")
    if asked.kind not in SOURCES:
        raise ApiError("kind", known=", ".join(sorted(SOURCES)))
    make = house.accounts.new_source_token
    token, text = await asyncio.to_thread(make, asked.source, asked.kind, REAL, house.clock.now())
    told = {**_shown(token), "token": text, "url": f"{house.settings.public_url.rstrip('/')}/ingest/{token.kind}"}
    if token.kind in SIGNED_KINDS:
        told["signing_secret"] = signing_secret(house.secret, token)
    return answer(told, 201)


async def source(request: Request, house: House, caller: Caller) -> Response:
    """DELETE: that token is refused from now on."""
    number = number_in(request.path_params["id"], "no_token")
    known = await asyncio.to_thread(house.accounts.source_tokens)
    if not any(token.id == number for token in known):
        raise ApiError("no_token")
    await asyncio.to_thread(house.accounts.revoke_source_token, number, house.clock.now())
    return Response(status_code=204)


async def accounts(request: Request, house: House, caller: Caller) -> Response:
    """GET: everybody. POST: a new account and the one-time link to its password."""
    if request.method == "GET":
        known = await asyncio.to_thread(house.accounts.accounts)
        return answer({"accounts": [_person(account) for account in known]})
    asked = await body_as(NewAccount, request)
    _check_name(asked.name)
    return answer(await asyncio.to_thread(_add, house, asked), 201)


async def account_tokens(request: Request, house: House, caller: Caller) -> Response:
    """POST: a new API token of an account, with its text."""
    asked = await body_as(NewToken, request)
    account = await asyncio.to_thread(house.accounts.account, request.path_params["name"])
    if account is None or account.disabled:
        raise ApiError("no_account")
    token, text = await asyncio.to_thread(house.accounts.new_api_token, account.id, asked.label, house.clock.now())
    return answer({**msgspec.to_builtins(token), "token": text}, 201)


def _add(house: House, asked: NewAccount) -> dict[str, Any]:
    now = house.clock.now()
    language = asked.language or house.settings.language
    shown = (asked.display or asked.name).casefold()
    if any((known.display or known.name).casefold() == shown for known in house.accounts.accounts()):
        # The timeline names people by it, and the rule of two people compares these names.
        raise ApiError("shown_name")
    try:
        account = house.accounts.add(
            asked.name, now, display=asked.display, email=asked.email, role=asked.role, language=language
        )
    except Taken:
        raise ApiError("taken", name=asked.name.lower()) from None
    link = house.accounts.new_link("password", account.id, now, LINK_FOR)
    url = f"{house.settings.public_url.rstrip('/')}/welcome/{link}"
    return {**_person(account), "link": url, "expires_at": now + LINK_FOR}


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise ApiError("name")


def _shown(token: Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(token).items() if name != "digest"}


def _person(account: Account) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(account).items() if name != "password"}
