"""Waiting for a run: what it printed, how it ended. 0 when it exited with 0, else 1."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tocsin.cli.doors import Door, asked
from tocsin.cli.options import Desk
from tocsin.cli.screen import show_text

LOOK_EVERY = 0.3
GRACE = 30.0

Json = dict[str, Any]


def await_run(desk: Desk, door: Door, number: int, run_id: str) -> int:
    """Wait for the outcome, at most a little longer than the run's own time limit, and print it."""
    desk.say("running", to_stderr=True)
    door.perform()
    deadline: float | None = None
    while True:
        run = _run(door, number, run_id)
        if run["finished"] or run["unknown"]:
            return _tell(desk, door, number, run)
        if deadline is None:
            deadline = time.monotonic() + msgspec.convert(run["started"]["timeout"], timedelta).total_seconds() + GRACE
        if time.monotonic() > deadline:
            desk.say("still_running", to_stderr=True, number=number)
            return 1
        time.sleep(LOOK_EVERY)


def _run(door: Door, number: int, run_id: str) -> Json:
    runs = asked(door, "GET", f"/api/incidents/{number}")["runs"]
    found: Json = next(run for run in runs if run["started"]["run_id"] == run_id)
    return {"finished": None, "unknown": None, **found}


def _tell(desk: Desk, door: Door, number: int, run: Json) -> int:
    if run["unknown"]:
        run_id = run["started"]["run_id"]
        desk.say("outcome_unknown", to_stderr=True, why=run["unknown"]["why"], number=number, run=run_id)
        return 1
    finished = run["finished"]
    output = _output(door, number, finished)
    if output:
        show_text(output)
    code = finished.get("exit_code")
    if code is None:
        desk.say("ended", to_stderr=True, why=finished.get("why", ""))
        return 1
    started, ended = (datetime.fromisoformat(finished[name]) for name in ("started_at", "ended_at"))
    desk.say("exit_code", to_stderr=True, code=code, seconds=f"{(ended - started).total_seconds():.1f}")
    return 0 if code == 0 else 1


def _output(door: Door, number: int, finished: Json) -> str:
    digest = finished.get("blob")
    if not digest:
        return str(finished.get("excerpt", ""))
    reply = door.ask("GET", f"/api/incidents/{number}/blobs/{digest}")
    return reply.body.decode("utf-8", "replace") if reply.status == 200 else str(finished.get("excerpt", ""))
