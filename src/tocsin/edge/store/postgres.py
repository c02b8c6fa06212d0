"""
PostgreSQL: several replicas on one database.

Every write but the plain keeping of bodies is done under one advisory lock, taken first and held until the commit:
no two replicas can deadlock, and the positions of entries follow their commits, so that a follower misses none.
A replica that is stopped while it holds the lock is cut off by the server after IDLE_FOR. The clock is the server's.
The surprise: LISTEN needs a connection of its own, and whoever hears must poll too: a reconnect may have missed some.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import Any

import psycopg
import structlog
from sqlalchemy import URL, ColumnElement, Connection, Engine, Select, Table, any_, create_engine, event, func, select
from sqlalchemy.dialects.postgresql import insert

from tocsin.edge.store.columns import as_utc, words
from tocsin.edge.store.contract import NewBody, Unavailable
from tocsin.edge.store.database import TOPICS, Hear
from tocsin.edge.store.revision import bring_up_to_date
from tocsin.edge.store.trouble import reading

CHANNEL = "tocsin"
ORDER_LOCK = 0x746F6373696E
IDLE_FOR = timedelta(seconds=5)
LOCK_FOR = timedelta(seconds=10)
STATEMENT_FOR = timedelta(seconds=60)
CLOCK_FOR = 10.0
RECONNECT_AFTER = 1.0

_NEVER_LESS_THAN_ON = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
_COLUMNS = "id, source, kind, world_id, received_at, digest, alerts, content"
_TYPES = ("int8", "text", "text", "text", "timestamptz", "text", "int4", "bytea")

log = structlog.get_logger()


class PostgresDatabase:
    """A database by its URL (postgresql://…); see the module."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._token = token_hex(8)
        self._clock = _Clock()
        self._stopped = Event()
        self._listener: Thread | None = None
        self.writers = _engine(self._url, pool_size=1, max_overflow=0)
        self.readers = _engine(self._url, pool_size=4, max_overflow=12, pool_timeout=10, pool_pre_ping=True)
        try:
            with self.writers.begin() as connection:
                self.order(connection)
                bring_up_to_date(connection)
                self._ask_clock(connection)
        except BaseException:
            self.close()
            raise

    def insert(self, table: Table) -> Any:
        """See the contract."""
        return insert(table)

    def among(self, column: ColumnElement[int], chosen: Select[tuple[int]]) -> ColumnElement[bool]:
        """As an array: with IN the planner may run the subquery more than once, and lock more rows than asked for."""
        return column == any_(func.array(chosen.with_for_update(skip_locked=True).scalar_subquery()))

    def insert_bodies(self, connection: Connection, bodies: Sequence[NewBody]) -> list[int]:
        """COPY, which gives no ids back; so they are drawn first."""
        driver: psycopg.Connection[tuple[int]] = _driver(connection)
        with driver.cursor() as cursor:
            cursor.execute("SELECT nextval('body_id_seq') FROM generate_series(1, %s)", (len(bodies),))
            ids = [row[0] for row in cursor.fetchall()]
            with cursor.copy(f"COPY body ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(_TYPES)
                for number, body in zip(ids, bodies, strict=True):
                    copy.write_row((number, *_columns(body)))
        return ids

    def order(self, connection: Connection) -> None:
        """See the contract."""
        connection.execute(select(func.pg_advisory_xact_lock(ORDER_LOCK)))

    def announce(self, connection: Connection, topics: frozenset[str]) -> None:
        """Delivered at the commit; our own token is in it, because this process tells its listeners itself."""
        connection.execute(select(func.pg_notify(CHANNEL, " ".join((self._token, *sorted(topics))))))

    def listen(self, hear: Hear) -> None:
        """See the contract."""
        self._listener = Thread(target=self._listen, args=(hear,), name="tocsin-listener", daemon=True)
        self._listener.start()

    def now(self) -> datetime:
        """The server's clock, asked for every CLOCK_FOR seconds and carried on by ours between."""
        if self._clock.wants_asking():
            # When the server is gone our own clock carries on.
            with suppress(Unavailable), reading(self.readers) as connection:
                self._ask_clock(connection)
        return self._clock.now()

    def close(self) -> None:
        """See the contract."""
        self._stopped.set()
        if self._listener is not None:
            self._listener.join(RECONNECT_AFTER * 5)
        self.readers.dispose()
        self.writers.dispose()

    def _ask_clock(self, connection: Connection) -> None:
        self._clock.set(connection.execute(select(func.clock_timestamp())).scalar_one())

    def _listen(self, hear: Hear) -> None:
        while not self._stopped.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    # Whatever was said while nobody listened.
                    _tell(hear, TOPICS)
                    while not self._stopped.is_set():
                        for note in connection.notifies(timeout=RECONNECT_AFTER):
                            self._pass_on(hear, note.payload)
            except psycopg.Error as error:
                log.warning("not listening to the database", why=str(error).strip())
                self._stopped.wait(RECONNECT_AFTER)

    def _connect(self) -> psycopg.Connection[Any]:
        arguments = self.readers.dialect.create_connect_args(self._url)[1]
        return psycopg.connect(**arguments, autocommit=True, connect_timeout=5, application_name="tocsin listener")

    def _pass_on(self, hear: Hear, payload: str) -> None:
        token, *topics = payload.split()
        if token != self._token:
            _tell(hear, TOPICS.intersection(topics))


class _Clock:
    """The server's clock, by its distance from the machine's monotonic one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = datetime.min.replace(tzinfo=UTC)
        self._set_at = self._asked_at = 0.0

    def wants_asking(self) -> bool:
        """Whether CLOCK_FOR has passed; true for one caller only, so that a server that is gone holds up one."""
        with self._lock:
            wants = time.monotonic() - self._asked_at > CLOCK_FOR
            if wants:
                self._asked_at = time.monotonic()
            return wants

    def set(self, at: datetime) -> None:
        """What the server has just told."""
        with self._lock:
            self._at = as_utc(at)
            self._set_at = self._asked_at = time.monotonic()

    def now(self) -> datetime:
        """What the server would tell."""
        with self._lock:
            return self._at + timedelta(seconds=time.monotonic() - self._set_at)


def _engine(url: URL, **pool: Any) -> Engine:
    keepalive = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    arguments = {"connect_timeout": 5, "application_name": "tocsin", **keepalive}
    engine = create_engine(url, connect_args=arguments, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(driver: psycopg.Connection[Any], _record: object) -> None:
        with driver.transaction(), driver.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(f"SET idle_in_transaction_session_timeout = {_ms(IDLE_FOR)}")
            cursor.execute(f"SET lock_timeout = {_ms(LOCK_FOR)}")
            cursor.execute(f"SET statement_timeout = {_ms(STATEMENT_FOR)}")
            # An administrator may ask for more than "on"; never for less: what was answered must be on the disk.
            cursor.execute(_NEVER_LESS_THAN_ON)

    return engine


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _tell(hear: Hear, topics: frozenset[str]) -> None:
    for topic in sorted(topics):
        try:
            hear(topic)
        except Exception:
            log.exception("a listener failed")


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _columns(body: NewBody) -> tuple[Any, ...]:
    return (
        words(body.source),
        words(body.kind),
        words(body.world_id),
        as_utc(body.received_at),
        body.digest,
        body.alerts,
        body.content,
    )
