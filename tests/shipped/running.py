"""Runs the commands of the procedure against real programs: as written, with the blanks filled in, without a shell."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from tests.shipped.pages import folder, inside, shown
from tocsin.edge.execution.filters import apply
from tocsin.procedure.placeholders import filled
from tocsin.procedure.shell import look

TOOLS = Path(os.environ.get("TOCSIN_TEST_TOOLS", "/opt/tocsin-test-tools"))
LONGEST = 60.0
Answer = TypeVar("Answer")
_KNOWN = {inside(one.text): one.text for one in shown("en")} | {one.text: one.text for one in shown("en")}


def program(name: str, package: str) -> str:
    """A program's path; skips the test when it is not installed."""
    beside = TOOLS / "bin" / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed ({package})")
    return found


class Runner:
    """
    `run("patronictl list")` runs that command of the English procedure; what the page does not show is refused.

    `programs` says where a program is, `extra` what is put behind its name (the configuration of this cluster), `here`
    which of the words are others in this test (a port), `environment` what the program sees.
    """

    def __init__(
        self,
        programs: Mapping[str, str] | None = None,
        extra: Mapping[str, tuple[str, ...]] | None = None,
        here: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._programs = programs or {}
        self._extra = extra or {}
        self._here = here or {}
        self._environment = {**os.environ, **(environment or {})}

    def __call__(self, text: str, *, expect: int | None = 0, **values: str) -> subprocess.CompletedProcess[str]:
        """Run a command with its blanks filled in; `expect` is the exit code, None for any."""
        assert text in _KNOWN, f"the procedure does not show this command: {text}"
        named = {name.replace("_", "-"): value for name, value in values.items()}
        pipeline = filled(look(text).pipeline, named)
        assert not any("<" in word and ">" in word for argv in pipeline for word in argv), (
            f"blanks are left: {pipeline}"
        )
        name, *rest = pipeline[0]
        argv = [self._programs.get(name, name), *self._extra.get(name, ()), *(self._here.get(w, w) for w in rest)]
        ran = subprocess.run(
            argv,
            cwd=folder(),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert expect in (None, ran.returncode), f"{argv} exited with {ran.returncode}: {ran.stdout}{ran.stderr}"
        if pipeline[1:]:
            kept = apply(pipeline[1:], ran.stdout)
            return subprocess.CompletedProcess(argv, ran.returncode, kept, ran.stderr)
        return ran


def free_port() -> int:
    """A port of loopback that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look_again: Callable[[], Answer], what: str, within: float = 30.0) -> Answer:
    """Ask until the answer counts as true; a connection that is refused is asked again."""
    until = time.monotonic() + within
    last: object = None
    while time.monotonic() < until:
        try:
            if found := look_again():
                return found
            last = found
        except (OSError, subprocess.SubprocessError) as error:
            last = error
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {within:g} s; last seen: {last!r}")
