"""
The tables, as SQLAlchemy sees them. The migrations make them; a test holds the two together.

`entry` is the truth: timelines, only appended. `alert`, `due` and `incident` are projections that can be rebuilt from
it (all but `alert.last_seen`). `body` is the inbox. The surprise: `entry.body` is text and not JSON, because its
SHA-256 stands beside it and a database that reformats JSON would break the digest.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from tocsin.edge.store.columns import Instant, Words

REVISIONS = ("0001",)
"""Every revision of the schema that this version knows, oldest first. The last is the one it works with."""
HEAD = REVISIONS[-1]
REVISION_TABLE = "tocsin_revision"

Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def _partial(name: str, column: Column[Any], where: ColumnElement[bool]) -> None:
    Index(name, column, sqlite_where=where, postgresql_where=where)


body = Table(
    "body",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("world_id", Words, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
    Column("alerts", Integer, nullable=False),
    Column("consumed_at", Instant),
    # Last: a reader of the other columns need not walk through a large content's overflow pages.
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
_partial("body_waiting", body.c.id, body.c.consumed_at.is_(None))
_partial("body_consumed", body.c.received_at, body.c.consumed_at.is_not(None))

unreadable = Table(
    "unreadable",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("source", Words, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    Column("why", Words, nullable=False),
    Column("size", Number, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("position", Number, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("erased_at", Instant),
    Column("body", Text, nullable=False),
    UniqueConstraint("stream", "seq"),
    sqlite_autoincrement=True,
)

alert = Table(
    "alert",
    metadata,
    Column("source", Words, primary_key=True),
    Column("fingerprint", Words, primary_key=True),
    Column("starts_at", Instant, primary_key=True),
    Column("name", Words, nullable=False),
    Column("status", Text, nullable=False),
    Column("incident", Integer, nullable=False),
    Column("last_seen", Instant, nullable=False),
)
Index("alert_incident", alert.c.incident)

due = Table(
    "due",
    metadata,
    Column("id", Number, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    UniqueConstraint("stream", "key"),
)
_partial("due_clock", due.c.at, due.c.key == "wake")
_partial("due_intent", due.c.at, due.c.key != "wake")

incident = Table(
    "incident",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("world_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("priority", Text, nullable=False),
    Column("title", Words, nullable=False),
    Column("folded_title", Words, nullable=False),
    Column("scenario", Words, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("resolved_at", Instant),
    Column("respond_by", Instant),
    Column("seq", Integer, nullable=False),
    Column("body", Text, nullable=False),
)
_partial("incident_open", incident.c.number, incident.c.is_open)

blob = Table(
    "blob",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("content", LargeBinary, nullable=False),
)
_partial("blob_expiry", blob.c.expires_at, blob.c.expires_at.is_not(None))

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

house = Table(
    "house",
    metadata,
    Column("key", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("display", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("account_id", Number, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("label", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used", Instant),
    sqlite_autoincrement=True,
)

source_token = Table(
    "source_token",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("source", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("world_id", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    sqlite_autoincrement=True,
)

login_link = Table(
    "login_link",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("account_id", Number, ForeignKey("account.id", ondelete="CASCADE")),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
