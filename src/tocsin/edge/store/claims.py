"""
Claims on intents and leases on roles.

A claim's fencing number is its count of attempts; a lease's is `fence`. Both grow with each taking, so that the late
write of somebody who was stopped and overtaken is refused. The surprise: a claim that ran out still belongs to its
holder until somebody else takes it; a lease that ran out does not guard a commit any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, case, func, or_, select, update

from tocsin.edge.store import schema
from tocsin.edge.store.contract import WAKE, Claim, Lease, Lost
from tocsin.edge.store.database import Database

_due = schema.due.c
_lease = schema.lease.c
_is_clock = _due.key == WAKE
_is_intent = _due.key != WAKE


def next_due(connection: Connection, *, intents: bool) -> datetime | None:
    """The earliest clock or intent; a claimed intent counts from the end of its claim, in case its holder is dead."""
    when: ColumnElement[datetime] = _due.at
    if intents:
        when = case((_due.claimed_until > _due.at, _due.claimed_until), else_=_due.at)
    return connection.execute(select(func.min(when)).where(_is_intent if intents else _is_clock)).scalar()


def due(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Streams whose clock has come, the longest waiting first."""
    chosen = select(_due.stream).where(_is_clock, _due.at <= now).order_by(_due.at, _due.stream).limit(limit)
    return list(connection.execute(chosen).scalars())


def claim(
    database: Database, connection: Connection, *, holder: str, now: datetime, limit: int, lease_for: timedelta
) -> list[Claim]:
    """Take up to `limit` due intents that nobody holds, the longest due first."""
    free = or_(_due.claimed_until.is_(None), _due.claimed_until <= now)
    chosen = select(_due.id).where(_is_intent, _due.at <= now, free).order_by(_due.at, _due.id).limit(limit)
    until = now + lease_for
    take = (
        update(schema.due)
        .where(database.among(_due.id, chosen))
        .values(claimed_by=holder, claimed_until=until, attempts=_due.attempts + 1)
        .returning(_due.at, _due.id, _due.stream, _due.key, _due.attempts)
    )
    rows = sorted(connection.execute(take), key=lambda row: (row.at, row.id))
    return [Claim(stream=row.stream, key=row.key, holder=holder, attempts=row.attempts, until=until) for row in rows]


def renew(connection: Connection, claim: Claim, now: datetime, lease_for: timedelta) -> Claim:
    """Hold it longer; raises `Lost`."""
    until = now + lease_for
    if connection.execute(update(schema.due).where(*_held(claim)).values(claimed_until=until)).rowcount != 1:
        raise Lost(f"the claim on {claim.stream} {claim.key} is no longer held")
    return Claim(stream=claim.stream, key=claim.key, holder=claim.holder, attempts=claim.attempts, until=until)


def guard_claim(connection: Connection, claim: Claim) -> None:
    """Raise `Lost` unless it is still held."""
    if connection.execute(select(_due.id).where(*_held(claim))).first() is None:
        raise Lost(f"the claim on {claim.stream} {claim.key} is no longer held")


def lease(
    database: Database, connection: Connection, *, name: str, holder: str, now: datetime, lease_for: timedelta
) -> Lease | None:
    """Take or renew a named role; None while another holds it. A `lease_for` of zero lets go of it."""
    row = _lease_row(connection, name)
    if row is not None and row.holder not in {"", holder} and row.until > now:
        return None
    fence = 1 if row is None else row.fence + (row.holder != holder)
    taken = Lease(name=name, holder=holder, fence=fence, until=now + lease_for)
    values = {"holder": holder, "fence": fence, "until": taken.until}
    put = database.insert(schema.lease).values(name=name, **values)
    connection.execute(put.on_conflict_do_update(index_elements=["name"], set_=values))
    return taken


def guard_lease(connection: Connection, lease: Lease, now: datetime) -> None:
    """Raise `Lost` unless it is still held and has not run out."""
    row = _lease_row(connection, lease.name)
    if row is None or (row.holder, row.fence) != (lease.holder, lease.fence) or row.until <= now:
        raise Lost(f"the lease {lease.name} is no longer held")


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        _due.stream == claim.stream,
        _due.key == claim.key,
        _due.claimed_by == claim.holder,
        _due.attempts == claim.attempts,
    )


def _lease_row(connection: Connection, name: str) -> Row[str, int, datetime] | None:
    return connection.execute(select(_lease.holder, _lease.fence, _lease.until).where(_lease.name == name)).first()
