"""Intents are claimed by one performer at a time; roles are held by one replica at a time; late writes are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.store.makers import STREAM, dues, noted
from tocsin.edge.store.contract import Change, Claim, Due, Lost
from tocsin.edge.store.sql_store import SqlStore

FOR = timedelta(seconds=15)


def with_claim(change: Change, claim: Claim) -> Change:
    return Change(appends=change.appends, dues=change.dues, claim=claim)


@pytest.fixture
def paged(store: SqlStore, now: datetime) -> SqlStore:
    """A stream with one open intent and its clock."""
    store.commit(dues(STREAM, wake=now, page=now), now).result()
    return store


def test_an_intent_is_claimed_once(paged: SqlStore, now: datetime):
    (claim,) = paged.claim("alpha", now, 10, FOR)

    assert claim == Claim(stream=STREAM, key="page", holder="alpha", attempts=1, until=now + FOR)
    assert paged.claim("beta", now, 10, FOR) == []


def test_an_intent_of_the_future_is_not_claimed(store: SqlStore, now: datetime):
    store.commit(dues(STREAM, page=now + FOR), now).result()

    assert store.claim("alpha", now, 10, FOR) == []
    assert len(store.claim("alpha", now + FOR, 10, FOR)) == 1


def test_the_longest_due_is_claimed_first_and_no_more_than_asked(store: SqlStore, now: datetime):
    for place, late in enumerate((1, 3, 2)):
        store.commit(dues(f"incident/{place}", page=now - timedelta(minutes=late)), now).result()

    claimed = [claim.stream for claim in store.claim("alpha", now, 2, FOR)]

    assert claimed == ["incident/1", "incident/2"]


def test_a_clock_is_no_intent(paged: SqlStore, now: datetime):
    paged.commit(Change(dues=((STREAM, (Due(key="wake", at=now),)),)), now).result()

    assert paged.claim("alpha", now, 10, FOR) == []
    assert paged.due(now, 10) == [STREAM]


def test_the_claim_of_a_dead_performer_runs_out(paged: SqlStore, now: datetime):
    paged.claim("alpha", now, 10, FOR)

    assert paged.claim("beta", now + FOR - timedelta(microseconds=1), 10, FOR) == []
    (claim,) = paged.claim("beta", now + FOR, 10, FOR)

    assert (claim.holder, claim.attempts) == ("beta", 2)


def test_a_renewed_claim_is_held_longer(paged: SqlStore, now: datetime):
    (claim,) = paged.claim("alpha", now, 10, FOR)

    renewed = paged.renew(claim, now + FOR / 3, FOR)

    assert renewed.until == now + FOR / 3 + FOR
    assert paged.claim("beta", now + FOR, 10, FOR) == []


def test_a_claim_that_was_taken_over_cannot_be_renewed(paged: SqlStore, now: datetime):
    (claim,) = paged.claim("alpha", now, 10, FOR)
    paged.claim("beta", now + FOR, 10, FOR)

    with pytest.raises(Lost):
        paged.renew(claim, now + FOR, FOR)


def test_the_late_outcome_of_an_overtaken_performer_is_refused(paged: SqlStore, now: datetime):
    """Stopped in the middle, overtaken, woken up: its line must not stand beside the other's."""
    (late,) = paged.claim("alpha", now, 10, FOR)
    (current,) = paged.claim("beta", now + FOR, 10, FOR)

    with pytest.raises(Lost):
        paged.commit(with_claim(noted(now, "sent by alpha"), late), now).result()
    paged.commit(with_claim(noted(now, "sent by beta"), current), now).result()

    assert [entry.event.text for entry in paged.load(STREAM)] == ["sent by beta"]


def test_a_performer_that_claims_again_cannot_use_its_old_claim(paged: SqlStore, now: datetime):
    (old,) = paged.claim("alpha", now, 10, FOR)
    paged.claim("alpha", now + FOR, 10, FOR)

    with pytest.raises(Lost):
        paged.commit(with_claim(noted(now, "twice"), old), now).result()


def test_an_outcome_ends_its_intent(paged: SqlStore, now: datetime):
    (claim,) = paged.claim("alpha", now, 10, FOR)

    paged.commit(with_claim(Change(appends=noted(now, "sent").appends, dues=((STREAM, ()),)), claim), now).result()

    assert paged.claim("beta", now + 2 * FOR, 10, FOR) == []
    with pytest.raises(Lost):
        paged.commit(with_claim(noted(now, "again", after=1), claim), now).result()


