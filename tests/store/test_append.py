"""Timelines: only appended, behind the guard, chained, and followed in the order of their commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.store.makers import STREAM, note, noted, notes
from tocsin.edge.store.contract import Change, Lost
from tocsin.edge.store.sql_store import SqlStore
from tocsin.incident import wire
from tocsin.incident.events import NoteAdded


def texts(store: SqlStore, stream: str = STREAM, after: int = 0) -> list[str]:
    return [entry.event.text for entry in store.load(stream, after) if isinstance(entry.event, NoteAdded)]


def test_what_was_committed_is_what_is_loaded(store: SqlStore, now: datetime):
    written = store.commit(noted(now - timedelta(minutes=2), "one", "deux ’é\x00"), now).result()

    assert store.load(STREAM) == written
    assert [entry.seq for entry in written] == [1, 2]
    assert {entry.recorded_at for entry in written} == {now}
    assert texts(store) == ["one", "deux ’é\x00"]


def test_a_reader_that_knows_a_part_loads_the_rest(store: SqlStore, now: datetime):
    store.commit(noted(now, "one", "two", "three"), now).result()

    assert texts(store, after=2) == ["three"]
    assert store.load(STREAM, 3) == []
    assert store.load("incident/2") == []


def test_who_decided_on_an_old_timeline_has_lost(store: SqlStore, now: datetime):
    store.commit(noted(now, "one"), now).result()

    with pytest.raises(Lost, match="incident/1 is at 1, not at 0"):
        store.commit(noted(now, "another one"), now).result()

    store.commit(noted(now, "two", after=1), now).result()
    assert texts(store) == ["one", "two"]


def test_two_streams_are_written_together_or_not_at_all(store: SqlStore, now: datetime):
    store.commit(noted(now, "one"), now).result()
    both = Change(appends=(notes(now, "new", stream="incident/2"), notes(now, "late", after=0)))

    with pytest.raises(Lost):
        store.commit(both, now).result()

    assert store.load("incident/2") == []


def test_a_decision_may_append_twice_to_one_stream(store: SqlStore, now: datetime):
    store.commit(Change(appends=(notes(now, "one"), notes(now, "two", after=1))), now).result()

    assert texts(store) == ["one", "two"]


def test_of_eight_writers_exactly_one_wins_each_place(replicas: list[SqlStore], now: datetime):
    rounds = 12

    def write(who: int) -> int:
        won = 0
        for seq in range(rounds):
            try:
                replicas[who % 3].commit(noted(now, f"{who}", stream=f"incident/{seq}"), now).result()
                won += 1
            except Lost:
                pass
        return won

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(write, range(8)))

    assert sum(won) == rounds
    assert [len(replicas[0].load(f"incident/{seq}")) for seq in range(rounds)] == [1] * rounds


def test_writers_that_decide_again_all_get_their_line_in(replicas: list[SqlStore], now: datetime):
    def write(who: int) -> None:
        store = replicas[who % 3]
        for line in range(6):
            while True:
                after = len(store.load(STREAM))
                try:
                    store.commit(noted(now, f"{who}.{line}", after=after), now).result()
                    break
                except Lost:
                    continue

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))

    written = replicas[0].load(STREAM)
    assert [entry.seq for entry in written] == list(range(1, 49))
    assert set(texts(replicas[0])) == {f"{who}.{line}" for who in range(8) for line in range(6)}


def test_each_line_is_chained_to_the_line_before(store: SqlStore, now: datetime):
    store.commit(noted(now, "one"), now).result()
    store.commit(noted(now, "two", "three", after=1), now).result()

    chain = wire.GENESIS
    for entry in store.load(STREAM):
        assert entry.digest == wire.digest(wire.encode(entry.event))
        chain = wire.link(chain, STREAM, entry.seq, entry.digest)
        assert entry.chain == chain


def test_heads_tell_where_each_stream_stands(store: SqlStore, now: datetime):
    assert store.heads() == []
    store.commit(noted(now, "one", "two", stream="incident/2"), now).result()
    (entry,) = store.commit(noted(now, "one", stream="house/watch"), now).result()

    assert store.heads() == [("house/watch", 1, entry.chain), ("incident/2", 2, store.load("incident/2")[-1].chain)]


def test_a_follower_sees_all_streams_in_the_order_of_commit(store: SqlStore, now: datetime):
    store.commit(noted(now, "a", stream="incident/2"), now).result()
    store.commit(noted(now, "b", "c", stream="incident/1"), now).result()

    seen = store.tail(0)
    ((position, entry),) = store.tail(seen[1][0], limit=1)

    assert [entry.stream for _, entry in seen] == ["incident/2", "incident/1", "incident/1"]
    assert entry.event == note(now, "c")
    assert store.tail(position) == []


def test_a_follower_misses_no_entry_of_any_replica(replicas: list[SqlStore], now: datetime):
    """A position that appears after a later one was read would never be seen."""

    def write(who: int) -> None:
        for seq in range(40):
            replicas[who].commit(noted(now, "x", "y", stream=f"incident/{who}", after=2 * seq), now).result()

    followed: list[tuple[str, int]] = []
    position = 0
    with ThreadPoolExecutor(3) as threads:
        writing = [threads.submit(write, who) for who in range(3)]
        while not all(future.done() for future in writing) or replicas[0].tail(position):
            lines = replicas[0].tail(position, limit=7)
            followed += [(entry.stream, entry.seq) for _, entry in lines]
            position = lines[-1][0] if lines else position

    assert len(followed) == 240
    assert set(followed) == {(f"incident/{who}", seq) for who in range(3) for seq in range(1, 81)}


def test_an_erased_payload_leaves_its_digest_and_the_chain(store: SqlStore, now: datetime):
    before = store.commit(noted(now, "the password is hunter2", "next"), now).result()

    store.erase(STREAM, 1, note(now, ""), now).result()

    after = store.load(STREAM)
    assert after[0].event == note(now, "")
    assert [(entry.digest, entry.chain) for entry in after] == [(entry.digest, entry.chain) for entry in before]
    with pytest.raises(Lost):
        store.erase(STREAM, 9, note(now, ""), now).result()


def test_the_newest_position_and_the_last_seq_are_told(store: SqlStore, now: datetime):
    assert (store.position(), store.last_seq(STREAM)) == (0, 0)

    store.commit(noted(now, "one", "two"), now).result()

    assert store.position() == store.tail(0)[-1][0]
    assert store.last_seq(STREAM) == 2
