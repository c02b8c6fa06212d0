"""
What lists and pages read: summaries, alerts, blobs.

Titles are searched without case and accents: each word of the question must stand somewhere in the title.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, bindparam, func, or_, select

from tocsin.edge.store import schema
from tocsin.edge.store.contract import AlertRow, Find, Summary
from tocsin.incident.alert import Episode
from tocsin.incident.beat import Heard

BEAT = "beat/"
"""What the keys of heartbeats begin with, in the table of the house."""
EPISODES_TOGETHER = (1, 8, 32, 200)
EPISODES_AT_ONCE = EPISODES_TOGETHER[-1]

_incident = schema.incident.c
_alert = schema.alert.c
_SUMMARY = select(*(_incident[name] for name in Summary.__struct_fields__))


def folded(text: str) -> str:
    """Text without case and accents, as titles are searched."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def find(connection: Connection, query: Find) -> list[Summary]:
    """Summaries, newest first."""
    conditions: list[ColumnElement[bool]] = []
    if query.is_open is not None:
        conditions.append(_incident.is_open.is_(query.is_open))
    if query.world_id:
        conditions.append(_incident.world_id == query.world_id)
    if query.priority:
        conditions.append(_incident.priority == query.priority)
    if query.before:
        conditions.append(_incident.number < query.before)
    conditions += [_incident.folded_title.contains(word, autoescape=True) for word in folded(query.text).split()]
    chosen = _SUMMARY.where(*conditions).order_by(_incident.number.desc()).limit(query.limit)
    return [_summary(row) for row in connection.execute(chosen).mappings()]


def summary(connection: Connection, number: int) -> Summary | None:
    """One summary."""
    row = connection.execute(_SUMMARY.where(_incident.number == number)).mappings().one_or_none()
    return _summary(row) if row else None


def last_incident(connection: Connection) -> int:
    """The highest number given, 0 when there is none."""
    return connection.execute(select(func.max(_incident.number))).scalar() or 0


def alerts(connection: Connection, episodes: Sequence[Episode]) -> list[AlertRow]:
    """The rows known of these episodes, in the order of their keys."""
    wanted = sorted(set(episodes))
    found: list[AlertRow] = []
    for place in range(0, len(wanted), EPISODES_AT_ONCE):
        some = wanted[place : place + EPISODES_AT_ONCE]
        room = next(size for size in EPISODES_TOGETHER if size >= len(some))
        some += some[-1:] * (room - len(some))
        values = {f"{name}{n}": value for n, episode in enumerate(some) for name, value in episode._asdict().items()}
        found += [_alert_row(row) for row in connection.execute(_of_episodes(room), values).mappings()]
    return sorted(found, key=lambda row: row.episode)


def last_episodes(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[AlertRow]:
    """The newest row of each (source, fingerprint), in the order of their keys."""
    newest: dict[tuple[str, str], AlertRow] = {}
    wanted = sorted(set(keys))
    for place in range(0, len(wanted), EPISODES_AT_ONCE):
        some = wanted[place : place + EPISODES_AT_ONCE]
        which = or_(*(and_(_alert.source == source, _alert.fingerprint == fingerprint) for source, fingerprint in some))
        for row in connection.execute(select(schema.alert).where(which).order_by(_alert.starts_at)).mappings():
            newest[row["source"], row["fingerprint"]] = _alert_row(row)
    return [newest[key] for key in wanted if key in newest]


@cache
def _of_episodes(count: int) -> Select[Any]:
    """The question for that many episodes. Kept, because to put so many conditions together costs more than to ask."""
    some = [and_(*(_alert[name] == bindparam(f"{name}{n}") for name in Episode._fields)) for n in range(count)]
    return select(schema.alert).where(or_(*some))


def beats(connection: Connection) -> list[Heard]:
    """The last believed heartbeat of each sender."""
    kept = schema.house.c
    rows = connection.execute(select(kept.content).where(kept.key.startswith(BEAT, autoescape=True)).order_by(kept.key))
    return [msgspec.json.decode(content, type=Heard) for content in rows.scalars()]


def blob(connection: Connection, digest: str, now: datetime) -> bytes | None:
    """A blob's content, None when it was never kept or has expired."""
    table = schema.blob.c
    fresh = or_(table.expires_at.is_(None), table.expires_at > now)
    return connection.execute(select(table.content).where(table.digest == digest, fresh)).scalar()


def _summary(row: RowMapping) -> Summary:
    columns: dict[str, Any] = dict(row)
    return Summary(**columns | {"body": row["body"].encode()})


def _alert_row(row: RowMapping) -> AlertRow:
    return AlertRow(
        episode=Episode(row["source"], row["fingerprint"], row["starts_at"]),
        name=row["name"],
        status=row["status"],
        incident=row["incident"],
        last_seen=row["last_seen"],
    )
