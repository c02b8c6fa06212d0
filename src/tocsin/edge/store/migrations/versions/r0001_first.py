"""The first schema: inbox, timelines, projections, claims, blobs, accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tocsin.edge.store.columns import Instant, Words

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make every table."""
    _inbox()
    _timelines()
    _projections()
    _claims()
    _keeping()
    _accounts()


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _inbox() -> None:
    op.create_table(
        "body",
        sa.Column("id", Number, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("world_id", Words, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("alerts", sa.Integer, nullable=False),
        sa.Column("consumed_at", Instant),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="body_pkey"),
        sqlite_autoincrement=True,
    )
    _partial("body_waiting", "body", ["id"], "consumed_at IS NULL")
    _partial("body_consumed", "body", ["received_at"], "consumed_at IS NOT NULL")
    op.create_table(
        "unreadable",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("why", Words, nullable=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="unreadable_pkey"),
    )


def _timelines() -> None:
    op.create_table(
        "entry",
        sa.Column("position", Number, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("erased_at", Instant),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", name="entry_pkey"),
        sa.UniqueConstraint("stream", "seq", name="entry_stream_seq_key"),
        sqlite_autoincrement=True,
    )


def _projections() -> None:
    op.create_table(
        "alert",
        sa.Column("source", Words, nullable=False),
        sa.Column("fingerprint", Words, nullable=False),
        sa.Column("starts_at", Instant, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("last_seen", Instant, nullable=False),
        sa.PrimaryKeyConstraint("source", "fingerprint", "starts_at", name="alert_pkey"),
    )
    op.create_index("alert_incident", "alert", ["incident"])
    op.create_table(
        "incident",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("world_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("title", Words, nullable=False),
        sa.Column("folded_title", Words, nullable=False),
        sa.Column("scenario", Words, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("acknowledged_at", Instant),
        sa.Column("resolved_at", Instant),
        sa.Column("respond_by", Instant),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="incident_pkey"),
    )
    _partial("incident_open", "incident", ["number"], "is_open")


def _claims() -> None:
    op.create_table(
        "due",
        sa.Column("id", Number, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", Instant),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="due_pkey"),
        sa.UniqueConstraint("stream", "key", name="due_stream_key_key"),
    )
    _partial("due_clock", "due", ["at"], "key = 'wake'")
    _partial("due_intent", "due", ["at"], "key != 'wake'")
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="lease_pkey"),
    )


def _keeping() -> None:
    op.create_table(
        "blob",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="blob_pkey"),
    )
    _partial("blob_expiry", "blob", ["expires_at"], "expires_at IS NOT NULL")
    op.create_table(
        "house",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="house_pkey"),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("display", Words, nullable=False),
        sa.Column("email", Words, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("disabled", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="account_pkey"),
        sa.UniqueConstraint("name", name="account_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_token",
        sa.Column("id", Number, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("account_id", Number, nullable=False),
        sa.Column("label", Words, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_used", Instant),
        sa.PrimaryKeyConstraint("id", name="api_token_pkey"),
        sa.UniqueConstraint("digest", name="api_token_digest_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="api_token_account_id_fkey", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "source_token",
        sa.Column("id", Number, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("world_id", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.PrimaryKeyConstraint("id", name="source_token_pkey"),
        sa.UniqueConstraint("digest", name="source_token_digest_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "login_link",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("account_id", Number),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.PrimaryKeyConstraint("digest", name="login_link_pkey"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="login_link_account_id_fkey", ondelete="CASCADE"),
    )
