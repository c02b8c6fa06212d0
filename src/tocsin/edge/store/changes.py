"""
One `Change` written in the writer's transaction.

All guards are looked at before the first write, so that a lost race raises `Lost` with nothing to undo. Rows are
written in the order of their keys. The surprise: a due row that stays keeps its claim, because replacing it would let
a second performer send the same page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, case, delete, or_, select, update

from tocsin.edge.store import claims, inbox, schema, timelines
from tocsin.edge.store.contract import AlertRow, Blob, Change, Due, Summary
from tocsin.edge.store.database import Database
from tocsin.edge.store.lists import BEAT, folded
from tocsin.incident.alert import Episode
from tocsin.incident.beat import Heard
from tocsin.incident.events import Entry


def commit(database: Database, connection: Connection, change: Change, now: datetime) -> list[Entry]:
    """Write it all, or raise `Lost` before anything was written."""
    if change.claim is not None:
        claims.guard_claim(connection, change.claim)
    if change.lease is not None:
        claims.guard_lease(connection, change.lease, now)
    entries, rows = timelines.prepare(connection, change.appends, now)
    timelines.write(connection, rows)
    _put_alerts(database, connection, change.alerts)
    _see(connection, change.seen, now)
    _put_summaries(database, connection, change.summaries)
    for stream, dues in sorted(change.dues):
        _replace_dues(database, connection, stream, dues)
    if change.consumed:
        inbox.consume(connection, change.consumed, now)
    put_blobs(database, connection, change.blobs)
    _put_beats(database, connection, change.beats)
    return entries


def put_blobs(database: Database, connection: Connection, blobs: Iterable[Blob]) -> None:
    """Keep blobs; one that is there already is kept as long as the longer of the two wishes."""
    rows = [{name: getattr(blob, name) for name in blob.__struct_fields__} for blob in sorted(blobs, key=_digest)]
    if not rows:
        return
    table = schema.blob
    put = database.insert(table)
    ours, theirs = table.c.expires_at, put.excluded.expires_at
    longer = case((or_(ours.is_(None), theirs.is_(None)), None), (theirs > ours, theirs), else_=ours)
    connection.execute(put.on_conflict_do_update(index_elements=["digest"], set_={"expires_at": longer}), rows)


def _digest(blob: Blob) -> str:
    return blob.digest


def _put_alerts(database: Database, connection: Connection, alerts: Iterable[AlertRow]) -> None:
    rows = [
        alert.episode._asdict()
        | {"name": alert.name, "status": alert.status, "incident": alert.incident, "last_seen": alert.last_seen}
        for alert in sorted(alerts, key=lambda alert: alert.episode)
    ]
    _upsert(database, connection, schema.alert.name, rows, ("source", "fingerprint", "starts_at"))


def _see(connection: Connection, episodes: Iterable[Episode], now: datetime) -> None:
    seen = [{f"its_{name}": value for name, value in episode._asdict().items()} for episode in sorted(set(episodes))]
    if seen:
        its = [schema.alert.c[name] == bindparam(f"its_{name}") for name in Episode._fields]
        connection.execute(update(schema.alert).where(*its).values(last_seen=now), seen)


def _put_beats(database: Database, connection: Connection, beats: Iterable[Heard]) -> None:
    rows = [{"key": BEAT + "/".join(heard.key), "content": msgspec.json.encode(heard)} for heard in beats]
    _upsert(database, connection, schema.house.name, sorted(rows, key=lambda row: str(row["key"])), ("key",))


def _put_summaries(database: Database, connection: Connection, summaries: Iterable[Summary]) -> None:
    rows = []
    for summary in sorted(summaries, key=lambda summary: summary.number):
        row: dict[str, Any] = {name: getattr(summary, name) for name in summary.__struct_fields__}
        rows.append(row | {"body": summary.body.decode(), "folded_title": folded(summary.title)})
    _upsert(database, connection, schema.incident.name, rows, ("number",))


def _replace_dues(database: Database, connection: Connection, stream: str, dues: Sequence[Due]) -> None:
    due = schema.due.c
    wanted = {row.key: row.at for row in dues}
    there = {row.key: row.at for row in connection.execute(select(due.key, due.at).where(due.stream == stream))}
    gone = sorted(there.keys() - wanted.keys())
    if gone:
        connection.execute(delete(schema.due).where(due.stream == stream, due.key.in_(gone)))
    rows = [{"stream": stream, "key": key, "at": at} for key, at in sorted(wanted.items()) if there.get(key) != at]
    _upsert(database, connection, schema.due.name, rows, ("stream", "key"))


def _upsert(
    database: Database, connection: Connection, name: str, rows: list[dict[str, Any]], keys: tuple[str, ...]
) -> None:
    if not rows:
        return
    put = database.insert(schema.metadata.tables[name])
    new = {column: put.excluded[column] for column in rows[0] if column not in keys}
    connection.execute(put.on_conflict_do_update(index_elements=list(keys), set_=new), rows)
