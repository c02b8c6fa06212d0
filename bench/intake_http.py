"""
How fast a running server takes bodies: `tocsin serve` in its own process, senders over real sockets.

Run `python -m bench.intake_http [SECONDS] [CONNECTIONS]`. Each sender keeps one connection, posts a body, waits for its
202 (which follows the fsync) and posts the next. A round has 256 different bodies of one alert, or 32 of a hundred, in
turn, as a storm that goes on. Printed: answers and alerts a second, percentiles of the answer's time, the server's CPU
time per answer (which the machine's other work does not change much), how many bodies waited unread at the end and how
long until none did. `senders` is the part of the time that the senders themselves computed.
"""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

TOCSIN = Path(sys.executable).parent / "tocsin"
PROCEDURE = Path(__file__).parents[1] / "tests" / "fixtures" / "small" / "incidents.md"
ROUNDS = (("1 alert", 1, 256, None), ("100 alerts", 100, 32, 8))


def delivery(alerts: int, serial: int) -> bytes:
    """One body as Alertmanager writes it; every alert is new."""
    return json.dumps(
        {
            "receiver": "tocsin",
            "status": "firing",
            "alerts": [one_alert(serial * alerts + number) for number in range(alerts)],
            "groupLabels": {"alertname": "PodCrashLooping"},
            "commonLabels": {"alertname": "PodCrashLooping", "cluster": "production"},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.production.example:9093",
            "version": "4",
            "groupKey": '{}:{alertname="PodCrashLooping"}',
            "truncatedAlerts": 0,
        }
    ).encode()


def one_alert(number: int) -> dict[str, object]:
    pod = f"api-{number:09}"
    labels = {"alertname": "PodCrashLooping", "cluster": "production", "namespace": "production", "pod": pod}
    return {
        "status": "firing",
        "labels": {**labels, "container": "api", "service": "api", "severity": "warning", "team": "platform"},
        "annotations": {
            "summary": f"{pod} restarts",
            "description": f"The container api of {pod} restarts for 10 min.",
        },
        "startsAt": "2026-11-23T21:01:17.687866Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.production.example:9090/graph?g0.expr=kube_pod_container_status&g0.tab=1",
        "fingerprint": f"{number:016x}",
    }


class Round:
    """What the senders saw."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.refused = 0

    def percentile(self, share: float) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))] * 1000


async def sender(port: int, token: str, bodies: Iterator[bytes], until: float, seen: Round) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /ingest/alertmanager HTTP/1.1\r\nHost: tocsin\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    while time.perf_counter() < until:
        body = next(bodies)
        began = time.perf_counter()
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        seen.times.append(time.perf_counter() - began)
        seen.refused += not answer.startswith(b"HTTP/1.1 202")
    writer.close()


async def play(port: int, token: str, bodies: Iterator[bytes], connections: int, seconds: float) -> Round:
    seen = Round()
    until = time.perf_counter() + seconds
    await asyncio.gather(*(sender(port, token, bodies, until, seen) for _ in range(connections)))
    return seen


def metric(port: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line for line in lines if line.startswith(name + " ")).rpartition(" ")[2])


def drain(port: int, patience: float = 300.0) -> float:
    """Seconds until nothing waits."""
    began = time.perf_counter()
    while metric(port, "tocsin_backlog") > 0 and time.perf_counter() - began < patience:
        time.sleep(0.2)
    return time.perf_counter() - began


def measure(seconds: float, connections: int) -> None:
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        serve = [TOCSIN, "serve", "--procedure", PROCEDURE, "--data", folder, "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = int(server.stdout.readline().strip().rpartition(":")[2])
            made = subprocess.run(
                [TOCSIN, "token", "create", "--source", "bench", "--data", folder],
                capture_output=True,
                text=True,
                check=True,
            )
            token = made.stdout.splitlines()[-1]
            for name, alerts, different, own_connections in ROUNDS:
                bodies = [delivery(alerts, serial + alerts * 10_000) for serial in range(different)]
                tell(
                    name,
                    alerts,
                    seconds,
                    server.pid,
                    port,
                    token,
                    bodies=bodies,
                    connections=own_connections or connections,
                )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def cpu_of(pid: int) -> float:
    """Seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell(
    name: str, alerts: int, seconds: float, pid: int, port: int, token: str, *, bodies: list[bytes], connections: int
) -> None:
    server_cpu, cpu, began = cpu_of(pid), time.process_time(), time.perf_counter()
    seen = asyncio.run(play(port, token, itertools.cycle(bodies), connections, seconds))
    took, senders = time.perf_counter() - began, time.process_time() - cpu
    each = (cpu_of(pid) - server_cpu) / len(seen.times)
    backlog = metric(port, "tocsin_backlog")
    drained = drain(port)
    answers = len(seen.times) / took
    print(
        f"{name} ({len(bodies[0]):,} bytes), {connections} connections: {answers:,.0f} answers/s, "
        f"{answers * alerts:,.0f} alerts/s, p50 {seen.percentile(0.5):.1f} ms, p99 {seen.percentile(0.99):.1f} ms, "
        f"refused {seen.refused}, server CPU {each * 1000:.2f} ms per answer, senders {senders / took:.0%}, "
        f"backlog {backlog:,.0f}, drained in {drained:.1f} s"
    )


if __name__ == "__main__":
    told = sys.argv[1:]
    measure(float(told[0]) if told else 5.0, int(told[1]) if len(told) > 1 else 32)
