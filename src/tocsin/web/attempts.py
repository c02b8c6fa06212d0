"""
How often somebody may try to sign in.

Failures are counted for a while per name and address together, per address, and per name. Nothing sleeps: a caller
is told how long to wait. Kept in memory: a restart forgets. The surprise: the bound for a name alone is wide, so that
a stranger cannot lock a responder out at night; a page link works without signing in anyway.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=5)
BOTH, ADDRESS, NAME = 5, 30, 60
REMEMBERED = 20_000

Key = tuple[str, str]


class Attempts:
    """Counts failed sign-ins; thread-safe."""

    def __init__(self) -> None:
        self._failures: dict[Key, deque[datetime]] = {}
        self._lock = Lock()

    def wait(self, name: str, address: str, now: datetime) -> timedelta:
        """How long until the next attempt is heard; zero when it may come now."""
        with self._lock:
            waits = [self._wait(key, bound, now) for key, bound in _keys(name, address)]
        return max(waits)

    def failed(self, name: str, address: str, now: datetime) -> None:
        """Remember a failure."""
        with self._lock:
            if len(self._failures) > REMEMBERED:
                self._forget(now)
            for key, _bound in _keys(name, address):
                self._failures.setdefault(key, deque(maxlen=NAME)).append(now)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of that name from that address."""
        with self._lock:
            self._failures.pop((_folded(name), address), None)

    def _wait(self, key: Key, bound: int, now: datetime) -> timedelta:
        failures = self._failures.get(key, deque())
        while failures and now - failures[0] >= WINDOW:
            failures.popleft()
        if len(failures) < bound:
            return timedelta()
        return failures[-bound] + WINDOW - now

    def _forget(self, now: datetime) -> None:
        """Drop what is over; when all of it is fresh, drop everything: memory is bounded before all else."""
        self._failures = {key: kept for key, kept in self._failures.items() if kept and now - kept[-1] < WINDOW}
        if len(self._failures) > REMEMBERED:
            self._failures.clear()


def _keys(name: str, address: str) -> tuple[tuple[Key, int], ...]:
    folded = _folded(name)
    return (((folded, address), BOTH), (("", address), ADDRESS), ((folded, ""), NAME))


def _folded(name: str) -> str:
    return name.strip().casefold()[:200]
