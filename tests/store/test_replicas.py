"""Several replicas on PostgreSQL: they hear each other, outlive the server's restart, and a stopped one holds nobody up."""

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Connection, text

from tests.postgres import Cluster, private_cluster
from tests.store.makers import body, noted
from tests.store.test_durability import REPOSITORY
from tocsin.edge.store import postgres as server
from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.edge.store.sql_store import SqlStore

Opened = Callable[[str], SqlStore]


def listening(store: SqlStore) -> "queue.Queue[str]":
    """What a store hears, once it does hear."""
    heard: queue.Queue[str] = queue.Queue()
    store.listen(heard.put)
    assert {heard.get(timeout=10), heard.get(timeout=10)} == {"body", "entry"}, "what may have been missed before"
    return heard


def test_a_replica_hears_what_another_commits(postgres: str, opened: Opened, now: datetime):
    here, there = opened(postgres), opened(postgres)
    heard = listening(there)

    here.keep(body(now)).result()
    assert heard.get(timeout=10) == "body"
    here.commit(noted(now, "one"), now).result()
    assert heard.get(timeout=10) == "entry"


def test_a_replica_does_not_hear_its_own_commits_twice(postgres: str, opened: Opened, now: datetime):
    store = opened(postgres)
    heard = listening(store)

    store.keep(body(now)).result()

    assert heard.get(timeout=10) == "body"
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.5)


def test_nothing_is_heard_of_a_decision_that_lost(postgres: str, opened: Opened, now: datetime):
    here, there = opened(postgres), opened(postgres)
    here.commit(noted(now, "one"), now).result()
    heard = listening(there)

    with pytest.raises(Lost):
        here.commit(noted(now, "two"), now).result()

    with pytest.raises(queue.Empty):
        heard.get(timeout=0.5)


def test_the_clock_is_the_servers(postgres: str, opened: Opened, monkeypatch: pytest.MonkeyPatch):
    store = opened(postgres)
    with psycopg.connect(postgres) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()

    assert row is not None
    assert abs(store.now() - row[0]) < timedelta(seconds=2)
    monkeypatch.setattr(server.time, "monotonic", lambda real=time.monotonic: real() + 5)
    assert store.now() - row[0] > timedelta(seconds=4), "between two questions our own clock carries it on"


@pytest.fixture
def restartable() -> Iterator[Cluster]:
    """A cluster of its own: other tests' connections must not be cut."""
    with private_cluster() as cluster:
        yield cluster


def test_the_store_outlives_the_servers_restart(restartable: Cluster, opened: Opened, now: datetime):
    store = opened(restartable.new_database())
    heard = listening(store)
    store.keep(body(now, b"before")).result()
    store.waiting(1)

    restartable.stop("immediate")
    assert store.healthy()
    with pytest.raises(Unavailable):
        store.keep(body(now, b"lost")).result(20)
    with pytest.raises(Unavailable):
        store.waiting(1)
    assert store.now() < store.now(), "the clock goes on"
    restartable.start()

    assert store.healthy() == ""
    store.keep(body(now, b"after")).result(20)
    assert [waiting.content for waiting in store.waiting(10)] == [b"before", b"after"]
    while heard.get(timeout=20) != "entry":
        pass  # heard again, with what may have been missed


def test_a_restart_between_two_writes_goes_unnoticed(restartable: Cluster, opened: Opened, now: datetime):
    """The connection turns out dead at the first statement: nothing was asked to commit yet, so it is tried again."""
    store = opened(restartable.new_database())
    store.keep(body(now, b"before")).result()

    restartable.stop("immediate")
    restartable.start()

    assert store.keep(body(now, b"kept at the first try")).result(20)
    restartable.stop("immediate")
    restartable.start()
    assert store.commit(noted(now, "one"), now).result(20)


def test_bodies_cut_off_in_the_middle_are_tried_again(postgres: str, opened: Opened, now: datetime):
    """The intake speaks to the driver itself; it must notice a lost connection all the same."""
    store = opened(postgres)
    store.keep(body(now, b"before")).result()
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    futures = [store.keep(body(now, b"%d" % place)) for place in range(20)]

    assert len({future.result(20) for future in futures}) == 20
    assert store.backlog() == 21
    assert store.healthy() == ""


STOP_IN_A_TRANSACTION = """
import sys, time
from sqlalchemy import text
from tocsin.edge.store.sql_store import open_store
store = open_store(sys.argv[1])
def stop(connection):
    print("inside", flush=True)
    time.sleep(60)
store._writer.do(stop).result()
"""


def test_a_replica_that_is_stopped_in_a_transaction_holds_nobody_up_for_long(
    postgres: str, opened: Opened, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    """It holds the order lock; the server cuts it off."""
    store = opened(postgres)
    stopped = subprocess.Popen(
        [sys.executable, "-c", STOP_IN_A_TRANSACTION, postgres],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert stopped.stdout is not None
    assert stopped.stdout.readline() == b"inside\n"
    os.kill(stopped.pid, signal.SIGSTOP)
    try:
        kept = store.keep(body(now))
        assert kept.result(2), "plain keeping does not wait for it"
        began = time.monotonic()
        assert store.commit(noted(now, "one"), now).result(20)
        assert time.monotonic() - began < server.LOCK_FOR.total_seconds()
    finally:
        stopped.kill()
        stopped.wait()
        stopped.stdout.close()


def test_the_claim_is_one_array_of_locked_rows(postgres: str, opened: Opened):
    """With IN the planner may run the subquery again and lock more than asked for."""
    store = opened(postgres)
    seen: list[str] = []

    def watch(connection: Connection) -> None:
        from sqlalchemy import event

        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
        connection.execute(text("SELECT 1"))

    from tocsin.edge.store import claims

    def work(connection: Connection) -> None:
        watch(connection)
        claims.claim(store._database, connection, holder="a", now=store.now(), limit=3, lease_for=timedelta(seconds=1))

    store._wait_for(work)

    (claim,) = [statement for statement in seen if statement.startswith("UPDATE due")]
    assert "= ANY (array((SELECT" in claim
    assert "FOR UPDATE SKIP LOCKED" in claim
