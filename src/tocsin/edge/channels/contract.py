"""
The contract of a channel: one message to one address, and a true answer.

A channel never loses the acknowledge link and never says "sent" unless the other side took the message. It raises
nothing for what the world does wrong: that is a `Failed` with the other side's own words.
"""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True):
    """
    What one person gets. `text` fits one SMS (GSM alphabet, 160 characters) and already holds `link`.

    `page_id` is the same when a message is sent again (`again`); `lines` is the longer account for channels that have
    room, in `language`. `subject` is one line. `practice` marks an exercise.
    """

    page_id: str
    incident: int
    priority: str
    kind: Literal["page", "notice"]
    subject: str
    text: str
    link: str
    language: Literal["fr", "en"]
    lines: tuple[str, ...] = ()
    again: bool = False
    practice: bool = False


class Sent(Struct, frozen=True):
    """The other side took it; `ref` is how it calls the message."""

    ref: str = ""


class Failed(Struct, frozen=True):
    """It did not; `why` in its own words. `permanent` when trying again the same way is pointless."""

    why: str
    permanent: bool = False


class Channel(Protocol):
    """One way to reach a person. `name` is the key in settings ("email", "webhook")."""

    name: str

    async def send(self, address: str, message: Message) -> Sent | Failed:
        """Hand one message over within 20 seconds."""
        ...

    async def answers(self, address: str) -> str:
        """Why a message to this address could not be handed over now, "" when it could; nothing is sent."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
