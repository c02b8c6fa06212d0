"""
One question to a program: its help or its version, and never anything that acts.

It runs by its absolute path in an empty home, without KUBECONFIG, proxies or any variable of ours, with nothing to
read, for two seconds at most; no more of its answer is read than a page of help can hold.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LIMIT = 2.0
MOST = 1 << 19
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Answer(NamedTuple):
    """What it printed, both outputs together, and its exit code: None when it was stopped."""

    text: str
    code: int | None


def ask(program: Path, arguments: tuple[str, ...], limit: float = LIMIT, **told: str) -> Answer:
    """Run it once; a program that cannot be started answers nothing. `told` are further variables of its environment."""
    with tempfile.TemporaryDirectory(prefix="tocsin-ask-") as home:
        fixed = {"PATH": _PATH, "HOME": home, "KUBECONFIG": os.devnull, "LANG": "C.UTF-8", "TERM": "dumb"}
        environment = {**fixed, "COLUMNS": "200", "ETCDCTL_API": "3", **told}
        try:
            child = subprocess.Popen(
                [str(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=home,
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError):
            return Answer("", None)
        with child:
            return _heard(child, limit)


def _heard(child: subprocess.Popen[bytes], limit: float) -> Answer:
    """Read until its end, the limit of time or the limit of size, then make sure that nothing of it lives on."""
    assert child.stdout is not None
    until = time.monotonic() + limit
    heard = bytearray()
    ended = False
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while len(heard) < MOST and selector.select(max(0.0, until - time.monotonic())):
            piece = os.read(child.stdout.fileno(), 65536)
            if not piece:
                ended = True
                break
            heard += piece
    code = None
    if ended:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.wait(max(0.1, until - time.monotonic()))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    return Answer(heard.decode("utf-8", "replace"), code)
