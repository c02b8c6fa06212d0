"""
The practice telephone: a channel that keeps every message in memory and holds no network.

The drill picks a message up here, as a person would from their telephone, and follows its link.
"""

from __future__ import annotations

import asyncio
from collections import deque

from msgspec import Struct

from tocsin.edge.channels.contract import Message, Sent

KEPT = 500


class Received(Struct, frozen=True):
    """A message and the address it was sent to. `number` counts from 1."""

    number: int
    address: str
    message: Message


class PracticePhone:
    """A `Channel`. The newest messages are kept; `wait_for` waits in real time."""

    def __init__(self, name: str = "email") -> None:
        self.name = name
        self.received: deque[Received] = deque(maxlen=KEPT)
        self._count = 0
        self._arrived = asyncio.Condition()

    async def send(self, address: str, message: Message) -> Sent:
        """Take it; always works."""
        async with self._arrived:
            self._count += 1
            self.received.append(Received(self._count, address, message))
            self._arrived.notify_all()
        return Sent(ref=f"practice-{self._count}")

    async def answers(self, address: str) -> str:
        """Always."""
        return ""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def wait_for(self, incident: int, seconds: float, kind: str = "page") -> Received | None:
        """The first message of that kind about an incident; None when none came within so many real seconds."""
        try:
            async with asyncio.timeout(seconds), self._arrived:
                while True:
                    found = next(
                        (r for r in self.received if (r.message.incident, r.message.kind) == (incident, kind)), None
                    )
                    if found:
                        return found
                    await self._arrived.wait()
        except TimeoutError:
            return None
