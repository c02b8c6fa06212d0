"""
The durable intake beside Debian's Alertmanager: the same alerts, the same senders, one run.

tocsin answers after the fsync of what it will read later; Alertmanager takes alerts on its own API into its memory. Both
are asked in turn, three times each, and the medians are compared. What tocsin has kept and not yet read at the end of a
round is its backlog, with the rate at which it is then read. Without Alertmanager only tocsin is measured.
"""

import shutil
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from msgspec import Struct

from bench.figures import Figure
from bench.filled import PUBLIC_URL
from bench.senders import Seen, play, posted, request, webhook
from tests.e2e.alertmanager import Alertmanager
from tests.e2e.served import Served
from tests.house import SMALL

SECONDS = 4.0
ROUNDS = 3
DIFFERENT = {1: 256, 100: 32}
CONNECTIONS = {1: 32, 100: 8}
GOALS = {1: 1.0, 100: 2.0}
DRAIN_GOAL = 20_000
SETTINGS = f'language = "en"\npublic_url = "{PUBLIC_URL}"\n'


class Round(Struct):
    """One round against tocsin. `rate` and `drained` are alerts a second."""

    rate: float
    p50: float
    p99: float
    refused: int
    backlog: float
    drained: float


def intake(folder: Path) -> Iterator[Figure]:
    """Bodies of one alert, then bodies of a hundred."""
    with Served(folder / "tocsin", SETTINGS, procedure=SMALL) as served, beside(folder) as neighbour:
        port, token = urlsplit(served.url).port, served.token("bench")
        assert port is not None
        for alerts, different in DIFFERENT.items():
            bodies = [webhook(alerts, serial + alerts * 10_000) for serial in range(different)]
            ours = [request("/ingest/alertmanager", body, token) for body in bodies]
            rounds, theirs = [], []
            for _ in range(ROUNDS):
                rounds.append(of_tocsin(port, ours, alerts))
                if neighbour:
                    theirs.append(of_alertmanager(neighbour, alerts))
            yield from told(alerts, rounds, theirs)


@contextmanager
def beside(folder: Path) -> Iterator[int]:
    """A running Alertmanager's port; 0 when there is none."""
    if not (shutil.which("prometheus-alertmanager") and shutil.which("amtool")):
        yield 0
        return
    with Alertmanager(folder / "alertmanager", "http://127.0.0.1:9", "unused") as running:
        yield running.port


def of_tocsin(port: int, requests: list[bytes], alerts: int) -> Round:
    seen = uvloop.run(play(port, requests, CONNECTIONS[alerts], SECONDS))
    backlog = metric(port, "tocsin_backlog")
    drained = drain(port)
    return Round(
        rate=len(seen.times) * alerts / SECONDS,
        p50=seen.percentile(0.5),
        p99=seen.percentile(0.99),
        refused=seen.refused,
        backlog=backlog,
        drained=backlog * alerts / drained if backlog else 0.0,
    )


def of_alertmanager(port: int, alerts: int) -> float:
    requests = [request("/api/v2/alerts", posted(alerts, serial)) for serial in range(DIFFERENT[alerts])]
    seen: Seen = uvloop.run(play(port, requests, CONNECTIONS[alerts], SECONDS))
    assert not seen.refused, f"Alertmanager refused {seen.refused} bodies"
    return len(seen.times) * alerts / SECONDS


def told(alerts: int, rounds: list[Round], theirs: list[float]) -> Iterator[Figure]:
    middle = sorted(rounds, key=lambda one: one.rate)[len(rounds) // 2]
    name = f"{alerts} alert{'s' if alerts > 1 else ''} a body"
    words = f"p50 {middle.p50:.1f} p99 {middle.p99:.1f} ms, refused {sum(one.refused for one in rounds)}"
    yield Figure(f"durable intake, {name}", middle.rate, "alerts/s", beside=words)
    if theirs:
        rate = statistics.median(theirs)
        yield Figure(f"Alertmanager's own API, {name}", rate, "alerts/s")
        yield Figure(f"ratio, {name}", middle.rate / rate, "×", GOALS[alerts], at_least=True)
    deepest = max(rounds, key=lambda one: one.backlog)
    left = f"after a backlog of {deepest.backlog:,.0f} bodies"
    if deepest.backlog:
        yield Figure(f"backlog read, {name}", deepest.drained, "alerts/s", DRAIN_GOAL, at_least=True, beside=left)


def metric(port: int, name: str) -> float:
    """One value of /metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line for line in lines if line.startswith(name + " ")).rpartition(" ")[2])


def drain(port: int, patience: float = 300.0) -> float:
    """Seconds until nothing waits."""
    began = time.perf_counter()
    while metric(port, "tocsin_backlog") > 0 and time.perf_counter() - began < patience:
        time.sleep(0.05)
    return time.perf_counter() - began
