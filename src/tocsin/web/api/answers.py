"""
How the API speaks: JSON both ways, and errors of one shape (`tocsin.web.api.errors`).

Nothing that a client can send ends in a 500.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tocsin.lexicon import Language
from tocsin.web.api.errors import ApiError
from tocsin.web.bodies import MIB, Gone, TooLarge, TooSlow, read_body

LIMIT = MIB
T = TypeVar("T")


def problem(error: ApiError, language: Language) -> Response:
    """The answer that an error is."""
    return answer({"error": error.code, "message": error.message(language)}, error.status, error.headers)


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON; instants become RFC 3339, spans ISO 8601 ("PT900S")."""
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


async def body_as(kind: type[T], request: Request) -> T:
    """The request's body as that struct; an empty one counts as {}. Raises `ApiError` that names the field."""
    return decoded(kind, await raw_body(request))


async def raw_body(request: Request) -> bytes:
    """The request's bytes, 1 MiB at most; raises `ApiError`."""
    try:
        return await read_body(request.receive, LIMIT)
    except TooLarge:
        raise ApiError("too_large", limit=f"{LIMIT // MIB} MiB") from None
    except (TooSlow, Gone):
        raise ApiError("slow") from None


def decoded(kind: type[T], body: bytes) -> T:
    """JSON as that struct; raises `ApiError`: 400 for what is no JSON, 422 for what does not fit."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise ApiError("invalid", why=error) from None
    except (ValueError, RecursionError):
        raise ApiError("not_json") from None


def number_in(text: str, otherwise: str = "no_incident") -> int:
    """A number of a path or a query; raises `ApiError` with that key for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ApiError(otherwise)
    return int(text)
