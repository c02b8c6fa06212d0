"""
The contract of an executor: a pipeline of argv lists in, a record of what happened out.

The first argv is the only process; the rest are filters that tocsin applies itself (no shell anywhere). The output is
redacted before anybody keeps it, and bounded.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct


class Ran(Struct, frozen=True, kw_only=True):
    """
    What one command did. Instants are UTC by the house's clock.

    `output` is stdout then stderr as they came, merged, redacted, UTF-8, at most the executor's bound (`truncated`).
    `exit_code` is None when it never ended by itself; `why` then says so ("time limit of 30 s", "program not found").
    """

    started_at: datetime
    ended_at: datetime
    exit_code: int | None
    output: str
    truncated: bool = False
    why: str = ""


class Executor(Protocol):
    """What runs commands: real processes, or the practice cluster."""

    async def run(self, run_id: str, pipeline: tuple[tuple[str, ...], ...], limit: timedelta) -> Ran:
        """Run it to its end or to its time limit; never raises for what the command does."""
        ...
