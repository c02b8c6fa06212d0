"""The durable intake, from `bench.intake_http`: its senders against a server of its own, as figures with goals."""

import asyncio
import itertools
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Figure
from bench.filled import PUBLIC_URL
from bench.intake_http import ROUNDS, cpu_of, delivery, drain, metric, play
from tests.e2e.served import Served
from tests.house import SMALL

SECONDS = 5.0
CONNECTIONS = 32
GOALS = {1: 3_000, 100: 30_000}
SETTINGS = f'language = "en"\npublic_url = "{PUBLIC_URL}"\n'


def intake(folder: Path) -> list[Figure]:
    """Bodies of one alert, then bodies of a hundred."""
    with Served(folder, SETTINGS, procedure=SMALL) as served:
        token = served.token("bench")
        return [
            storm(served, token, alerts, different, connections or CONNECTIONS)
            for _, alerts, different, connections in ROUNDS
        ]


def storm(served: Served, token: str, alerts: int, different: int, connections: int) -> Figure:
    """Alerts per second that were answered 202, which follows the fsync."""
    port = urlsplit(served.url).port
    assert served.server is not None
    assert port is not None
    bodies = itertools.cycle([delivery(alerts, serial + alerts * 10_000) for serial in range(different)])
    before = cpu_of(served.server.pid)
    seen = asyncio.run(play(port, token, bodies, connections, SECONDS))
    each = (cpu_of(served.server.pid) - before) / len(seen.times) * 1000
    backlog = metric(port, "tocsin_backlog")
    drained = drain(port)
    beside = (
        f"{len(seen.times) / SECONDS:,.0f} bodies/s, p50 {seen.percentile(0.5):.1f} p99 {seen.percentile(0.99):.1f} ms, "
        f"refused {seen.refused}, CPU {each:.2f} ms a body; backlog {backlog:,.0f}, drained in {drained:.1f} s"
    )
    name = f"durable intake, {alerts} alert{'s' if alerts > 1 else ''} a body"
    return Figure(name, len(seen.times) * alerts / SECONDS, "alerts/s", GOALS[alerts], at_least=True, beside=beside)
