"""
Timelines: appended behind the guard, chained, read back.

The guard is the stream's last seq, which a decision names; the chain is over the digests of the bodies, so that a
payload can be erased (its redacted form stands in its place) while the chain still verifies. `Line` is an entry as it
is kept, for exports: decoding and encoding again may change bytes that a digest covers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, select, update

from tocsin.edge.store import schema
from tocsin.edge.store.contract import Lost
from tocsin.incident import wire
from tocsin.incident.events import Entry, Event
from tocsin.world import Append

_entry = schema.entry.c
_READ = select(
    _entry.position,
    _entry.stream,
    _entry.seq,
    _entry.recorded_at,
    _entry.digest,
    _entry.chain,
    _entry.erased_at,
    _entry.body,
)


class Line(Struct, frozen=True, kw_only=True):
    """An entry as it is kept; `body` is the wire form, or what stands for it when it was erased."""

    stream: str
    seq: int
    recorded_at: datetime
    digest: str
    chain: str
    body: str
    erased_at: datetime | None = None


def prepare(
    connection: Connection, appends: Sequence[Append], now: datetime
) -> tuple[list[Entry], list[dict[str, Any]]]:
    """The entries and rows to write; raises `Lost` when a stream is not where its append thought. Writes nothing."""
    heads: dict[str, tuple[int, str]] = {}
    entries: list[Entry] = []
    rows: list[dict[str, Any]] = []
    for append in appends:
        stream = append.stream
        seq, chain = heads[stream] if stream in heads else head(connection, stream)
        if seq != append.expected_seq:
            raise Lost(f"{stream} is at {seq}, not at {append.expected_seq}")
        for event in append.events:
            body = wire.encode(event)
            seq, digest = seq + 1, wire.digest(body)
            chain = wire.link(chain, stream, seq, digest)
            entries.append(Entry(stream=stream, seq=seq, event=event, recorded_at=now, digest=digest, chain=chain))
            rows.append(_row(entries[-1], body.decode()))
        heads[stream] = seq, chain
    return entries, rows


def write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Append what `prepare` made, in the same transaction."""
    if rows:
        connection.execute(insert(schema.entry), rows)


def head(connection: Connection, stream: str) -> tuple[int, str]:
    """The stream's last seq and chain; (0, genesis) of a stream that is not there."""
    last = select(_entry.seq, _entry.chain).where(_entry.stream == stream).order_by(_entry.seq.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return (row.seq, row.chain) if row else (0, wire.GENESIS)


def heads(connection: Connection) -> list[tuple[str, int, str]]:
    """(stream, last seq, chain head) of every stream, by name."""
    last = select(_entry.stream, func.max(_entry.seq).label("seq")).group_by(_entry.stream).subquery()
    joined = and_(_entry.stream == last.c.stream, _entry.seq == last.c.seq)
    chosen = select(_entry.stream, _entry.seq, _entry.chain).join(last, joined).order_by(_entry.stream)
    return [(row.stream, row.seq, row.chain) for row in connection.execute(chosen)]


def load(connection: Connection, stream: str, after: int) -> list[Entry]:
    """The entries of a stream with seq > `after`."""
    return [_entry_of(row) for row in connection.execute(_of(stream, after)).mappings()]


def tail(connection: Connection, after: int, limit: int) -> list[tuple[int, Entry]]:
    """Entries of all streams by position."""
    chosen = _READ.where(_entry.position > after).order_by(_entry.position).limit(limit)
    return [(row["position"], _entry_of(row)) for row in connection.execute(chosen).mappings()]


def position(connection: Connection) -> int:
    """The position of the newest entry; 0 when there is none."""
    return connection.execute(select(func.max(_entry.position))).scalar() or 0


def lines(connection: Connection, stream: str) -> Iterator[Line]:
    """The stream as it is kept, page by page."""
    rows = connection.execution_options(yield_per=500).execute(_of(stream, 0)).mappings()
    for row in rows:
        yield Line(**{name: row[name] for name in Line.__struct_fields__})


def erase(connection: Connection, stream: str, seq: int, redacted: Event, now: datetime) -> None:
    """Put a redacted event in the place of a body; its digest and the chain stay. Raises `Lost` when there is none."""
    body = wire.encode(redacted).decode()
    chosen = update(schema.entry).where(_entry.stream == stream, _entry.seq == seq).values(body=body, erased_at=now)
    if connection.execute(chosen).rowcount != 1:
        raise Lost(f"{stream} has no entry {seq}")


def _of(stream: str, after: int) -> Select[Any]:
    return _READ.where(_entry.stream == stream, _entry.seq > after).order_by(_entry.seq)


def _row(entry: Entry, body: str) -> dict[str, Any]:
    return {
        "stream": entry.stream,
        "seq": entry.seq,
        "at": entry.event.at,
        "recorded_at": entry.recorded_at,
        "kind": type(entry.event).__name__,
        "digest": entry.digest,
        "chain": entry.chain,
        "body": body,
    }


def _entry_of(row: RowMapping) -> Entry:
    return Entry(
        stream=row["stream"],
        seq=row["seq"],
        event=wire.decode(row["body"]),
        recorded_at=row["recorded_at"],
        digest=row["digest"],
        chain=row["chain"],
    )