def test_performers_on_all_replicas_claim_each_intent_once(replicas: list[SqlStore], now: datetime):
    for place in range(60):
        keys = {f"page{number}": now for number in range(5)}
        replicas[0].commit(dues(f"incident/{place}", **keys), now).result()

    def perform(who: int) -> list[tuple[str, str]]:
        mine: list[tuple[str, str]] = []
        while claims := replicas[who % 3].claim(f"performer {who}", now, 7, FOR):
            mine += [(claim.stream, claim.key) for claim in claims]
        return mine

    with ThreadPoolExecutor(6) as threads:
        claimed = [key for mine in threads.map(perform, range(6)) for key in mine]

    assert len(claimed) == 300
    assert len(set(claimed)) == 300


def test_the_next_due_is_the_earliest_that_somebody_could_take(store: SqlStore, now: datetime):
    assert store.next_due(intents=True) is None
    later = now + timedelta(minutes=1)
    store.commit(dues(STREAM, wake=later, page=now), now).result()
    store.commit(dues("incident/2", page=later), now).result()

    assert store.next_due(intents=False) == later
    assert store.next_due(intents=True) == now

    store.claim("alpha", now, 1, FOR)
    assert store.next_due(intents=True) == now + FOR, "if alpha is dead by then"
    store.claim("alpha", now + FOR, 1, timedelta(minutes=5))
    assert store.next_due(intents=True) == later


def test_clocks_come_in_the_order_they_are_due(store: SqlStore, now: datetime):
    for place, late in enumerate((1, 3, 2, -1)):
        store.commit(dues(f"incident/{place}", wake=now - timedelta(minutes=late)), now).result()

    assert store.due(now, 10) == ["incident/1", "incident/2", "incident/0"]
    assert store.due(now, 1) == ["incident/1"]


def test_a_role_is_held_by_one(store: SqlStore, now: datetime):
    lease = store.lease("reader", "alpha", now, FOR)

    assert lease is not None
    assert (lease.holder, lease.fence, lease.until) == ("alpha", 1, now + FOR)
    assert store.lease("reader", "beta", now, FOR) is None
    assert store.lease("sweeper", "beta", now, FOR) is not None


def test_renewing_a_role_keeps_its_fence(store: SqlStore, now: datetime):
    store.lease("reader", "alpha", now, FOR)

    renewed = store.lease("reader", "alpha", now + FOR / 3, FOR)

    assert renewed is not None
    assert (renewed.fence, renewed.until) == (1, now + FOR / 3 + FOR)


def test_a_role_passes_on_when_its_time_is_over(store: SqlStore, now: datetime):
    store.lease("reader", "alpha", now, FOR)

    taken = store.lease("reader", "beta", now + FOR, FOR)

    assert taken is not None
    assert (taken.holder, taken.fence) == ("beta", 2)
    assert store.lease("reader", "alpha", now + FOR, FOR) is None


def test_a_role_that_was_let_go_passes_on_at_once(store: SqlStore, now: datetime):
    store.lease("reader", "alpha", now, FOR)
    store.lease("reader", "alpha", now, timedelta(0))

    taken = store.lease("reader", "beta", now, FOR)

    assert taken is not None
    assert taken.fence == 2


def test_the_reader_that_was_overtaken_writes_nothing_more(store: SqlStore, now: datetime):
    old = store.lease("reader", "alpha", now, FOR)
    new = store.lease("reader", "beta", now + FOR, FOR)

    with pytest.raises(Lost):
        store.commit(Change(appends=noted(now, "old").appends, lease=old), now + FOR).result()
    store.commit(Change(appends=noted(now, "new").appends, lease=new), now + FOR).result()

    assert [entry.event.text for entry in store.load(STREAM)] == ["new"]


def test_a_lease_that_ran_out_guards_nothing_even_when_nobody_took_it(store: SqlStore, now: datetime):
    lease = store.lease("reader", "alpha", now, FOR)

    with pytest.raises(Lost):
        store.commit(Change(appends=noted(now, "late").appends, lease=lease), now + FOR).result()


def test_of_all_replicas_that_want_a_role_one_gets_it(replicas: list[SqlStore], now: datetime):
    with ThreadPoolExecutor(6) as threads:
        leases = list(threads.map(lambda who: replicas[who % 3].lease("reader", f"{who}", now, FOR), range(6)))

    assert len([lease for lease in leases if lease is not None]) == 1
