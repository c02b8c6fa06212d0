"""
Bodies: kept as they came, waiting, consumed; and those that nobody could read.

Keeping goes through `Database.insert_bodies`. The surprise: `waiting` stops early when the bodies grow large, so that
a flood of big ones does not fill the memory of the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from tocsin.edge.store import schema
from tocsin.edge.store.contract import Body, Spooled, Unreadable
from tocsin.edge.store.database import Database

SPOOL = "spool/"
WAITING_BYTES = 32 << 20
SWEPT_AT_ONCE = 1000

_body = schema.body.c
_waiting = _body.consumed_at.is_(None)


def waiting(connection: Connection, limit: int) -> list[Body]:
    """The oldest bodies not yet consumed, up to `limit` or WAITING_BYTES, and always one if there is one."""
    columns = (_body.id, _body.source, _body.kind, _body.world_id, _body.received_at, _body.content)
    found: list[Body] = []
    size = 0
    chosen = select(*columns).where(_waiting).order_by(_body.id).limit(limit)
    with connection.execution_options(yield_per=50).execute(chosen) as rows:
        for row in rows:
            size += len(row.content)
            if found and size > WAITING_BYTES:
                break
            found.append(Body(**row._mapping))
    return found


def backlog(connection: Connection) -> int:
    """How many bodies wait."""
    return connection.execute(select(func.count()).select_from(schema.body).where(_waiting)).scalar_one()


def consume(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """They are read."""
    chosen = update(schema.body).where(_body.id.in_(sorted(ids)), _waiting).values(consumed_at=now)
    connection.execute(chosen)


def take_spooled(database: Database, connection: Connection, spool_id: str, spooled: Sequence[Spooled]) -> int:
    """
    Keep what waited in a spool, in its order; gives how many were new.

    How far a spool was taken stands beside the bodies, in the same commit: a crash before the spool hears of it brings
    nothing twice.
    """
    key = f"{SPOOL}{spool_id}"
    kept = schema.house.c
    mark = connection.execute(select(kept.content).where(kept.key == key)).scalar()
    fresh = [one for one in spooled if mark is None or one.seq > int(mark)]
    new = [one.body for one in fresh if not (one.doubtful and _is_kept(connection, one))]
    if new:
        database.insert_bodies(connection, new)
    if fresh:
        row = {"key": key, "content": str(fresh[-1].seq).encode()}
        put = database.insert(schema.house).values(row)
        connection.execute(put.on_conflict_do_update(index_elements=["key"], set_={"content": row["content"]}))
    return len(new)


def _is_kept(connection: Connection, spooled: Spooled) -> bool:
    body = spooled.body
    same = (_body.id > spooled.after, _body.received_at == body.received_at, _body.digest == body.digest)
    return connection.execute(select(_body.id).where(*same).limit(1)).scalar() is not None


def keep_unreadable(database: Database, connection: Connection, body: Unreadable) -> int:
    """Keep the first of its digest, count the others; gives how many there were."""
    table = schema.unreadable
    row: dict[str, Any] = {name: getattr(body, name) for name in body.__struct_fields__}
    row |= {"last_at": body.received_at, "times": 1}
    again = {"times": table.c.times + 1, "last_at": body.received_at}
    put = database.insert(table).values(row).on_conflict_do_update(index_elements=["digest"], set_=again)
    return int(connection.execute(put.returning(table.c.times)).scalar_one())


def unreadables(connection: Connection, limit: int) -> list[tuple[Unreadable, int]]:
    """The latest unreadable bodies, each with how many times it has come."""
    table = schema.unreadable.c
    names = Unreadable.__struct_fields__
    chosen = select(*(table[name] for name in names), table.times).order_by(table.last_at.desc()).limit(limit)
    return [
        (Unreadable(**{name: row[name] for name in names}), row["times"])
        for row in connection.execute(chosen).mappings()
    ]


def sweep(connection: Connection, now: datetime, bodies_before: datetime) -> int:
    """Drop up to SWEPT_AT_ONCE expired blobs and as many consumed bodies received before that instant; gives how many."""
    expired = select(schema.blob.c.digest).where(schema.blob.c.expires_at <= now).limit(SWEPT_AT_ONCE)
    old = select(_body.id).where(_body.consumed_at.is_not(None), _body.received_at < bodies_before).limit(SWEPT_AT_ONCE)
    blobs = connection.execute(delete(schema.blob).where(schema.blob.c.digest.in_(expired)))
    bodies = connection.execute(delete(schema.body).where(_body.id.in_(old)))
    return blobs.rowcount + bodies.rowcount
