"""Accounts, tokens, one-time links and the house's secrets."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from tocsin.edge.store.accounts import CAPABILITIES, Taken
from tocsin.edge.store.sql_store import SqlStore

LATER = timedelta(hours=1)


def everything_kept(store: SqlStore) -> str:
    """All that stands in the tables of this room, as one text."""

    def read(connection):
        tables = ("account", "api_token", "source_token", "login_link")
        return "\n".join(str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}")))

    return store._read(read)


def test_an_account_is_found_by_its_name_in_any_case(store: SqlStore, now: datetime):
    made = store.accounts.add("Alice", now, display="Alice Martin", email="alice@example.org", password="$argon2id$…")

    assert (made.name, made.role, made.language, made.disabled, made.created_at) == (
        "alice",
        "responder",
        "fr",
        False,
        now,
    )
    assert store.accounts.account("ALICE") == store.accounts.account_by_id(made.id) == made
    assert store.accounts.account("bob") is None


def test_a_name_is_given_once(store: SqlStore, now: datetime):
    store.accounts.add("alice", now)

    with pytest.raises(Taken, match="alice"):
        store.accounts.add("Alice", now)


def test_of_two_who_take_a_name_at_once_one_gets_it(replicas: list[SqlStore], now: datetime):
    def add(who: int) -> int:
        try:
            replicas[who % 3].accounts.add("alice", now)
        except Taken:
            return 0
        return 1

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(add, range(6))) == 1


def test_an_account_can_be_changed_but_not_renamed(store: SqlStore, now: datetime):
    made = store.accounts.add("alice", now)

    changed = store.accounts.change(made.id, role="admin", language="en", disabled=True)

    assert changed == store.accounts.account("alice")
    assert changed is not None
    assert (changed.role, changed.language, changed.disabled) == ("admin", "en", True)
    assert store.accounts.change(999, role="admin") is None
    with pytest.raises(TypeError, match="name"):
        store.accounts.change(made.id, name="eve")


def test_everybody_is_listed_by_name(store: SqlStore, now: datetime):
    for name in ("charlie", "alice", "bob"):
        store.accounts.add(name, now)

    assert [account.name for account in store.accounts.accounts()] == ["alice", "bob", "charlie"]


def test_only_an_administrator_administers():
    assert "administer" in CAPABILITIES["admin"]
    assert CAPABILITIES["admin"] > CAPABILITIES["responder"] == {"read", "respond"}


def test_an_api_token_acts_as_its_account(store: SqlStore, now: datetime):
    alice = store.accounts.add("alice", now)

    token, secret = store.accounts.new_api_token(alice.id, "laptop", now)

    assert store.accounts.api_token(secret) == (token, alice)
    assert store.accounts.api_token(secret + "x") is None
    assert store.accounts.api_tokens(alice.id) == [token]


def test_the_token_of_a_disabled_account_is_worth_nothing(store: SqlStore, now: datetime):
    alice = store.accounts.add("alice", now)
    _, secret = store.accounts.new_api_token(alice.id, "laptop", now)

    store.accounts.change(alice.id, disabled=True)

    assert store.accounts.api_token(secret) is None


def test_a_dropped_api_token_is_unknown(store: SqlStore, now: datetime):
    alice = store.accounts.add("alice", now)
    token, secret = store.accounts.new_api_token(alice.id, "laptop", now)
    other, other_secret = store.accounts.new_api_token(alice.id, "desk", now)

    store.accounts.drop_api_token(token.id)

    assert store.accounts.api_token(secret) is None
    assert store.accounts.api_token(other_secret) == (other, alice)


def test_the_use_of_tokens_is_noted(store: SqlStore, now: datetime):
    alice = store.accounts.add("alice", now)
    token, _ = store.accounts.new_api_token(alice.id, "laptop", now)
    store.accounts.new_api_token(alice.id, "desk", now)

    store.accounts.used([token.id, token.id], now + LATER)

    assert [token.last_used for token in store.accounts.api_tokens(alice.id)] == [now + LATER, None]


def test_a_source_changes_its_token_without_a_gap(store: SqlStore, now: datetime):
    old, old_secret = store.accounts.new_source_token("prometheus", "alertmanager", "real", now)
    new, new_secret = store.accounts.new_source_token("prometheus", "alertmanager", "real", now + LATER)

    assert (store.accounts.source_token(old_secret), store.accounts.source_token(new_secret)) == (old, new)
    store.accounts.revoke_source_token(old.id, now + LATER)

    assert store.accounts.source_token(old_secret) is None
    assert store.accounts.source_token(new_secret) == new
    assert [token.revoked_at for token in store.accounts.source_tokens()] == [now + LATER, None]


def test_the_first_revocation_stands(store: SqlStore, now: datetime):
    token, _ = store.accounts.new_source_token("prometheus", "alertmanager", "real", now)

    store.accounts.revoke_source_token(token.id, now)
    store.accounts.revoke_source_token(token.id, now + LATER)

    assert [token.revoked_at for token in store.accounts.source_tokens()] == [now]


def test_no_secret_is_kept_and_each_has_256_bits(store: SqlStore, now: datetime):
    alice = store.accounts.add("alice", now)
    secrets = [
        store.accounts.new_api_token(alice.id, "laptop", now)[1],
        store.accounts.new_source_token("prometheus", "alertmanager", "real", now)[1],
        store.accounts.new_link("login", alice.id, now, LATER),
    ]

    kept = everything_kept(store)

    for secret in secrets:
        random = secret.removeprefix("tocsin_api_").removeprefix("tocsin_src_")
        assert len(random) == 43
        assert random not in kept
        assert hashlib.sha256(secret.encode()).hexdigest() in kept


def test_a_link_works_once(store: SqlStore, now: datetime):
    alice = store.accounts.add("alice", now)
    secret = store.accounts.new_link("login", alice.id, now, LATER)

    used = store.accounts.consume(secret, "login", now + LATER / 2)

    assert used is not None
    assert (used.purpose, used.account_id, used.used_at) == ("login", alice.id, now + LATER / 2)
    assert store.accounts.consume(secret, "login", now + LATER / 2) is None
    assert store.accounts.link(secret) == used


def test_of_all_who_click_at_once_one_gets_in(replicas: list[SqlStore], now: datetime):
    secret = replicas[0].accounts.new_link("setup", None, now, LATER)

    with ThreadPoolExecutor(6) as threads:
        got = list(threads.map(lambda who: replicas[who % 3].accounts.consume(secret, "setup", now), range(6)))

    assert len([link for link in got if link is not None]) == 1


def test_a_link_is_good_for_its_purpose_and_its_time(store: SqlStore, now: datetime):
    secret = store.accounts.new_link("login", None, now, LATER)

    assert store.accounts.consume(secret, "setup", now) is None
    assert store.accounts.consume(secret, "login", now + LATER) is None
    assert store.accounts.consume("guess", "login", now) is None
    assert store.accounts.consume(secret, "login", now) is not None


def test_links_that_ran_out_long_ago_are_dropped(store: SqlStore, now: datetime):
    old = store.accounts.new_link("login", None, now, LATER)

    store.accounts.new_link("login", None, now + timedelta(days=3), LATER)

    assert store.accounts.link(old) is None


def test_the_secret_is_the_same_for_every_replica(replicas: list[SqlStore]):
    with ThreadPoolExecutor(6) as threads:
        secrets = set(threads.map(lambda who: replicas[who % 3].accounts.secret(), range(6)))

    assert len(secrets) == 1
    assert len(secrets.pop()) == 32
    assert replicas[0].accounts.secret("links") != replicas[0].accounts.secret()


def test_a_strange_text_is_no_token(store: SqlStore, now: datetime):
    for text_ in ("", "\x00", "é" * 1000, "\ud800"):
        assert store.accounts.api_token(text_) is None
        assert store.accounts.source_token(text_) is None
        assert store.accounts.consume(text_, "login", now) is None
