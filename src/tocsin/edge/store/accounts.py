"""
People, their tokens, the senders' tokens, one-time links, and the house's secrets.

Every verb is a plain call: reads read, writes return after their commit and raise `Unavailable`; call them from worker
threads. A secret given out (token, link) is 256 random bits and only its SHA-256 is kept: it is shown once. A
password's hash is kept as given. The surprise: names are compared in lower case, because people type "Alice" at 3 a.m.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, FromClause, delete, insert, select, update

from tocsin.edge.store import schema

Role = Literal["responder", "admin"]
Capability = Literal["read", "respond", "administer"]
CAPABILITIES: Mapping[Role, frozenset[Capability]] = MappingProxyType(
    {"responder": frozenset({"read", "respond"}), "admin": frozenset({"read", "respond", "administer"})}
)
"""What each role may do: see; acknowledge, decide, approve; accounts, tokens, settings."""

SECRET_BYTES = 32
KEPT_LINKS_FOR = timedelta(days=1)

T = TypeVar("T")
S = TypeVar("S", bound=Struct)


class Taken(Exception):
    """There is already an account of this name."""


class Account(Struct, frozen=True, kw_only=True):
    """A person who may sign in. `password` is the hash as given, "" when they only use links."""

    id: int
    name: str
    display: str
    email: str
    role: Role
    password: str
    language: Literal["fr", "en"]
    created_at: datetime
    disabled: bool


class ApiToken(Struct, frozen=True, kw_only=True):
    """A token that acts as its account."""

    id: int
    account_id: int
    label: str
    created_at: datetime
    last_used: datetime | None


class SourceToken(Struct, frozen=True, kw_only=True):
    """
    What a sender of alerts shows. A source may have several at once, so that one can be changed without a gap.
    `digest` is the SHA-256 of its text (hex): the intake looks senders up by it without asking each time.
    """

    id: int
    digest: str
    source: str
    kind: str
    world_id: str
    created_at: datetime
    revoked_at: datetime | None


class Link(Struct, frozen=True, kw_only=True):
    """A one-time link, for `purpose`, of an account or (the first set-up) of nobody yet."""

    purpose: str
    account_id: int | None
    expires_at: datetime
    used_at: datetime | None


class Run(Protocol):
    """Runs work on a connection: a reader's, or in the writer's transaction until its commit."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Give the work's result."""
        ...


