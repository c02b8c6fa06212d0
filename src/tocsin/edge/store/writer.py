"""
The one thread that writes.

Work comes in as items with a `Future` each; the thread takes all that waits (bounded), runs it in one transaction,
commits, and only then answers. Neighbours that share the same `act` are run as one statement: that is what makes the
intake fast. A batch that fails is rolled back and each item tried alone, so that a poisoned item fails alone.

Two surprises. `Lost` does not roll anything back: whoever raises it has written nothing yet (guards come first). And
a commit whose answer never came may stand all the same: its futures get `Unavailable` and nothing is retried here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from threading import Condition, Thread
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, RootTransaction

from tocsin.edge.store.contract import Lost, Unavailable
from tocsin.edge.store.trouble import is_disconnect, unavailable

BATCH_ITEMS = 512
BATCH_BYTES = 8 << 20
QUEUE_ITEMS = 20_000
QUEUE_BYTES = 128 << 20
STUCK_AFTER = 20.0

log = structlog.get_logger()

T = TypeVar("T")

Act = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""Writes for several arguments at once; gives one result for each, in order."""


@dataclass(slots=True)
class Item:
    """
    One piece of work. `topic` says to listeners what changed ("" when nobody need know).

    `orders` is False only for plain inserts that may run beside another replica's writes.
    """

    act: Act
    argument: Any
    size: int = 0
    topic: str = ""
    orders: bool = True
    future: Future[Any] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Around:
    """What a database adds to each transaction: `before` (its order lock), `announce` in it, `after` its commit."""

    before: Callable[[Connection], None]
    announce: Callable[[Connection, frozenset[str]], None]
    after: Callable[[frozenset[str]], None]


class Writer:
    """See the module."""

    def __init__(self, engine: Engine, around: Around) -> None:
        self._engine = engine
        self._around = around
        self._waiting: deque[Item] = deque()
        self._bytes = 0
        self._taken: list[Item] = []
        self._changed = Condition()
        self._closing = False
        self._dead = ""
        self._failure = ""
        self._busy_since: float | None = None
        self._thread = Thread(target=self._work, name="tocsin-writer", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[Connection], T], *, size: int = 0, topic: str = "") -> Future[T]:
        """Queue one piece of work of its own."""
        return self.submit(Item(lambda connection, _: [work(connection)], None, size=size, topic=topic))

    def submit(self, item: Item) -> Future[Any]:
        """Queue it; fails at once with `Unavailable` when the writer is gone or too much waits."""
        with self._changed:
            refusal = self._refusal(item)
            if not refusal:
                self._waiting.append(item)
                self._bytes += item.size
                self._changed.notify()
        if refusal:
            item.future.set_exception(Unavailable(refusal))
        return item.future

    def trouble(self) -> str:
        """Why it does not write: it is dead, the last batch failed, or one takes too long. "" when it does."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > STUCK_AFTER:
            return f"the writer has been at one batch for {time.monotonic() - since:.0f} s"
        return self._dead or self._failure

    def close(self, patience: float = 30.0) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(patience)

    def _refusal(self, item: Item) -> str:
        if self._dead:
            return self._dead
        if self._closing:
            return "the store is closed"
        if len(self._waiting) >= QUEUE_ITEMS or (self._waiting and self._bytes + item.size > QUEUE_BYTES):
            return "too much waits to be written"
        return ""

    def _work(self) -> None:
        try:
            while self._take():
                self._busy_since = time.monotonic()
                self._write(self._taken)
                self._busy_since = None
        except BaseException as bug:
            log.exception("the writer died")
            self._die(f"the writer died: {type(bug).__name__}: {bug}")

    def _take(self) -> bool:
        """Wait for work and take a batch of it; False when there will be no more."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            self._taken = []
            size = 0
            while self._waiting and len(self._taken) < BATCH_ITEMS:
                if self._taken and size + self._waiting[0].size > BATCH_BYTES:
                    break
                item = self._waiting.popleft()
                self._bytes -= item.size
                if item.future.set_running_or_notify_cancel():
                    size += item.size
                    self._taken.append(item)
            return bool(self._taken or self._waiting) or not self._closing

    def _die(self, why: str) -> None:
        with self._changed:
            self._dead = why
            self._busy_since = None
            left = [item for item in self._taken if not item.future.done()]
            never = list(self._waiting)
            self._waiting.clear()
            self._bytes = 0
        for item in left:
            item.future.set_exception(Unavailable(why))
        for item in never:
            if item.future.set_running_or_notify_cancel():
                item.future.set_exception(Unavailable(why))

    def _write(self, batch: list[Item]) -> None:
        if not batch:
            return
        try:
            outcomes = self._transaction(batch)
        except Unavailable as error:
            self._fail(batch, error)
        except Exception as error:
            if is_disconnect(error):
                # The database went away and may be back already: a commit was not yet asked for, so try once more.
                self._write_again(batch)
            elif len(batch) > 1:
                self._write_each(batch)
            else:
                self._fail(batch, error)
        else:
            self._answer(batch, outcomes)

    def _write_again(self, batch: list[Item]) -> None:
        try:
            outcomes = self._transaction(batch)
        except Exception as error:
            if unavailable(error) or len(batch) == 1:
                self._fail(batch, error)
            else:
                self._write_each(batch)
        else:
            self._answer(batch, outcomes)

    def _write_each(self, batch: list[Item]) -> None:
        """One transaction each. What the database cannot take from one it is not asked to take from the next."""
        for place, item in enumerate(batch):
            try:
                outcomes = self._transaction([item])
            except Exception as error:
                if unavailable(error):
                    self._fail(batch[place:], error)
                    return
                self._fail([item], error)
            else:
                self._answer([item], outcomes)

    def _transaction(self, batch: list[Item]) -> list[Any]:
        with self._engine.connect() as connection, connection.begin() as transaction:
            if any(item.orders for item in batch):
                self._around.before(connection)
            outcomes = _run(connection, batch)
            topics = _topics(batch, outcomes)
            if topics:
                self._around.announce(connection, topics)
            _commit(transaction)
        self._failure = ""
        if topics:
            self._around.after(topics)
        return outcomes

    def _fail(self, batch: list[Item], error: Exception) -> None:
        why = unavailable(error)
        if why:
            if not self._failure:
                log.error("the store cannot write", why=why)
            self._failure = why
        for item in batch:
            item.future.set_exception(Unavailable(why) if why else error)

    @staticmethod
    def _answer(batch: list[Item], outcomes: list[Any]) -> None:
        for item, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Lost):
                item.future.set_exception(outcome)
            else:
                item.future.set_result(outcome)


def _commit(transaction: RootTransaction) -> None:
    try:
        transaction.commit()
    except Exception as error:
        raise Unavailable(f"the commit was not answered: {error}") from error


def _run(connection: Connection, batch: list[Item]) -> list[Any]:
    outcomes: list[Any] = []
    for act, group in groupby(batch, key=lambda item: item.act):
        arguments = [item.argument for item in group]
        try:
            outcomes.extend(act(connection, arguments))
        except Lost as lost:
            outcomes.extend([lost] * len(arguments))
    return outcomes


def _topics(batch: list[Item], outcomes: list[Any]) -> frozenset[str]:
    return frozenset(
        item.topic
        for item, outcome in zip(batch, outcomes, strict=True)
        if item.topic and not isinstance(outcome, Lost)
    )
