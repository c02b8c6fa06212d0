"""The identity of an alert by its labels, as Prometheus and Alertmanager compute it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

LONGEST = 64 * 1024


def fingerprint(labels: Mapping[str, str]) -> str:
    """
    FNV-1a of 64 bits over the sorted names and values, 16 hex digits.

    Each name and each value is followed by the byte 255. So a sender that leaves the fingerprint out meets the same
    incident as one that gives it. A text that no label of theirs could be is digested first: this loop is slow.
    """
    digest = 0xCBF29CE484222325
    for name in sorted(labels):
        for part in (name, labels[name]):
            for byte in _bytes(part) + b"\xff":
                digest = ((digest ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"


def _bytes(text: str) -> bytes:
    encoded = text.encode("utf-8", "replace")
    return encoded if len(encoded) <= LONGEST else hashlib.sha256(encoded).digest()


def known_fingerprint(given: object) -> str:
    """The sender's own; "" for one that is no identifier, which counts as missing."""
    if not isinstance(given, str):
        return ""
    return given if len(given) <= 64 and given.isascii() and given.isalnum() else ""
