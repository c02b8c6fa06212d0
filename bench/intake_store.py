"""
How many bodies per second the store keeps, by how many senders wait at once, on both databases.

Run `python -m bench.intake_store [SECONDS]`. Senders are threads that each wait for their answer before they send the
next body; the body has the size of one Alertmanager delivery (1,273 bytes) or of a hundred alerts (85,918). "Batch" is
how many bodies a commit held on average. Ratios are against one sender on the same database. Look at ratios: the
machine is seldom alone.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from tests.postgres import private_cluster
from tests.store.makers import body, noted
from tocsin.edge.store.contract import Lost
from tocsin.edge.store.sql_store import SqlStore, open_store

SIZES = {"1 alert": 1_273, "100 alerts": 85_918}
SENDERS = (1, 8, 32, 128)
ROUNDS = 3


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        places = {"sqlite": folder}
        try:
            with private_cluster(durable=True) as cluster:
                yield places | {"postgresql": cluster.new_database()}
        except pytest.skip.Exception as why:
            print(f"without PostgreSQL: {why}")
            yield places


def measure(store: SqlStore, senders: int, size: int, seconds: float) -> tuple[float, float, float, float]:
    """Bodies per second, p50 and p99 in ms, bodies per commit."""
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(store._database.writers, "commit", count)
    now, content = datetime.now(UTC), os.urandom(size)
    waits: list[list[float]] = [[] for _ in range(senders)]
    until = time.perf_counter() + seconds

    def send(mine: list[float]) -> None:
        while (began := time.perf_counter()) < until:
            store.keep(body(now, content)).result()
            mine.append(time.perf_counter() - began)

    threads = [threading.Thread(target=send, args=(mine,)) for mine in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    event.remove(store._database.writers, "commit", count)
    every = sorted(wait for mine in waits for wait in mine)
    cuts = statistics.quantiles(every, n=100)
    return len(every) / seconds, cuts[49] * 1000, cuts[98] * 1000, len(every) / max(commits, 1)


def burst(store: SqlStore, count: int, size: int) -> float:
    """Bodies per second when all come at once and nobody waits in between: the writer's own limit."""
    new = body(datetime.now(UTC), os.urandom(size))
    began = time.perf_counter()
    for future in [store.keep(new) for _ in range(count)]:
        future.result()
    return count / (time.perf_counter() - began)


def decisions(store: SqlStore, seconds: float) -> float:
    """Decisions per second of one decider: two events each."""
    now, seq, count = datetime.now(UTC), store.last_seq("incident/1"), 0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        with suppress(Lost):
            seq = store.commit(noted(now, "one", "two", after=seq), now).result()[-1].seq
            count += 1
    return count / seconds


def main(seconds: float) -> None:
    with databases() as places:
        stores = {name: open_store(where) for name, where in places.items()}
        for title, size in SIZES.items():
            print(f"\n{title} ({size:,} bytes), {ROUNDS} rounds of {seconds:g} s, medians")
            print(f"{'':12} {'senders':>8} {'bodies/s':>10} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8} {'batch':>7}")
            found = {
                (name, senders): [measure(store, senders, size, seconds) for _ in range(ROUNDS)]
                for senders in SENDERS
                for name, store in stores.items()
            }
            for (name, senders), rounds in sorted(found.items(), reverse=True):
                rate, p50, p99, batch = (statistics.median(column) for column in zip(*rounds, strict=True))
                one = statistics.median(rate for rate, *_ in found[name, 1])
                print(f"{name:12} {senders:8} {rate:10,.0f} {rate / one:7.1f} {p50:8.1f} {p99:8.1f} {batch:7.1f}")
            for name, store in stores.items():
                rates = [burst(store, 5000 if size < 10_000 else 500, size) for _ in range(ROUNDS)]
                print(f"{name:12} {'burst':>8} {statistics.median(rates):10,.0f}")
        for name, store in stores.items():
            print(f"{name:12} decisions one after another: {decisions(store, seconds):,.0f}/s")
            store.close()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
