"""
The store on either database: the contract's verbs, each a read on a connection of its own or an item for the writer.

`claim`, `renew` and `lease` wait for their commit; everything else that writes gives a `Future`. `open_store` is the
way in. The surprise: what is heard through `listen` is a hint and may be missed or come twice; poll as well.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, delete, insert, make_url, text

from tocsin.edge.store import changes, claims, inbox, lists, schema, timelines
from tocsin.edge.store.accounts import Accounts
from tocsin.edge.store.contract import (
    AlertRow,
    Blob,
    Body,
    Change,
    Claim,
    Find,
    Lease,
    NewBody,
    Spooled,
    Summary,
    Unavailable,
    Unreadable,
)
from tocsin.edge.store.database import BODY, ENTRY, Database, Hear
from tocsin.edge.store.sqlite import SqliteDatabase
from tocsin.edge.store.trouble import reading, unavailable
from tocsin.edge.store.writer import Around, Item, Writer
from tocsin.incident.alert import Episode
from tocsin.incident.beat import Heard
from tocsin.incident.events import Entry, Event

PATIENCE = 30.0
"""Seconds that a verb waits for its commit."""
PROBE_PATIENCE = 2.0
PROBE = "probe"
PROBE_BYTES = 64 << 10

T = TypeVar("T")

log = structlog.get_logger()


def open_store(where: str | Path) -> SqlStore:
    """
    Open the store at a data folder, or at a postgresql:// URL, and bring its schema up to date.

    Raises `AlreadyOpen` (another process has the folder), `NewerDatabase` (nothing touched), `Unavailable` (the server
    does not answer, the file is damaged), or OSError.
    """
    try:
        if str(where).startswith(("postgresql://", "postgres://")):
            # By name, because its driver takes 9 MB that a house on SQLite never needs.
            postgres = pkgutil.resolve_name("tocsin.edge.store.postgres:PostgresDatabase")
            return SqlStore(postgres(make_url(str(where))))
        return SqlStore(SqliteDatabase(Path(where)))
    except Exception as error:
        why = unavailable(error)
        if why:
            raise Unavailable(why) from error
        raise


class SqlStore:
    """The contract's `Store`, and `accounts` beside it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hears: list[Hear] = []
        self._listening = False
        self._closed = False
        self._writer = Writer(
            database.writers, Around(before=database.order, announce=database.announce, after=self._tell)
        )
        self.accounts = Accounts(self._read, self._wait_for)

    # keep

    def keep(self, body: NewBody) -> Future[int]:
        """See the contract. Neighbours in the queue are written as one statement."""
        item = Item(self._database.insert_bodies, body, size=len(body.content), topic=BODY, orders=False)
        return self._writer.submit(item)

    def take_spooled(self, spool_id: str, spooled: Sequence[Spooled]) -> Future[int]:
        """See the contract."""
        size = sum(len(one.body.content) for one in spooled)
        work = partial(inbox.take_spooled, self._database, spool_id=spool_id, spooled=spooled)
        return self._writer.do(work, size=size, topic=BODY)

    def keep_unreadable(self, body: Unreadable) -> Future[int]:
        """See the contract."""
        return self._writer.do(lambda connection: inbox.keep_unreadable(self._database, connection, body), topic=BODY)

    def waiting(self, limit: int) -> list[Body]:
        """See the contract; may give fewer than `limit` when they are large."""
        return self._read(partial(inbox.waiting, limit=limit))

    def backlog(self) -> int:
        """See the contract."""
        return self._read(inbox.backlog)

    def unreadables(self, limit: int = 50) -> list[tuple[Unreadable, int]]:
        """The latest unreadable bodies, each with how many times it has come."""
        return self._read(partial(inbox.unreadables, limit=limit))

    # commit

    def commit(self, change: Change, now: datetime) -> Future[list[Entry]]:
        """See the contract; ValueError at once when a blob's digest is not its content's."""
        for blob in change.blobs:
            check_digest(blob)
        size = sum(len(blob.content) for blob in change.blobs)
        work = partial(changes.commit, self._database, change=change, now=now)
        return self._writer.do(work, size=size, topic=ENTRY)

    def erase(self, stream: str, seq: int, redacted: Event, now: datetime) -> Future[None]:
        """Put a redacted event in the place of an entry's body; digest and chain stay. The future raises `Lost`."""
        return self._writer.do(lambda connection: timelines.erase(connection, stream, seq, redacted, now), topic=ENTRY)

    # load

    def load(self, stream: str, after: int = 0) -> list[Entry]:
        """See the contract."""
        return self._read(partial(timelines.load, stream=stream, after=after))

    def heads(self) -> list[tuple[str, int, str]]:
        """See the contract."""
        return self._read(timelines.heads)

    def tail(self, after: int, limit: int = 200) -> list[tuple[int, Entry]]:
        """See the contract."""
        return self._read(partial(timelines.tail, after=after, limit=limit))

    def position(self) -> int:
        """See the contract."""
        return self._read(timelines.position)

    def last_seq(self, stream: str) -> int:
        """See the contract."""
        return self._read(partial(timelines.head, stream=stream))[0]

    def lines(self, stream: str) -> Iterator[timelines.Line]:
        """The stream as it is kept, for exports."""
        with self._reader() as connection:
            yield from timelines.lines(connection, stream)

    # due, claim

    def next_due(self, *, intents: bool) -> datetime | None:
        """See the contract."""
        return self._read(partial(claims.next_due, intents=intents))

    def due(self, now: datetime, limit: int) -> list[str]:
        """See the contract."""
        return self._read(partial(claims.due, now=now, limit=limit))

    def claim(self, holder: str, now: datetime, limit: int, lease_for: timedelta) -> list[Claim]:
        """See the contract; raises `Unavailable`."""
        return self._wait_for(
            partial(claims.claim, self._database, holder=holder, now=now, limit=limit, lease_for=lease_for)
        )

    def renew(self, claim: Claim, now: datetime, lease_for: timedelta) -> Claim:
        """See the contract."""
        return self._wait_for(lambda connection: claims.renew(connection, claim, now, lease_for))

    def lease(self, name: str, holder: str, now: datetime, lease_for: timedelta) -> Lease | None:
        """See the contract."""
        return self._wait_for(
            partial(claims.lease, self._database, name=name, holder=holder, now=now, lease_for=lease_for)
        )

    # find

    def find(self, query: Find) -> list[Summary]:
        """See the contract; titles are searched without case and accents, each word for itself."""
        return self._read(partial(lists.find, query=query))

    def summary(self, number: int) -> Summary | None:
        """See the contract."""
        return self._read(partial(lists.summary, number=number))

    def last_incident(self) -> int:
        """See the contract."""
        return self._read(lists.last_incident)

    def alerts(self, episodes: Sequence[Episode]) -> list[AlertRow]:
        """See the contract."""
        return self._read(partial(lists.alerts, episodes=episodes))

    def last_episodes(self, keys: Sequence[tuple[str, str]]) -> list[AlertRow]:
        """See the contract."""
        return self._read(partial(lists.last_episodes, keys=keys))

    def beats(self) -> list[Heard]:
        """See the contract."""
        return self._read(lists.beats)

    # blob

    def put_blob(self, blob: Blob) -> Future[None]:
        """See the contract; ValueError at once when the digest is not the content's."""
        check_digest(blob)
        work: Callable[[Connection], None] = partial(_put_blob, self._database, blob)
        return self._writer.do(work, size=len(blob.content))

    def blob(self, digest: str) -> bytes | None:
        """See the contract."""
        return self._read(partial(lists.blob, digest=digest, now=self.now()))

    def sweep(self, now: datetime, bodies_before: datetime) -> Future[int]:
        """See the contract. Done in small pieces, so that the intake does not wait for it."""
        whole: Future[int] = Future()
        self._sweep_on(whole, partial(inbox.sweep, now=now, bodies_before=bodies_before), 0)
        return whole

    # the rest

    def listen(self, hear: Hear) -> None:
        """See the contract."""
        self._hears.append(hear)
        if not self._listening:
            self._listening = True
            self._database.listen(lambda topic: self._tell(frozenset({topic})))

    def now(self) -> datetime:
        """See the contract."""
        return self._database.now()

    def healthy(self) -> str:
        """See the contract. After a failed write it tries one of PROBE_BYTES, so that recovery shows by itself."""
        try:
            self._read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())
            if self._writer.trouble():
                self._wait_for(_probe, PROBE_PATIENCE)
        except Unavailable as trouble:
            return str(trouble) or "the database cannot take it"
        return self._writer.trouble()

    def close(self) -> None:
        """See the contract."""
        if not self._closed:
            self._closed = True
            self._writer.close()
            self._database.close()

    def _sweep_on(self, whole: Future[int], piece: Callable[[Connection], int], swept: int) -> None:
        def go_on(done: Future[int]) -> None:
            error = done.exception()
            if error is not None:
                whole.set_exception(error)
            elif done.result() == 0:
                whole.set_result(swept)
            else:
                self._sweep_on(whole, piece, swept + done.result())

        self._writer.do(piece).add_done_callback(go_on)

    def _read(self, question: Callable[[Connection], T]) -> T:
        with self._reader() as connection:
            return question(connection)

    def _reader(self) -> AbstractContextManager[Connection]:
        if self._closed:
            # A connection made now would be to a folder whose lock may be another's.
            raise Unavailable("the store is closed")
        return reading(self._database.readers)

    def _wait_for(self, work: Callable[[Connection], T], patience: float = PATIENCE) -> T:
        future = self._writer.do(work)
        try:
            return future.result(patience)
        except TimeoutError:
            future.cancel()
            raise Unavailable(f"not written within {patience:g} s") from None

    def _tell(self, topics: frozenset[str]) -> None:
        for hear in self._hears:
            for topic in sorted(topics):
                try:
                    hear(topic)
                except Exception:
                    log.exception("a listener failed", topic=topic)


def check_digest(blob: Blob) -> None:
    """Raise ValueError when a blob's name is not the SHA-256 of its content."""
    if hashlib.sha256(blob.content).hexdigest() != blob.digest:
        raise ValueError("a blob's digest is the SHA-256 of its content")


def _put_blob(database: Database, blob: Blob, connection: Connection) -> None:
    changes.put_blobs(database, connection, (blob,))


def _probe(connection: Connection) -> Any:
    connection.execute(delete(schema.house).where(schema.house.c.key == PROBE))
    connection.execute(insert(schema.house).values(key=PROBE, content=bytes(PROBE_BYTES)))
    connection.execute(delete(schema.house).where(schema.house.c.key == PROBE))
