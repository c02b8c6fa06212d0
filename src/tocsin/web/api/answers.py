"""
How the API speaks: JSON both ways, and errors of one shape.

An error is {"error": code, "message": sentence}: the code is for programs, the sentence for people, in their language
where it is a refusal. Nothing that a client can send ends in a 500.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tocsin.web.bodies import MIB, Gone, TooLarge, TooSlow, read_body

LIMIT = MIB
USUAL_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 408: {"Connection": "close"}, 503: {"Retry-After": "5"}}
T = TypeVar("T")


class ApiError(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or USUAL_HEADERS.get(status)

    def response(self) -> Response:
        """The answer."""
        return answer({"error": self.code, "message": self.message}, self.status, self.headers)


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
        raise ApiError(413, "too_large", f"The body is larger than {LIMIT // MIB} MiB.") from None
    except (TooSlow, Gone):
        raise ApiError(408, "slow", "The body did not come in time.") from None


def decoded(kind: type[T], body: bytes) -> T:
    """JSON as that struct; raises `ApiError`: 400 for what is no JSON, 422 for what does not fit."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise ApiError(422, "invalid", f"{error}.") from None
    except (ValueError, RecursionError):
        raise ApiError(400, "not_json", "The body is not JSON.") from None


def number_in(text: str, name: str = "incident") -> int:
    """A number of a path or a query; raises `ApiError` 404 for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ApiError(404, "not_found", f"There is no such {name}.")
    return int(text)
