"""
Filters with a limit of time.

A pattern with repetitions can take longer than the age of the universe on one hostile line, and Python can't be
stopped in the middle of a match. So such a pattern runs in a child of its own, which can be killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import tocsin
from tocsin.edge.execution.filters import apply, is_quick

LIMIT = timedelta(seconds=5)
START = "import sys; sys.path.insert(0, sys.argv[1]); from tocsin.edge.execution.filters import main; main()"
ROOT = str(Path(tocsin.__file__).parents[1])


class FilterFailed(Exception):
    """The text could not be filtered; the message says why."""


async def filtered(filters: Sequence[Sequence[str]], text: str, limit: timedelta = LIMIT) -> str:
    """Apply filters to a text; raises `BadFilter` for one that we do not have, `FilterFailed` when it takes too long."""
    if is_quick(filters):
        return await asyncio.to_thread(apply, filters, text)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        "-c",
        START,
        ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
    )
    told = json.dumps(filters).encode() + b"\n" + text.encode("utf-8", "surrogatepass")
    try:
        async with asyncio.timeout(limit.total_seconds()):
            out, _ = await child.communicate(told)
    except TimeoutError:
        raise FilterFailed(f"`{filters[0][0]}` took longer than {limit.total_seconds():g} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise FilterFailed(f"`{filters[0][0]}` ended with code {child.returncode}")
    return out.decode("utf-8", "surrogatepass")
