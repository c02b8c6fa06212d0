"""The inbox: what was answered is kept, waits in order, and is dropped only when it is read and old."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.store.makers import body, unreadable
from tocsin.edge.store import inbox
from tocsin.edge.store.contract import Change, Unavailable
from tocsin.edge.store.sql_store import SqlStore


def test_a_kept_body_waits_with_all_that_was_said_about_it(store: SqlStore, now: datetime):
    number = store.keep(body(now, b"\x00\xff any bytes", source="prometheus")).result()

    (waiting,) = store.waiting(10)

    assert waiting.id == number
    assert (waiting.source, waiting.kind, waiting.world_id) == ("prometheus", "alertmanager", "real")
    assert waiting.received_at == now
    assert waiting.content == b"\x00\xff any bytes"


def test_a_burst_is_kept_in_the_order_it_came(store: SqlStore, now: datetime):
    futures = [store.keep(body(now, b"%d" % place)) for place in range(1500)]

    numbers = [future.result() for future in futures]

    assert numbers == sorted(set(numbers))
    assert [waiting.content for waiting in store.waiting(2000)] == [b"%d" % place for place in range(1500)]
    assert store.backlog() == 1500


def test_waiting_gives_the_oldest_first_and_no_more_than_asked(store: SqlStore, now: datetime):
    for place in range(5):
        store.keep(body(now, b"%d" % place)).result()

    assert [waiting.content for waiting in store.waiting(2)] == [b"0", b"1"]


def test_large_bodies_are_handed_out_in_smaller_lots(store: SqlStore, now: datetime, monkeypatch):
    monkeypatch.setattr(inbox, "WAITING_BYTES", 2500)
    for _ in range(4):
        store.keep(body(now, b"x" * 1000)).result()
    store.keep(body(now, b"x" * 9000)).result()

    first = store.waiting(10)
    store.commit(Change(consumed=tuple(waiting.id for waiting in first)), now).result()
    store.commit(Change(consumed=tuple(waiting.id for waiting in store.waiting(10))), now).result()

    assert len(first) == 2
    assert [len(waiting.content) for waiting in store.waiting(10)] == [9000]


def test_a_consumed_body_waits_no_more(store: SqlStore, now: datetime):
    first, second = store.keep(body(now, b"1")).result(), store.keep(body(now, b"2")).result()

    store.commit(Change(consumed=(first,)), now).result()

    assert [waiting.id for waiting in store.waiting(10)] == [second]
    assert store.backlog() == 1


def test_a_body_that_nobody_can_read_is_kept_once_and_counted(store: SqlStore, now: datetime):
    later = now + timedelta(minutes=1)

    counts = [store.keep_unreadable(unreadable(at)).result() for at in (now, now, later)]
    store.keep_unreadable(unreadable(now, b"another")).result()

    assert counts == [1, 2, 3]
    assert [(kept.content, times) for kept, times in store.unreadables()] == [(b"<html>", 3), (b"another", 1)]
    assert store.unreadables()[0][0].received_at == now


def test_sweeping_drops_only_what_is_both_read_and_old(store: SqlStore, now: datetime):
    old, new = now - timedelta(days=8), now
    read_old, unread_old, read_new = (store.keep(body(at, b"x")).result() for at in (old, old, new))
    store.commit(Change(consumed=(read_old, read_new)), now).result()

    dropped = store.sweep(now, now - timedelta(days=7)).result()

    assert dropped == 1
    assert [waiting.id for waiting in store.waiting(10)] == [unread_old]
    assert store.sweep(now, now + timedelta(days=1)).result() == 1


def test_the_number_of_a_dropped_body_is_not_given_again(store: SqlStore, now: datetime):
    number = store.keep(body(now)).result()
    store.commit(Change(consumed=(number,)), now).result()
    store.sweep(now, now + timedelta(days=1)).result()

    assert store.keep(body(now)).result() > number


def test_a_nul_in_outside_text_does_not_stop_the_house(store: SqlStore, now: datetime):
    """PostgreSQL refuses NUL in text; both databases keep it as U+FFFD."""
    store.keep(body(now, source="a\x00b")).result()

    assert store.waiting(1)[0].source == "a\N{REPLACEMENT CHARACTER}b"


def test_replicas_keep_side_by_side(replicas: list[SqlStore], now: datetime):
    futures = [replicas[place % 3].keep(body(now, b"%d" % place)) for place in range(600)]

    numbers = {future.result() for future in futures}

    assert len(numbers) == 600
    assert {waiting.content for waiting in replicas[0].waiting(1000)} == {b"%d" % place for place in range(600)}


def test_bodies_are_there_after_closing(where: str, opened: Callable[[str], SqlStore], now: datetime):
    store = opened(where)
    future = store.keep(body(now, b"last"))
    store.close()

    assert future.done()
    assert [waiting.content for waiting in opened(where).waiting(10)] == [b"last"]


def test_a_long_sweep_is_done_in_pieces_and_counted_as_one(store: SqlStore, now: datetime, monkeypatch):
    monkeypatch.setattr(inbox, "SWEPT_AT_ONCE", 10)
    numbers = [future.result() for future in [store.keep(body(now)) for _ in range(25)]]
    store.commit(Change(consumed=tuple(numbers)), now).result()

    sweeping = store.sweep(now, now + timedelta(days=1))
    kept = store.keep(body(now, b"in between")).result()

    assert sweeping.result(10) == 25
    assert [waiting.id for waiting in store.waiting(10)] == [kept]


def test_a_sweep_that_cannot_be_done_says_so(store: SqlStore, now: datetime):
    store.close()

    with pytest.raises(Unavailable):
        store.sweep(now, now).result(1)
