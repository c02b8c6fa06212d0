"""
Senders that wait for each answer before they post the next body, and the bodies that they post.

`play` posts prepared requests over some connections for some seconds and tells what it saw. It is written close to the
sockets, because the senders share two cores with the server that they measure.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

WHEN = "2026-11-23T21:01:17.687866Z"


def one_alert(number: int) -> dict[str, object]:
    """As Alertmanager sends it; every number is another alert."""
    pod = f"api-{number:09}"
    labels = {"alertname": "PodCrashLooping", "cluster": "production", "namespace": "production", "pod": pod}
    return {
        "status": "firing",
        "labels": {**labels, "container": "api", "service": "api", "severity": "warning", "team": "platform"},
        "annotations": {
            "summary": f"{pod} restarts",
            "description": f"The container api of {pod} restarts for 10 min.",
        },
        "startsAt": WHEN,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.production.example:9090/graph?g0.expr=kube_pod_container_status&g0.tab=1",
        "fingerprint": f"{number:016x}",
    }


def webhook(alerts: int, serial: int) -> bytes:
    """One body as Alertmanager writes it to a webhook."""
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


def posted(alerts: int, serial: int) -> bytes:
    """The same alerts as Prometheus posts them to Alertmanager's own API."""
    kept = ("labels", "annotations", "generatorURL")
    now = datetime.now(UTC).isoformat()
    every = (one_alert(serial * alerts + number) for number in range(alerts))
    return json.dumps([{"startsAt": now, **{name: alert[name] for name in kept}} for alert in every]).encode()


def request(path: str, body: bytes, token: str = "") -> bytes:
    """The whole request, ready to be written."""
    who = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\n{who}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Seen:
    """What the senders saw: seconds until each answer, and how many were not 2xx."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.refused = 0

    def percentile(self, share: float) -> float:
        """In ms."""
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))] * 1000


class Sender(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], until: float, seen: Seen) -> None:
        self._requests, self._until, self._seen = requests, until, seen
        self._came = b""
        self._began = 0.0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:

        self._transport = cast(asyncio.WriteTransport, transport)
        self._post()

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, rest = self._came.partition(b"\r\n\r\n")
        if not found or len(rest) < int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]):
            return
        self._seen.times.append(time.perf_counter() - self._began)
        self._seen.refused += not head.startswith(b"HTTP/1.1 20")
        self._came = b""
        self._post()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def _post(self) -> None:
        self._began = time.perf_counter()
        if self._began < self._until:
            self._transport.write(next(self._requests))
        else:
            self._transport.close()


async def play(port: int, requests: list[bytes], connections: int, seconds: float) -> Seen:
    """Post the requests in turn, over and over."""
    seen, turn = Seen(), itertools.cycle(requests)
    until = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Sender(turn, until, seen), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.gather(*(sender.over for _, sender in opened))
    return seen
