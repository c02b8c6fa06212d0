"""One decision is one transaction: events, projections, due rows, what it consumed."""

from datetime import datetime, timedelta

import pytest

from tests.store.makers import STREAM, blob, body, dues, episode, noted, notes, summary
from tocsin.edge.store.contract import AlertRow, Change, Due, Find, Lost
from tocsin.edge.store.sql_store import SqlStore

FOR = timedelta(seconds=15)


def alert(fingerprint: str, at: datetime, **fields: object) -> AlertRow:
    given = {"episode": episode(fingerprint, at), "name": "Down", "status": "firing", "incident": 1, "last_seen": at}
    return AlertRow(**given | fields)


def whole(now: datetime, number: int) -> Change:
    return Change(
        appends=(notes(now, "one"),),
        alerts=(alert("f1", now),),
        summaries=(summary(1, now),),
        dues=((STREAM, (Due(key="wake", at=now), Due(key="page", at=now))),),
        consumed=(number,),
        blobs=(blob(b"snapshot", now),),
    )


def test_a_decision_is_written_as_a_whole(store: SqlStore, now: datetime):
    number = store.keep(body(now)).result()

    store.commit(whole(now, number), now).result()

    assert len(store.load(STREAM)) == 1
    assert store.alerts([episode("f1", now)]) == [alert("f1", now)]
    assert store.summary(1) == summary(1, now)
    assert store.due(now, 1) == [STREAM]
    assert store.next_due(intents=True) == now
    assert store.backlog() == 0
    assert store.blob(blob(b"snapshot", now).digest) == b"snapshot"


def test_a_decision_that_lost_changes_nothing(store: SqlStore, now: datetime):
    number = store.keep(body(now)).result()
    store.commit(noted(now, "before"), now).result()

    with pytest.raises(Lost):
        store.commit(whole(now, number), now).result()

    assert len(store.load(STREAM)) == 1
    assert store.alerts([episode("f1", now)]) == []
    assert store.summary(1) is None
    assert store.due(now, 1) == []
    assert store.backlog() == 1
    assert store.blob(blob(b"snapshot", now).digest) is None


def test_due_rows_are_replaced_for_their_stream_alone(store: SqlStore, now: datetime):
    store.commit(dues(STREAM, wake=now, page=now), now).result()
    store.commit(dues("incident/2", wake=now), now).result()

    store.commit(dues(STREAM, other=now + FOR), now).result()

    assert store.due(now, 10) == ["incident/2"]
    assert store.claim("alpha", now, 10, FOR) == []
    assert [claim.key for claim in store.claim("alpha", now + FOR, 10, FOR)] == ["other"]


def test_a_due_row_that_stays_keeps_its_claim(store: SqlStore, now: datetime):
    store.commit(dues(STREAM, page=now), now).result()
    (claim,) = store.claim("alpha", now, 10, FOR)

    store.commit(dues(STREAM, page=now - FOR, snapshot=now), now).result()

    assert [other.key for other in store.claim("beta", now, 10, FOR)] == ["snapshot"]
    assert store.renew(claim, now, FOR).attempts == 1


def test_a_clock_is_set_anew(store: SqlStore, now: datetime):
    store.commit(dues(STREAM, wake=now), now).result()

    store.commit(dues(STREAM, wake=now + FOR), now).result()

    assert store.due(now, 1) == []
    assert store.next_due(intents=False) == now + FOR


def test_an_alert_moves_with_its_episode(store: SqlStore, now: datetime):
    store.commit(Change(alerts=(alert("f1", now), alert("f2", now))), now).result()

    store.commit(Change(alerts=(alert("f1", now, status="cleared", incident=2),)), now).result()

    asked = [episode("f2", now), episode("f1", now), episode("unknown", now), episode("f1", now + FOR)]
    assert store.alerts(asked) == [alert("f1", now, status="cleared", incident=2), alert("f2", now)]


