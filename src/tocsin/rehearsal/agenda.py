"""
What will happen by itself: acts planned for an instant, done in order when somebody looks.

The practice cluster has no thread: `run_until` catches up. An act may plan further acts, also before the instant
that is being caught up with.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Act = Callable[[datetime], None]


class Agenda:
    """Acts in the order of their instants (UTC); two of the same instant in the order they were planned."""

    def __init__(self) -> None:
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def plan(self, at: datetime, act: Act) -> None:
        """Do `act(at)` once somebody looks at or after `at`."""
        heapq.heappush(self._acts, (at, next(self._order), act))

    def run_until(self, now: datetime) -> None:
        """Do all that is due; each act is given the instant it was planned for."""
        while self._acts and self._acts[0][0] <= now:
            at, _, act = heapq.heappop(self._acts)
            act(at)