class Accounts:
    """See the module."""

    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    # accounts

    def add(
        self,
        name: str,
        now: datetime,
        *,
        display: str = "",
        email: str = "",
        role: Role = "responder",
        password: str = "",
        language: Literal["fr", "en"] = "fr",
    ) -> Account:
        """Make an account; raises `Taken`."""
        row: dict[str, Any] = {
            "name": name.lower(),
            "display": display or name,
            "email": email,
            "role": role,
            "password": password,
        }
        row |= {"language": language, "created_at": now, "disabled": False}

        def work(connection: Connection) -> Account:
            if _one(connection, Account, schema.account, schema.account.c.name == row["name"]) is not None:
                raise Taken(f"there is already an account {row['name']}")
            return _added(connection, Account, schema.account, row)

        return self._write(work)

    def change(self, account_id: int, **fields: Any) -> Account | None:
        """Change display, email, role, password, language or disabled; None when there is no such account."""
        unknown = fields.keys() - {"display", "email", "role", "password", "language", "disabled"}
        if unknown:
            raise TypeError(f"not a field of an account that can be changed: {', '.join(sorted(unknown))}")
        which = schema.account.c.id == account_id

        def work(connection: Connection) -> Account | None:
            connection.execute(update(schema.account).where(which).values(**fields))
            return _one(connection, Account, schema.account, which)

        return self._write(work)

    def account(self, name: str) -> Account | None:
        """The account of that name, disabled or not."""
        return self._one(Account, schema.account, schema.account.c.name == name.lower())

    def account_by_id(self, account_id: int) -> Account | None:
        """The account, disabled or not."""
        return self._one(Account, schema.account, schema.account.c.id == account_id)

    def accounts(self) -> list[Account]:
        """Everybody, by name."""
        return self._all(Account, schema.account, schema.account.c.name)

    # API tokens

    def new_api_token(self, account_id: int, label: str, now: datetime) -> tuple[ApiToken, str]:
        """The token and its text, which is not kept."""
        text = new_secret("tocsin_api_")
        row = {"digest": digest(text), "account_id": account_id, "label": label, "created_at": now}
        return self._write(lambda connection: _added(connection, ApiToken, schema.api_token, row)), text

    def api_token(self, text: str) -> tuple[ApiToken, Account] | None:
        """The token and its account; None when it is unknown or the account disabled."""
        token = self._one(ApiToken, schema.api_token, schema.api_token.c.digest == digest(text))
        account = self.account_by_id(token.account_id) if token else None
        return (token, account) if token and account and not account.disabled else None

    def api_tokens(self, account_id: int) -> list[ApiToken]:
        """An account's tokens, oldest first."""
        table = schema.api_token
        return self._all(ApiToken, table, table.c.id, table.c.account_id == account_id)

    def used(self, token_ids: Iterable[int], now: datetime) -> None:
        """Note that these API tokens were used; gather them, a write for each request would be too dear."""
        ids = sorted(set(token_ids))
        table = schema.api_token
        self._write(
            lambda connection: (
                connection.execute(update(table).where(table.c.id.in_(ids)).values(last_used=now)).rowcount
            )
        )

    def drop_api_token(self, token_id: int) -> None:
        """It is unknown from now on."""
        table = schema.api_token
        self._write(lambda connection: connection.execute(delete(table).where(table.c.id == token_id)).rowcount)

    # the senders' tokens

    def new_source_token(self, source: str, kind: str, world_id: str, now: datetime) -> tuple[SourceToken, str]:
        """One more token of a source and its text, which is not kept; the others of that source stay valid."""
        text = new_secret("tocsin_src_")
        row = {"digest": digest(text), "source": source, "kind": kind, "world_id": world_id, "created_at": now}
        return self._write(lambda connection: _added(connection, SourceToken, schema.source_token, row)), text

    def source_token(self, text: str) -> SourceToken | None:
        """The sender's token; None when it is unknown or revoked."""
        table = schema.source_token
        return self._one(SourceToken, table, table.c.digest == digest(text), table.c.revoked_at.is_(None))

    def source_tokens(self) -> list[SourceToken]:
        """All of them, revoked ones too, oldest first."""
        return self._all(SourceToken, schema.source_token, schema.source_token.c.id)

    def revoke_source_token(self, token_id: int, now: datetime) -> None:
        """It is refused from now on; the first instant of revocation stays."""
        table = schema.source_token
        which = (table.c.id == token_id, table.c.revoked_at.is_(None))
        self._write(lambda connection: connection.execute(update(table).where(*which).values(revoked_at=now)).rowcount)

    # one-time links

    def new_link(self, purpose: str, account_id: int | None, now: datetime, valid_for: timedelta) -> str:
        """The link's secret, which is not kept. Links that ran out long ago are dropped on the way."""
        text = new_secret("")
        table = schema.login_link
        row = {"digest": digest(text), "purpose": purpose, "account_id": account_id, "expires_at": now + valid_for}

        def work(connection: Connection) -> None:
            connection.execute(delete(table).where(table.c.expires_at < now - KEPT_LINKS_FOR))
            connection.execute(insert(table).values(row))

        self._write(work)
        return text

    def link(self, text: str) -> Link | None:
        """Look at a link without using it, used or run out as it may be."""
        return self._one(Link, schema.login_link, schema.login_link.c.digest == digest(text))

    def consume(self, text: str, purpose: str, now: datetime) -> Link | None:
        """Use a link: of all who try, one gets it. None when it is unknown, used, run out or for something else."""
        table = schema.login_link
        which = (table.c.digest == digest(text), table.c.purpose == purpose)
        fresh = (table.c.used_at.is_(None), table.c.expires_at > now)

        def work(connection: Connection) -> Link | None:
            if connection.execute(update(table).where(*which, *fresh).values(used_at=now)).rowcount != 1:
                return None
            return _one(connection, Link, table, *which)

        return self._write(work)

    # the house's secrets

    def secret(self, key: str = "server") -> bytes:
        """32 random bytes that are the same for every replica and after every restart; made at the first asking."""
        table = schema.house
        chosen = select(table.c.content).where(table.c.key == f"secret/{key}")
        known: bytes | None = self._read(lambda connection: connection.execute(chosen).scalar())
        return known or self._write(lambda connection: _secret(connection, f"secret/{key}"))

    def _one(self, struct: type[S], table: FromClause, *which: Any) -> S | None:
        return self._read(lambda connection: _one(connection, struct, table, *which))

    def _all(self, struct: type[S], table: FromClause, by: Any, *which: Any) -> list[S]:
        chosen = select(*_columns(struct, table)).where(*which).order_by(by)
        return self._read(lambda connection: [struct(**row) for row in connection.execute(chosen).mappings()])


def new_secret(prefix: str) -> str:
    """256 random bits as text that fits a URL; the prefix tells a person (or a scanner) what was found."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest(text: str) -> str:
    """What is kept of a secret. No salt: 256 random bits can't be guessed, and it is looked up by this."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _columns(struct: type[Struct], table: FromClause) -> list[Any]:
    return [table.c[name] for name in struct.__struct_fields__]


def _one(connection: Connection, struct: type[S], table: FromClause, *which: Any) -> S | None:
    row = connection.execute(select(*_columns(struct, table)).where(*which)).mappings().one_or_none()
    return None if row is None else struct(**row)


def _added(connection: Connection, struct: type[S], table: Any, row: dict[str, Any]) -> S:
    put = insert(table).values(row).returning(*_columns(struct, table))
    return struct(**connection.execute(put).mappings().one())


def _secret(connection: Connection, key: str) -> bytes:
    table = schema.house
    known: bytes | None = connection.execute(select(table.c.content).where(table.c.key == key)).scalar()
    if known is None:
        known = secrets.token_bytes(SECRET_BYTES)
        connection.execute(insert(table).values(key=key, content=known))
    return known
