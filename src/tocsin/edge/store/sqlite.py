"""
The embedded database: one file in the data folder, one process.

WAL and synchronous=FULL: what was answered survives a power cut. A lock file makes a second process refuse at once;
whoever holds it may void the claims and leases of the process before, which can only be dead.
The surprise: body ids are given here and not by the database, so that a batch is one executemany.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    NullPool,
    PoolProxiedConnection,
    Select,
    StaticPool,
    Table,
    create_engine,
    event,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from tocsin.edge.store import schema
from tocsin.edge.store.columns import instant_text, words
from tocsin.edge.store.contract import NewBody
from tocsin.edge.store.database import Hear
from tocsin.edge.store.revision import bring_up_to_date, stored_revision

FILE = "tocsin.sqlite3"
LOCK = "lock"
BUSY_FOR = timedelta(seconds=5)

_INSERT_BODY = (
    "INSERT INTO body (id, source, kind, world_id, received_at, digest, alerts, content)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class AlreadyOpen(Exception):
    """Another process has this data folder open."""


class SqliteDatabase:
    """The file FILE in `folder`, opened for this process alone; see the module."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = take_lock(folder)
        try:
            path = folder / FILE
            revision_of(path)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
            self.writers = writing(path)
            self.readers = _engine(path, "BEGIN", pool_size=4, max_overflow=12, pool_timeout=10)
            with self.writers.begin() as connection:
                bring_up_to_date(connection)
                _void_claims(connection)
        except BaseException:
            os.close(self._lock)
            raise

    def insert(self, table: Table) -> Any:
        """See the contract."""
        return insert(table)

    def among(self, column: ColumnElement[int], chosen: Select[tuple[int]]) -> ColumnElement[bool]:
        """There is nobody to lock out."""
        return column.in_(chosen)

    def insert_bodies(self, connection: Connection, bodies: Sequence[NewBody]) -> list[int]:
        """Through the driver itself: this is the one hot statement."""
        driver: sqlite3.Connection = _driver(connection.connection)
        (last,) = driver.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'body'), 0)").fetchone()
        ids = list(range(last + 1, last + 1 + len(bodies)))
        driver.executemany(_INSERT_BODY, zip(ids, *zip(*map(_columns, bodies), strict=True), strict=True))
        return ids

    def order(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has done it."""

    def announce(self, connection: Connection, topics: frozenset[str]) -> None:
        """There is nobody else."""

    def listen(self, hear: Hear) -> None:
        """Nobody else writes."""

    def now(self) -> datetime:
        """The machine's clock."""
        return datetime.now(UTC)

    def close(self) -> None:
        """The last connection out folds the WAL back into the file."""
        self.readers.dispose()
        self.writers.dispose()
        os.close(self._lock)


def take_lock(folder: Path) -> int:
    """Lock the data folder for this process; gives the descriptor to close. Raises `AlreadyOpen`, never waits."""
    # Opened anew each time: flock belongs to the open file, so a second opener in this process is refused too.
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
        os.close(lock)
        raise AlreadyOpen(f"{folder} is open in process {holder or '?'}") from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def revision_of(path: Path) -> str:
    """
    The revision of a file, "" when it has none; raises `NewerDatabase`.

    Looks without a write: even the change to WAL would touch a file that is not ours to touch.
    """
    if not path.exists() or path.stat().st_size == 0:
        return ""
    engine = create_engine("sqlite://", creator=lambda: read_only(path), poolclass=NullPool)
    with engine.connect() as connection:
        return stored_revision(connection)


def read_only(path: Path) -> sqlite3.Connection:
    """A connection of the driver that cannot write."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_FOR.total_seconds())


def writing(path: Path) -> Engine:
    """An engine of one connection, for the only thread that writes to the file."""
    return _engine(path, "BEGIN IMMEDIATE", poolclass=StaticPool)


def _engine(path: Path, begin: str, **pool: Any) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "timeout": BUSY_FOR.total_seconds()},
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _prepare(driver: sqlite3.Connection, _record: object) -> None:
        # The driver would begin a transaction when it thinks fit; DDL and reads would be outside of ours.
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "journal_size_limit=67108864"):
            driver.execute(f"PRAGMA {pragma}")
        if begin == "BEGIN":
            driver.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _void_claims(connection: Connection) -> None:
    connection.execute(update(schema.due).values(claimed_by=None, claimed_until=None))
    connection.execute(update(schema.lease).values(holder=""))


def _driver(pooled: PoolProxiedConnection) -> Any:
    return pooled.driver_connection


def _columns(body: NewBody) -> tuple[Any, ...]:
    return (
        words(body.source),
        words(body.kind),
        words(body.world_id),
        instant_text(body.received_at),
        body.digest,
        body.alerts,
        body.content,
    )
