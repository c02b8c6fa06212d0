"""The last heartbeat of each sender: one row each, replaced, written with what consumed its body."""

from datetime import timedelta

from tocsin.edge.store.contract import Change
from tocsin.incident.beat import Beat, Heard


def test_each_senders_last_beat_is_one_row(store, now):
    first = Heard(beat=Beat(source="prod", name="Watchdog", since=now), received_at=now)
    other = Heard(beat=Beat(source="prod", name='100% "été" 🔥', sequence=3), received_at=now, world_id="practice/1")
    assert store.beats() == []
    store.commit(Change(beats=(first, other)), now).result()
    later = Heard(beat=first.beat, received_at=now + timedelta(minutes=1))
    store.commit(Change(beats=(later,)), now).result()
    assert sorted(store.beats(), key=lambda heard: heard.key) == sorted([other, later], key=lambda heard: heard.key)


def test_the_houses_other_rows_are_no_beats(store, now):
    store.accounts.secret("server")
    assert store.beats() == []
