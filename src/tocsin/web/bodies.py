"""
Reading what a client sends, never more of it than allowed and never for longer.

The bytes are counted while they arrive: a `Content-Length` is a claim, not a fact.
"""

from __future__ import annotations

import asyncio

from starlette.types import Receive

MIB = 1 << 20


class TooLarge(Exception):
    """More than the limit; `beginning` is what had come by then."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__(len(beginning))
        self.beginning = beginning


class TooSlow(Exception):
    """The rest did not come in time."""


class Gone(Exception):
    """The client hung up: nobody waits for an answer."""


async def read_body(receive: Receive, limit: int, seconds: float = 30.0) -> bytes:
    """The whole body; raises `TooLarge`, `TooSlow` or `Gone`."""
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit)
    except TimeoutError:
        raise TooSlow from None


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        part: bytes = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > limit:
            raise TooLarge(b"".join(parts))
        if not message.get("more_body", False):
            return part if len(parts) == 1 else b"".join(parts)
