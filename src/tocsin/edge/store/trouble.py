"""
Which errors mean "the database cannot take it now", and in which words.

A full disk, a lock that does not come free, a server that is gone: not the item's fault, so `Unavailable`. Anything
else is the item's own (a poisoned item) or ours (a bug). The surprise: a deadlock reads as unavailable too; an item
that was in a batch is tried alone before anybody hears of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, exc

from tocsin.edge.store.contract import Unavailable

_TIMES = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    sqlite3.OperationalError,
)


def unavailable(error: BaseException) -> str:
    """Why the database cannot take it now; "" when the error is of another kind."""
    if isinstance(error, Unavailable):
        return str(error)
    if isinstance(error, exc.DBAPIError) and error.orig is not None:
        # SQLite tells of a damaged or foreign file with the bare class, of which all its errors are.
        if error.connection_invalidated or type(error.orig) is sqlite3.DatabaseError or isinstance(error, _TIMES):
            return f"the database cannot take it: {str(error.orig).strip()}"
        return ""
    if isinstance(error, _TIMES) or type(error) is sqlite3.DatabaseError or _is_postgres_gone(error):
        return f"the database cannot take it: {str(error).strip()}"
    return ""


def is_disconnect(error: BaseException) -> bool:
    """Whether the connection was lost before the commit."""
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated
    return _is_postgres_gone(error) and getattr(error, "sqlstate", None) in {None, "57P01", "57P02", "57P03"}


def _is_postgres_gone(error: BaseException) -> bool:
    """By the class's name: importing PostgreSQL's driver takes 9 MB that a house on SQLite never needs."""
    return any((kind.__module__, kind.__name__) == ("psycopg", "OperationalError") for kind in type(error).__mro__)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for one read; raises `Unavailable`."""
    try:
        with engine.connect() as connection:
            yield connection
    except Exception as error:
        why = unavailable(error)
        if why:
            raise Unavailable(why) from error
        raise
