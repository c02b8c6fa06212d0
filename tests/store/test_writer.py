"""The one thread that writes: it groups, it lets a poisoned item fail alone, and it never hangs anybody."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from tests.store.makers import STREAM, body, noted
from tocsin.edge.store import writer as writer_module
from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.edge.store.sql_store import SqlStore, open_store
from tocsin.edge.store.sqlite import FILE


class Gate:
    """Holds the writer in an item of its own, so that what comes behind it becomes one batch."""

    def __init__(self, store: SqlStore) -> None:
        self._open = Event()
        entered = Event()

        def wait(_connection: Connection) -> None:
            entered.set()
            self._open.wait(10)

        self.future: Future[None] = store._writer.do(wait)
        entered.wait(10)

    def open(self) -> None:
        self._open.set()


def count_commits(store: SqlStore) -> list[str]:
    commits: list[str] = []

    @event.listens_for(store._database.writers, "commit")
    def _committed(_connection: Connection) -> None:
        commits.append("commit")

    return commits


def poison(connection: Connection) -> None:
    """An item that writes and then fails: what it wrote must go, and only that."""
    connection.execute(text("INSERT INTO house (key, content) VALUES ('poison', '')"))
    raise ZeroDivisionError("a bug of its own")


def poisoned_rows(store: SqlStore) -> int:
    return store._read(lambda connection: connection.execute(text("SELECT count(*) FROM house")).scalar_one())


def test_all_that_waits_is_one_commit(store: SqlStore, now: datetime):
    commits = count_commits(store)
    gate = Gate(store)
    futures = [store.keep(body(now)) for _ in range(100)]
    futures.append(store.commit(noted(now, "one"), now))

    gate.open()
    for future in futures:
        future.result(10)

    assert len(commits) == 2, "the gate's and one for all"


def test_a_poisoned_item_fails_alone(store: SqlStore, now: datetime):
    gate = Gate(store)
    before = [store.keep(body(now)) for _ in range(3)]
    bad = store._writer.do(poison)
    after = [store.keep(body(now)), store.commit(noted(now, "one"), now)]

    gate.open()

    for future in [*before, *after]:
        future.result(10)
    with pytest.raises(ZeroDivisionError):
        bad.result(10)
    assert store.backlog() == 4
    assert poisoned_rows(store) == 0
    assert store.healthy() == ""


def test_a_poisoned_body_among_many_fails_alone(store: SqlStore, now: datetime):
    """The grouped statement fails as a whole; then each is tried alone."""
    gate = Gate(store)
    good = [store.keep(body(now, b"%d" % place)) for place in range(20)]
    bad = store.keep(body(now.replace(tzinfo=None)))
    good += [store.keep(body(now, b"%d" % place)) for place in range(20, 40)]

    gate.open()

    assert len({future.result(10) for future in good}) == 40
    with pytest.raises(ValueError, match="time zone"):
        bad.result(10)
    assert store.backlog() == 40


def test_who_lost_does_not_sink_the_others(store: SqlStore, now: datetime):
    commits = count_commits(store)
    gate = Gate(store)
    kept = store.keep(body(now))
    won, lost = store.commit(noted(now, "one"), now), store.commit(noted(now, "two"), now)
    other = store.commit(noted(now, "three", stream="incident/2"), now)

    gate.open()

    assert kept.result(10)
    assert len(won.result(10)) == len(other.result(10)) == 1
    with pytest.raises(Lost):
        lost.result(10)
    assert len(commits) == 2
    assert [entry.event.text for entry in store.load(STREAM)] == ["one"]


def test_work_that_nobody_waits_for_any_more_is_not_done(store: SqlStore, now: datetime):
    gate = Gate(store)
    given_up, wanted = store.keep(body(now, b"given up")), store.keep(body(now, b"wanted"))
    assert given_up.cancel()

    gate.open()
    wanted.result(10)

    assert [waiting.content for waiting in store.waiting(10)] == [b"wanted"]


def test_when_too_much_waits_it_says_so_at_once(store: SqlStore, now: datetime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer_module, "QUEUE_ITEMS", 5)
    gate = Gate(store)
    futures = [store.keep(body(now)) for _ in range(6)]

    assert futures[5].done()
    with pytest.raises(Unavailable, match="too much waits"):
        futures[5].result()
    gate.open()
    assert all(future.result(10) for future in futures[:5])


def test_large_items_are_bounded_by_their_bytes(store: SqlStore, now: datetime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer_module, "BATCH_BYTES", 2000)
    monkeypatch.setattr(writer_module, "QUEUE_BYTES", 5000)
    commits = count_commits(store)
    gate = Gate(store)
    futures = [store.keep(body(now, b"x" * 1000)) for _ in range(6)]

    with pytest.raises(Unavailable):
        futures[5].result(10)
    gate.open()
    assert all(future.result(10) for future in futures[:5])
    assert len(commits) == 1 + 3


def test_one_item_larger_than_the_bounds_is_still_taken(
    store: SqlStore, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer_module, "BATCH_BYTES", 10)
    monkeypatch.setattr(writer_module, "QUEUE_BYTES", 10)

    assert store.keep(body(now, b"x" * 1000)).result(10)


def test_a_dead_writer_is_announced_and_hangs_nobody(store: SqlStore, now: datetime):
    def die(_connection: Connection) -> None:
        raise SystemExit("pulled from under it")

    gate = Gate(store)
    beside = store.keep(body(now))
    fatal = store._writer.do(die)
    gate.open()

    for future in (beside, fatal):
        with pytest.raises(Unavailable, match="the writer died"):
            future.result(10)
    with pytest.raises(Unavailable, match="the writer died"):
        store.keep(body(now)).result(1)
    with pytest.raises(Unavailable):
        store.lease("reader", "alpha", now, now - now)
    assert "the writer died" in store.healthy()


def test_a_closed_store_refuses(store: SqlStore, now: datetime):
    store.close()

    with pytest.raises(Unavailable, match="closed"):
        store.keep(body(now)).result(1)


def test_listeners_hear_what_changed_after_it_is_there(store: SqlStore, now: datetime):
    heard: list[tuple[str, int, int]] = []
    store.listen(lambda topic: heard.append((topic, store.backlog(), len(store.tail(0)))))

    store.keep(body(now)).result()
    store.commit(noted(now, "one"), now).result()
    store.lease("reader", "alpha", now, now - now)

    assert ("body", 1, 0) in heard
    assert ("entry", 1, 1) in heard


def test_a_listener_that_fails_harms_nobody(store: SqlStore, now: datetime):
    heard: list[str] = []

    def bad(topic: str) -> None:
        raise ZeroDivisionError(topic)

    store.listen(bad)
    store.listen(heard.append)

    assert store.keep(body(now)).result(10)
    assert store.keep(body(now)).result(10)
    assert heard.count("body") >= 2


@pytest.fixture
def small_disk(data_folder: Path) -> Iterator[tuple[SqlStore, Callable[[int], Any]]]:
    """A store on a disk of so many pages."""
    store = open_store(data_folder)

    def limit(more_pages: int) -> None:
        with store._database.writers.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more_pages}")

    yield store, limit
    store.close()


def test_a_full_disk_is_said_and_not_suffered(small_disk: tuple[SqlStore, Callable[[int], Any]], now: datetime):
    store, limit = small_disk
    kept = store.keep(body(now, b"before")).result()
    limit(1)

    with pytest.raises(Unavailable, match="full"):
        store.keep(body(now, b"x" * 50_000)).result(10)
    with pytest.raises(Unavailable, match="full"):
        store.commit(noted(now, "x" * 50_000), now).result(10)

    assert "full" in store.healthy()
    assert [waiting.id for waiting in store.waiting(10)] == [kept], "reading goes on, and nothing is half written"


def test_when_there_is_room_again_it_recovers_by_itself(
    small_disk: tuple[SqlStore, Callable[[int], Any]], now: datetime
):
    store, limit = small_disk
    limit(1)
    with pytest.raises(Unavailable):
        store.keep(body(now, b"x" * 50_000)).result(10)

    limit(1000)

    assert store.healthy() == ""
    assert store.keep(body(now, b"x" * 50_000)).result(10)


def test_a_full_disk_fails_a_whole_batch_once(small_disk: tuple[SqlStore, Callable[[int], Any]], now: datetime):
    store, limit = small_disk
    limit(1)
    gate = Gate(store)
    futures = [store.keep(body(now, b"x" * 20_000)) for _ in range(50)]

    gate.open()

    for future in futures:
        with pytest.raises(Unavailable, match="full"):
            future.result(10)


def test_a_file_that_somebody_else_locks_is_unavailable(data_folder: Path, now: datetime, monkeypatch):
    import sqlite3

    from tocsin.edge.store import sqlite as embedded

    monkeypatch.setattr(embedded, "BUSY_FOR", now - now)
    store = open_store(data_folder)
    intruder = sqlite3.connect(data_folder / FILE, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="locked"):
        store.keep(body(now)).result(10)

    intruder.execute("ROLLBACK")
    intruder.close()
    assert store.keep(body(now)).result(10)
    assert store.healthy() == ""
    store.close()


def test_a_writer_that_is_stuck_is_announced(store: SqlStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tocsin.edge.store.sql_store.PROBE_PATIENCE", 0.2)
    gate = Gate(store)
    try:
        assert store.healthy() == "", "a moment is no trouble"
        monkeypatch.setattr(writer_module, "STUCK_AFTER", 0.0)
        assert store.healthy() != ""
    finally:
        gate.open()
    gate.future.result(10)
    assert store.healthy() == ""
