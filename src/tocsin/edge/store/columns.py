"""
Two column types that behave alike on both databases.

`Instant` is timestamptz on PostgreSQL and fixed-width ISO text on SQLite ("2026-11-23T03:05:00.000000Z"), so that it
sorts as text and a person can read it. `Words` is text from outside: PostgreSQL refuses a NUL character in text, and
one alert's name must not stop the reader, so a NUL is kept as U+FFFD (on SQLite too: both databases give the same).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware datetime, UTC when it comes back; a naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC."""
        if value is None:
            return None
        return instant_text(value) if dialect.name == "sqlite" else as_utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From UTC."""
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return as_utc(value) if isinstance(value, datetime) else None


class Words(TypeDecorator[str]):
    """Text from outside, without NUL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """See the module."""
        return None if value is None else words(value)


def as_utc(value: datetime) -> datetime:
    """The same instant in UTC; ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"an instant without a time zone: {value.isoformat()}")
    return value.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """An instant as SQLite keeps it."""
    return as_utc(value).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def words(value: str) -> str:
    """Outside text as both databases keep it."""
    return value.replace("\x00", "\N{REPLACEMENT CHARACTER}") if "\x00" in value else value