def test_an_alert_seen_again_only_moves_its_last_seen(store: SqlStore, now: datetime):
    store.commit(Change(alerts=(alert("f1", now), alert("f2", now))), now).result()
    later = now + timedelta(hours=1)

    store.commit(Change(seen=(episode("f1", now), episode("unknown", now))), later).result()

    asked = [episode("f1", now), episode("f2", now), episode("unknown", now)]
    assert store.alerts(asked) == [alert("f1", now, last_seen=later), alert("f2", now)]


def test_many_alerts_are_asked_for_at_once(store: SqlStore, now: datetime):
    rows = tuple(alert(f"f{place:04}", now) for place in range(950))
    store.commit(Change(alerts=rows), now).result()

    assert store.alerts([row.episode for row in rows]) == list(rows)


def test_the_first_instant_of_all_is_an_instant(store: SqlStore, now: datetime):
    """Alertmanager writes year 1 for "not yet"."""
    first = datetime(1, 1, 1, tzinfo=now.tzinfo)
    store.commit(Change(alerts=(alert("f1", first),)), now).result()

    assert store.alerts([episode("f1", first)])[0].episode.starts_at == first


def test_an_instant_without_a_zone_is_refused(store: SqlStore, now: datetime):
    with pytest.raises(Exception, match="without a time zone"):
        store.commit(noted(now, "x"), now.replace(tzinfo=None)).result()


def test_a_summary_is_replaced(store: SqlStore, now: datetime):
    store.commit(Change(summaries=(summary(1, now), summary(2, now))), now).result()
    taken = summary(
        1, now, status="acknowledged", acknowledged_at=now, seq=4, title="Nœud perdu", body='{"é":1}'.encode()
    )

    store.commit(Change(summaries=(taken,)), now).result()

    assert store.find(Find()) == [summary(2, now), taken]
    assert store.last_incident() == 2


def test_a_projection_can_be_rebuilt_without_a_new_line(store: SqlStore, now: datetime):
    store.commit(noted(now, "one"), now).result()

    written = store.commit(Change(summaries=(summary(1, now),), alerts=(alert("f1", now),)), now).result()

    assert written == []
    assert len(store.load(STREAM)) == 1


def test_a_blob_is_kept_once_and_as_long_as_the_longest_wish(store: SqlStore, now: datetime):
    clock = store.now()
    soon, late = clock + timedelta(hours=1), clock + timedelta(hours=2)
    store.put_blob(blob(b"text", clock, late)).result()
    store.put_blob(blob(b"text", clock, soon)).result()
    digest = blob(b"text", clock).digest

    assert store.sweep(soon, soon).result() == 0
    assert store.blob(digest) == b"text"
    store.put_blob(blob(b"text", clock, None)).result()
    assert store.sweep(late, late).result() == 0
    store.put_blob(blob(b"text", clock, soon)).result()
    assert store.sweep(late, late).result() == 0


def test_an_expired_blob_is_gone_even_before_the_sweep(store: SqlStore):
    clock = store.now()
    store.put_blob(blob(b"text", clock, clock - timedelta(seconds=5))).result()

    assert store.blob(blob(b"text", clock).digest) is None
    assert store.sweep(clock, clock).result() == 1


def test_a_blob_under_a_wrong_name_is_refused(store: SqlStore, now: datetime):
    wrong = blob(b"text", now)
    wrong = type(wrong)(digest="0" * 64, content=wrong.content, created_at=now)

    with pytest.raises(ValueError, match="SHA-256"):
        store.put_blob(wrong)
    with pytest.raises(ValueError, match="SHA-256"):
        store.commit(Change(blobs=(wrong,)), now)


def test_the_newest_episode_of_each_alert_is_found_by_who_it_is(store, now):
    first, later = now, now + timedelta(minutes=1)
    rows = (alert("f1", first), alert("f1", later, incident=2), alert("f2", first))
    store.commit(Change(alerts=rows), now).result()
    keys = [("alertmanager", "f1"), ("alertmanager", "f2"), ("alertmanager", "unknown"), ("other", "f1")]
    found = [(row.episode.fingerprint, row.episode.starts_at, row.incident) for row in store.last_episodes(keys)]
    assert found == [("f1", later, 2), ("f2", first, 1)]
    assert store.last_episodes([]) == []
