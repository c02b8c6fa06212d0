"""
What the containers write: access lines, Patroni's heartbeat, a web application's lines.

The same instant always gives the same lines. The surprise, recorded: a request that the WAF refused shows in
Traefik's log as a 403 of the origin and never as the word "ModSecurity", which stands in the WAF's own log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.workloads import PracticePod

KEPT = timedelta(minutes=10)
ATTACKERS = ("198.51.100.23", "198.51.100.24", "198.51.100.77", "203.0.113.199")
VISITORS = ("192.0.2.14", "192.0.2.61", "192.0.2.130", "192.0.2.7", "192.0.2.88")
PATHS = ("/", "/cart", "/products/42", "/products/7", "/search?q=tea", "/login")
BAIT = "/search?q=%27%20OR%20%271%27=%271"


def log_lines(pod: PracticePod, cluster: Cluster, now: datetime, since: timedelta | None = None) -> list[str]:
    """Its lines, oldest first, of the last `since` (ten minutes at most are kept)."""
    first = max(pod.started_at, now - min(since or KEPT, KEPT))
    write, every = WRITERS[pod.workload.name]
    step = timedelta(seconds=1 if cluster.attacked_since and pod.workload.name == "traefik" else every)
    lines: list[str] = []
    at = _first_tick(first, cluster.start, step)
    while at <= now:
        lines.append(write(pod, cluster, at))
        at += step
    return lines


def _first_tick(first: datetime, start: datetime, step: timedelta) -> datetime:
    """The first writing instant at or after `first`: ticks are counted from the cluster's start."""
    return start + -((start - first) // step) * step if first < start else start + -(-(first - start) // step) * step


def _traefik(pod: PracticePod, cluster: Cluster, at: datetime) -> str:
    count = int(at.timestamp())
    attacked = cluster.attacked_since is not None and at >= cluster.attacked_since and count % 5 > 0
    client = ATTACKERS[count % len(ATTACKERS)] if attacked else VISITORS[count % len(VISITORS)]
    status = 403 if attacked else 200
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps(
        {
            "ClientAddr": f"{client}:{40000 + count % 20000}",
            "ClientHost": client,
            "DownstreamContentSize": 153 if attacked else 5120,
            "DownstreamStatus": status,
            "Duration": 2643670 + count % 997 * 1000,
            "OriginStatus": status,
            "RequestCount": count % 100000,
            "RequestHost": "shop.example.com",
            "RequestMethod": "GET",
            "RequestPath": BAIT if attacked else PATHS[count % len(PATHS)],
            "RequestProtocol": "HTTP/1.1",
            "RouterName": "shop@file",
            "ServiceName": "waf@file",
            "StartUTC": stamp,
            "entryPointName": "websecure",
            "level": "info",
            "msg": "",
            "time": stamp,
        },
        separators=(",", ":"),
    )


def _patroni(pod: PracticePod, cluster: Cluster, at: datetime) -> str:
    leader = cluster.database.leader
    role = "the leader with the lock" if pod.name == leader else f"a secondary, and following a leader ({leader})"
    return f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} INFO: no action. I am ({pod.name}), {role}"


def _redis(pod: PracticePod, cluster: Cluster, at: datetime) -> str:
    return f"1:M {at:%d %b %Y %H:%M:%S}.{at.microsecond // 1000:03d} * Background saving terminated with success"


def _web(pod: PracticePod, cluster: Cluster, at: datetime) -> str:
    path = PATHS[int(at.timestamp()) % len(PATHS)]
    return f'{at:%Y-%m-%dT%H:%M:%SZ} INFO request path="{path}" status=200 pod={pod.name}'


Writer = Callable[[PracticePod, Cluster, datetime], str]
WRITERS: dict[str, tuple[Writer, int]] = {
    "traefik": (_traefik, 3),
    "postgresql": (_patroni, 10),
    "redis": (_redis, 60),
    "web": (_web, 5),
}
