"""Waiting for what another process does: look again and again until a deadline, never sleep a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LONG = 45.0
"""Seconds; a machine of two slow cores that runs other tests beside needs them, a good day never does."""


def eventually(look: Callable[[], T], what: str, within: float = LONG, every: float = 0.05) -> T:
    """What `look` gives once it is truthy; AssertionError naming `what` (and the last look) when the time is over."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"{what}: not within {within:g} s; last seen: {seen!r}"
        time.sleep(every)
