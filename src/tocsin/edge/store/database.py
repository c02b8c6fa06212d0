"""
What the two databases do differently, as a contract. `sqlite` and `postgres` keep it; every statement else is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table

from tocsin.edge.store.contract import NewBody

BODY = "body"
ENTRY = "entry"
TOPICS = frozenset({BODY, ENTRY})
"""What listeners hear: a body was kept; a timeline, a due row or a projection changed."""

Hear = Callable[[str], None]


class Database(Protocol):
    """One database, opened and of the right revision. `writers` holds one connection, the writer thread's."""

    readers: Engine
    writers: Engine

    def insert(self, table: Table) -> Any:
        """The dialect's INSERT, which knows `on_conflict_do_update`."""
        ...

    def among(self, column: ColumnElement[int], chosen: Select[tuple[int]]) -> ColumnElement[bool]:
        """`column` is one of `chosen`, whose rows are locked and taken once, without waiting for another replica's."""
        ...

    def insert_bodies(self, connection: Connection, bodies: Sequence[NewBody]) -> list[int]:
        """Write them all in one statement; gives their ids in order."""
        ...

    def order(self, connection: Connection) -> None:
        """Wait until no other replica writes in order; held until the commit. So positions follow commits."""
        ...

    def announce(self, connection: Connection, topics: frozenset[str]) -> None:
        """Tell the other replicas, when this transaction commits."""
        ...

    def listen(self, hear: Hear) -> None:
        """Have `hear(topic)` called for what other replicas commit, from a thread of its own."""
        ...

    def now(self) -> datetime:
        """The database's clock, UTC."""
        ...

    def close(self) -> None:
        """Let go of connections and locks."""
        ...
