"""
Which processes are ours, on disk, so that those which outlive a killed server are found again.

Before a process starts, a file named after its run says so; once it runs, the file holds its pid and start time. The
surprise is what happens between the two: a server that dies there leaves a file without a pid, and the process is then
found by the file's name in its environment.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

VARIABLE = "TOCSIN_RUN"
PROC = Path("/proc")
GRACE = 2.0


class RunFile(Struct, frozen=True, kw_only=True):
    """`start` counts clock ticks since the machine's boot `boot`; pid 0 means that it was about to start."""

    run_id: str
    program: str
    pid: int = 0
    start: int = 0
    boot: str = ""


class Orphan(Struct, frozen=True, kw_only=True):
    """A process that outlived the server that started it, now ended."""

    run_id: str
    program: str
    pid: int


def announce(runs: Path, run_id: str, program: str) -> Path:
    """Write that a process is about to start; gives the file."""
    runs.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = run_id if re.fullmatch(r"[\w.-]{1,100}", run_id, re.ASCII) else hashlib.sha256(run_id.encode()).hexdigest()
    path = runs.resolve() / f"{name}.json"
    _write(path, RunFile(run_id=run_id, program=program))
    return path


def started(path: Path, run_id: str, program: str, pid: int) -> None:
    """Write which process it became."""
    _write(path, RunFile(run_id=run_id, program=program, pid=pid, start=_start_of(pid) or 0, boot=_boot()))


def ended(path: Path) -> None:
    """Forget it: the process is gone and its outcome is known to the server that lives."""
    path.unlink(missing_ok=True)


def end_orphans(runs: Path) -> list[Orphan]:
    """
    Find and kill what an earlier server left running, and forget its files; call it before any command is offered.

    Only where /proc is (Linux); elsewhere nothing is found. Takes up to two seconds when something does not end.
    """
    files = {path: _read(path) for path in sorted(runs.resolve().glob("*.json"))}
    found = [orphan for path, file in files.items() if file for orphan in _living(path, file)]
    _end([orphan.pid for orphan in found])
    for path in files:
        ended(path)
    return found


def _write(path: Path, file: RunFile) -> None:
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(file))
    draft.replace(path)


def _read(path: Path) -> RunFile | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunFile)
    except (OSError, msgspec.DecodeError):
        return None


def _living(path: Path, file: RunFile) -> Iterator[Orphan]:
    """The process itself, and whatever carries the file's name in its environment (its children too)."""
    same = file.pid and file.boot == _boot() and file.start == _start_of(file.pid)
    marked = _marked(path)
    for pid in sorted({*marked, file.pid} if same else marked):
        yield Orphan(run_id=file.run_id, program=file.program, pid=pid)


def _marked(path: Path) -> set[int]:
    line = f"{VARIABLE}={path}".encode()
    found = set()
    for folder in PROC.glob("[0-9]*"):
        # Processes of others, and those that end while we look.
        with contextlib.suppress(OSError):
            if line in (folder / "environ").read_bytes().split(b"\0") and _start_of(int(folder.name)):
                found.add(int(folder.name))
    return found - {os.getpid()}


def _start_of(pid: int) -> int | None:
    """The start time of a living process, None for one that is gone or a zombie."""
    try:
        # The name stands in parentheses and may hold any character.
        fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _end(pids: list[int]) -> None:
    starts = {pid: start for pid in pids if (start := _start_of(pid))}
    for how in (signal.SIGTERM, signal.SIGKILL):
        for pid in [pid for pid, start in starts.items() if _start_of(pid) == start]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, how)
        give_up = time.monotonic() + GRACE
        while time.monotonic() < give_up and any(_start_of(pid) == start for pid, start in starts.items()):
            time.sleep(0.02)
