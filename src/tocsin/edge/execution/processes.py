"""
Real processes: one approved argv in, what happened out. No shell, no terminal, no input.

Each runs in a session of its own, so that a time limit or a cancelled run ends its children too. The surprise: what it
wrote is redacted before filters see it, since a filter could keep half of a secret that is recognised only whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from tocsin.edge.clock import Clock
from tocsin.edge.execution import run_files
from tocsin.edge.execution.bounded_filters import FilterFailed, filtered
from tocsin.edge.execution.contract import Ran
from tocsin.edge.execution.filters import BadFilter, is_quick
from tocsin.edge.execution.output import Keeper, bounded
from tocsin.edge.execution.programs import allowed_programs, environment_of, prepare_home
from tocsin.edge.settings.model import Settings

GRACE = 2.0
CHUNK = 64 * 1024
# A program that writes more than this is ended: reading it would cost a core and nobody will.
MOST_BYTES = 256 * 1024 * 1024

Pipeline = tuple[tuple[str, ...], ...]


class _Over(Struct, frozen=True):
    """How a process ended: its code when it did by itself, else why."""

    code: int | None
    why: str = ""


class Processes:
    """
    Runs what the settings allow, in `folder`, the procedure's.

    `redact` takes a text and gives it without secrets. The data folder gets `runs/` (what is running) and `home/`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        folder: Path,
        redact: Callable[[str], str],
        clock: Clock,
        environ: Mapping[str, str],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._redact = redact
        self._clock = clock
        self._environ = dict(environ)
        self._programs = allowed_programs(settings.execution, environ)
        self._runs, self._home = settings.data_folder / "runs", settings.data_folder / "home"
        prepare_home(settings, self._home)

    @property
    def programs(self) -> Mapping[str, Path]:
        """The programs that may run, by name."""
        return self._programs

    async def run(self, run_id: str, pipeline: Pipeline, limit: timedelta) -> Ran:
        """Run it to its end or to its time limit; never raises for what the command does."""
        began = self._clock.now()
        argv, filters = pipeline[0], pipeline[1:]
        program = self._allowed(argv[0])
        if program is None:
            return self._not_run(began, f"`{argv[0]}` is not among the programs that may run")
        if any("\0" in word for word in argv):  # where it stands, an event loop may cut the word instead of refusing it
            return self._not_run(began, "cannot be started: a word holds a NUL character")
        if not self._folder.is_dir():
            return self._not_run(began, f"the folder of the procedure is not there: {self._folder}")
        try:
            is_quick(filters)
        except BadFilter as bad:
            return self._not_run(began, str(bad))
        out, err = Keeper(), Keeper()
        try:
            over = await self._process(run_id, (str(program[1]), *argv[1:]), program[0], limit, (out, err))
        except FileNotFoundError:
            return self._not_run(began, f"program not found: {program[1]}")
        except (OSError, ValueError) as error:
            return self._not_run(began, f"cannot be started: {error}")
        return await self._ran(began, over, filters, out, err)

    def _allowed(self, word: str) -> tuple[str, Path] | None:
        """Give the program that a command's first word names, by its name or by the very path of the list."""
        return next(((name, path) for name, path in self._programs.items() if word in (name, str(path))), None)

    def _not_run(self, began: datetime, why: str) -> Ran:
        return Ran(started_at=began, ended_at=self._clock.now(), exit_code=None, output="", why=why)

    async def _process(
        self, run_id: str, argv: tuple[str, ...], program: str, limit: timedelta, keepers: tuple[Keeper, Keeper]
    ) -> _Over:
        environment = environment_of(program, self._settings, self._environ, self._home)
        file = run_files.announce(self._runs, run_id, program)
        try:
            child = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**environment, run_files.VARIABLE: str(file)},
                cwd=self._folder,
                start_new_session=True,
            )
            with contextlib.suppress(OSError):  # a full disk: the variable still tells whose it is
                run_files.started(file, run_id, program, child.pid)
            return await _watched(child, limit, keepers)
        finally:
            run_files.ended(file)

    async def _ran(self, began: datetime, over: _Over, filters: Pipeline, out: Keeper, err: Keeper) -> Ran:
        """Redact, then filter what came out (never what it complained of), then bound."""
        why, raw, complaints = over.why, out.kept(), err.kept()
        text = await asyncio.to_thread(self._redact, raw.text)
        try:
            text = await filtered(filters, text) if filters else text
        except FilterFailed as failed:
            why = why or f"{failed}; the output is not filtered"
        kept = bounded(_one_after_the_other(text, await asyncio.to_thread(self._redact, complaints.text)))
        return Ran(
            started_at=began,
            ended_at=self._clock.now(),
            exit_code=over.code,
            output=kept.text,
            truncated=bool(raw.cut or complaints.cut or kept.cut),
            why=why,
        )


def _one_after_the_other(text: str, complaints: str) -> str:
    gap = "\n" if text and complaints and not text.endswith("\n") else ""
    return f"{text}{gap}{complaints}"


async def _watched(child: asyncio.subprocess.Process, limit: timedelta, keepers: tuple[Keeper, Keeper]) -> _Over:
    """Read both outputs until they are closed and the process is gone, or until it is time to end its session."""
    assert child.stdout is not None
    assert child.stderr is not None
    too_much = asyncio.Event()
    outputs = zip((child.stdout, child.stderr), keepers, strict=True)
    reading = asyncio.gather(child.wait(), *(_read(stream, keeper, too_much) for stream, keeper in outputs))
    alarm = asyncio.create_task(too_much.wait())
    try:
        either: set[asyncio.Future[Any]] = {reading, alarm}
        await asyncio.wait(either, timeout=limit.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            return _how(child.returncode)
        left_behind = child.returncode is not None
        await _end(child, reading)
        if alarm.done():
            return _Over(None, f"it wrote more than {MOST_BYTES // 2**20} MiB")
        if left_behind:
            return _Over(_how(child.returncode).code, "it left processes behind; they were ended at the time limit")
        return _Over(None, f"time limit of {limit.total_seconds():g} s")
    finally:
        alarm.cancel()
        if not reading.done():
            _signal(child, signal.SIGKILL)
            await asyncio.wait({reading}, timeout=GRACE)
            reading.cancel()


async def _read(stream: asyncio.StreamReader, keeper: Keeper, too_much: asyncio.Event) -> None:
    # Read on to the end in any case: a pipe that nobody empties keeps a dead process from being noticed.
    while chunk := await stream.read(CHUNK):
        keeper.take(chunk)
        if keeper.seen > MOST_BYTES:
            too_much.set()


async def _end(child: asyncio.subprocess.Process, reading: asyncio.Future[Any]) -> None:
    """Ask the whole session to end, then make it."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        _signal(child, how)
        await asyncio.wait({reading}, timeout=GRACE)
        if reading.done():
            return


def _signal(child: asyncio.subprocess.Process, how: signal.Signals) -> None:
    # The session keeps its number while any of its processes lives, so no stranger can be hit.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, how)


def _how(code: int | None) -> _Over:
    if code is not None and code < 0:
        return _Over(None, f"killed by {signal.Signals(-code).name}")
    return _Over(code)
