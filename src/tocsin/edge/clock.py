"""
What time it is.

Everything that waits asks a `Clock`, so that practice can run faster than life. The surprise is `DatabaseClock`: with
several replicas the database's clock decides, and this one follows it by an offset that its user measures again.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """`now` is UTC and aware; `sleep` takes seconds of the house's time, not of the wall's."""

    def now(self) -> datetime:
        """Tell the instant."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock; nothing or less returns at once."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Tell the instant."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(max(0.0, seconds))


class FastClock:
    """A clock that starts at `start` and runs `speed` times faster than life: one for practice. It never goes back."""

    def __init__(self, speed: float, start: datetime) -> None:
        if not speed > 0:
            raise ValueError(f"a clock must run forward: {speed}")
        self.speed = speed
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Tell the instant."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock: `speed` times less by the wall's."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)


class DatabaseClock:
    """The database's clock, by the offset that `follow` last measured; between two measures the machine carries it."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def follow(self, database_now: datetime) -> timedelta:
        """Take over what the database just answered; gives by how much the offset moved, worth a warning when large."""
        offset = database_now.astimezone(UTC) - datetime.now(UTC)
        moved, self.offset = offset - self.offset, offset
        return moved

    def now(self) -> datetime:
        """Tell the instant."""
        return datetime.now(UTC) + self.offset

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(max(0.0, seconds))
