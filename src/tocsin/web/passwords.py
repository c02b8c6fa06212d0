"""
Passwords: argon2id, the library's own parameters, two at a time.

An unknown name costs as much time as a known one. The surprise is the gate: each check takes 64 MiB, and a flood of
sign-ins must not take the memory of the house that watches incidents.
"""

from __future__ import annotations

from base64 import b64encode
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 1024
_AT_ONCE = 2


class Passwords:
    """Makes and checks hashes; blocks for some 50 ms, so never from the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._gate = BoundedSemaphore(_AT_ONCE)
        self._nobodys = _nobodys(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to keep, parameters and salt included."""
        with self._gate:
            return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of that hash; `kept` None or "" (no such account) takes as long and is False."""
        with self._gate:
            try:
                self._hasher.verify(kept or self._nobodys, password[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return bool(kept)


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has and that costs as much to check as a real one; nothing is hashed to make it."""
    salt, digest = (b64encode(bytes(size)).rstrip(b"=").decode() for size in (hasher.salt_len, hasher.hash_len))
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def is_long_enough(password: str) -> bool:
    """At least 12 characters, at most 1024: length is the only rule."""
    return SHORTEST <= len(password) <= LONGEST
