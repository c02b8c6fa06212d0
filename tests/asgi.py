"""A client for ASGI applications: one request, given as it would arrive, chunk by chunk if need be."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct


class Answer(Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


def knock(
    app: Any,
    method: str,
    path: str,
    body: bytes | Iterable[bytes] = b"",
    headers: dict[str, str] | None = None,
    hang_up: bool = False,
) -> Answer | None:
    """The answer; None when the application gave none. `hang_up` ends the request without its last chunk."""
    return asyncio.run(knocking(app, method, path, body, headers, hang_up))


async def knocking(
    app: Any,
    method: str,
    path: str,
    body: bytes | Iterable[bytes] = b"",
    headers: dict[str, str] | None = None,
    hang_up: bool = False,
) -> Answer | None:
    bare, _, query = path.partition("?")
    chunks = iter([body] if isinstance(body, bytes) else body)
    upcoming = next(chunks, b"")
    ended = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal upcoming, ended
        if ended:
            return {"type": "http.disconnect"}
        current, upcoming = upcoming, next(chunks, None)
        if upcoming is None:
            ended = True
            return {"type": "http.request", "body": current, "more_body": hang_up}
        return {"type": "http.request", "body": current, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
    }
    await app(scope, receive, send)
    if not sent:
        return None
    start, *rest = sent
    answered = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], answered, b"".join(message.get("body", b"") for message in rest))
