"""
Event ⇄ JSON, and the chain over a timeline.

The wire form is msgspec's tagged JSON with sorted keys: {"type": "IncidentOpened", …}. `link` is
SHA-256(previous chain ‖ "\\n" ‖ stream ‖ "\\n" ‖ seq ‖ "\\n" ‖ digest), all as ASCII; the first line's previous chain
is 64 zeros. The surprise: the chain covers the digest, not the body, so that a body can be erased.

Readers for the events of older versions come here when the first event changes its shape.
"""

from __future__ import annotations

import hashlib

import msgspec

from tocsin.incident.events import Event

GENESIS = "0" * 64
_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """The event's wire form: UTF-8 JSON."""
    return _ENCODER.encode(event)


def decode(line: bytes | str) -> Event:
    """The event of a wire form; raises msgspec.ValidationError or msgspec.DecodeError."""
    return _DECODER.decode(line)


def digest(wire: bytes) -> str:
    """SHA-256 of a wire form, hex."""
    return hashlib.sha256(wire).hexdigest()


def link(previous: str, stream: str, seq: int, body_digest: str) -> str:
    """The chain head after one more line, hex."""
    return hashlib.sha256(f"{previous}\n{stream}\n{seq}\n{body_digest}".encode("ascii")).hexdigest()
