"""
The store's contract: seven verbs that know no domain rule.

Reads are plain calls, made from worker threads. Writes go through one queue into one writer thread, which takes all
that waits, commits once, and then answers each `Future`. What a decision changes is one `Change`, all or nothing.
The surprise: `due` rows are replaced per stream, but a row that stays keeps its claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from tocsin.incident.alert import Episode
from tocsin.incident.beat import Heard
from tocsin.incident.events import Entry
from tocsin.world import Append

WAKE = "wake"


class Lost(Exception):
    """
    Somebody else wrote first (the stream's seq), took over the claim, or holds the lease. Read again and decide
    again.
    """


class Unavailable(Exception):
    """The store cannot take it now (disk full, database gone, writer dead): HTTP 503."""


class NewBody(Struct, frozen=True, kw_only=True):
    """A body to keep. `digest` is its SHA-256 (hex); `alerts` how many it held."""

    source: str
    kind: str
    world_id: str
    received_at: datetime
    digest: str
    content: bytes
    alerts: int


class Spooled(Struct, frozen=True, kw_only=True):
    """
    A body that waited outside the database, the `seq`-th of its spool.

    `doubtful`: the database may have taken it all the same, after the id `after` (its answer did not come in time), so
    who takes it in looks first. `why` the database did not take it.
    """

    body: NewBody
    seq: int = 0
    why: str = ""
    doubtful: bool = False
    after: int = 0


class Body(Struct, frozen=True, kw_only=True):
    """A kept body that waits to be read, in order of `id`. `kind` names its reader ("alertmanager")."""

    id: int
    source: str
    kind: str
    world_id: str
    received_at: datetime
    content: bytes


class Unreadable(Struct, frozen=True, kw_only=True):
    """A body that no reader understood or that was too large: kept once per digest. `content` may be cut."""

    source: str
    digest: str
    received_at: datetime
    why: str
    size: int
    content: bytes


class AlertRow(Struct, frozen=True, kw_only=True):
    """The alert projection: which incident holds which episode."""

    episode: Episode
    name: str
    status: str
    incident: int
    last_seen: datetime


class Due(Struct, frozen=True, kw_only=True):
    """When to look at a stream again: `key` is WAKE for its clock, or an open intent's id."""

    key: str
    at: datetime


class Claim(Struct, frozen=True, kw_only=True):
    """An intent that is mine until `until`. `attempts` counts claims, this one included: it is the fencing number."""

    stream: str
    key: str
    holder: str
    attempts: int
    until: datetime


class Lease(Struct, frozen=True, kw_only=True):
    """A named role held by one replica; `fence` grows with each new holder."""

    name: str
    holder: str
    fence: int
    until: datetime


class Blob(Struct, frozen=True, kw_only=True):
    """A large text by its SHA-256 (hex). `expires_at` None keeps it for ever."""

    digest: str
    content: bytes
    created_at: datetime
    expires_at: datetime | None = None


class Summary(Struct, frozen=True, kw_only=True):
    """The row of an incident that lists read. `body` is its JSON as the API shows it, ready made."""

    number: int
    world_id: str
    kind: str
    status: str
    is_open: bool
    priority: str
    title: str
    scenario: str
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    respond_by: datetime | None
    seq: int
    body: bytes


class Change(Struct, frozen=True, kw_only=True):
    """
    One decision, in one transaction.

    `dues` gives per stream its complete new set of due rows. `consumed` are bodies now read, `beats` heartbeats now
    believed (each replaces the last of its sender). `claim` and `lease` guard
    the commit: when they are no longer held it raises `Lost` and nothing is written.
    """

    appends: tuple[Append, ...] = ()
    alerts: tuple[AlertRow, ...] = ()
    seen: tuple[Episode, ...] = ()
    summaries: tuple[Summary, ...] = ()
    dues: tuple[tuple[str, tuple[Due, ...]], ...] = ()
    consumed: tuple[int, ...] = ()
    blobs: tuple[Blob, ...] = ()
    beats: tuple[Heard, ...] = ()
    claim: Claim | None = None
    lease: Lease | None = None


class Find(Struct, frozen=True, kw_only=True):
    """Which summaries: newest first. `text` searches titles; `before` is a number to page by."""

    is_open: bool | None = None
    world_id: str = ""
    priority: str = ""
    text: str = ""
    before: int = 0
    limit: int = 50


class Store(Protocol):
    """See the module. Instants are UTC; `now` is the house's clock, which follows the database's on PostgreSQL."""

    # keep
    def keep(self, body: NewBody) -> Future[int]:
        """Keep a body durably; the future gives its id after the commit."""
        ...

    def take_spooled(self, spool_id: str, spooled: Sequence[Spooled]) -> Future[int]:
        """Keep bodies that waited in a spool, in order, none twice; gives how many were new."""
        ...

    def keep_unreadable(self, body: Unreadable) -> Future[int]:
        """Keep it once per digest; gives how many times it has come."""
        ...

    def waiting(self, limit: int) -> list[Body]:
        """Bodies not yet consumed, oldest first."""
        ...

    def backlog(self) -> int:
        """How many bodies wait."""
        ...

    # commit
    def commit(self, change: Change, now: datetime) -> Future[list[Entry]]:
        """Write it all or raise `Lost`; gives the entries written, in order. Raises `Unavailable` when it cannot."""
        ...

    # load
    def load(self, stream: str, after: int = 0) -> list[Entry]:
        """The entries of a stream with seq > `after`, in order."""
        ...

    def heads(self) -> list[tuple[str, int, str]]:
        """(stream, last seq, chain head) of every stream."""
        ...

    def tail(self, after: int, limit: int = 200) -> list[tuple[int, Entry]]:
        """
        Entries of all streams in the order of commit, with their position > `after`: what server-sent events
        follow.
        """
        ...

    def position(self) -> int:
        """The position of the newest entry; 0 when there is none."""
        ...

    def last_seq(self, stream: str) -> int:
        """The last seq of a stream; 0 when there is none."""
        ...

    # due, claim
    def next_due(self, *, intents: bool) -> datetime | None:
        """The earliest intent (or clock) there is; a claimed intent counts from the end of its claim."""
        ...

    def due(self, now: datetime, limit: int) -> list[str]:
        """Streams whose clock has come."""
        ...

    def claim(self, holder: str, now: datetime, limit: int, lease_for: timedelta) -> list[Claim]:
        """Take up to `limit` due intents that nobody holds; committed before it returns."""
        ...

    def renew(self, claim: Claim, now: datetime, lease_for: timedelta) -> Claim:
        """Hold it longer; raises `Lost`."""
        ...

    def lease(self, name: str, holder: str, now: datetime, lease_for: timedelta) -> Lease | None:
        """Take or renew a named role; None while another holds it. A `lease_for` of zero lets go of it."""
        ...

    # find
    def find(self, query: Find) -> list[Summary]:
        """Summaries, newest first."""
        ...

    def summary(self, number: int) -> Summary | None:
        """One summary."""
        ...

    def last_incident(self) -> int:
        """The highest incident number given so far; 0 when there is none."""
        ...

    def alerts(self, episodes: Sequence[Episode]) -> list[AlertRow]:
        """The rows known of these episodes."""
        ...

    def last_episodes(self, keys: Sequence[tuple[str, str]]) -> list[AlertRow]:
        """The newest row of each (source, fingerprint)."""
        ...

    def beats(self) -> list[Heard]:
        """The last believed heartbeat of each sender."""
        ...

    # blob
    def put_blob(self, blob: Blob) -> Future[None]:
        """Keep a blob; the same digest twice is one blob."""
        ...

    def blob(self, digest: str) -> bytes | None:
        """Its content; None when it was never kept or has expired."""
        ...

    def sweep(self, now: datetime, bodies_before: datetime) -> Future[int]:
        """Drop expired blobs and consumed bodies received before that instant; gives how many."""
        ...

    # the rest
    def listen(self, hear: Callable[[str], None]) -> None:
        """
        Have `hear("body")` or `hear("entry")` called after each commit, here or in another replica.

        From a thread of the store's own; it must return at once. A hint: it may be missed or come twice, so poll too.
        """
        ...

    def now(self) -> datetime:
        """The database's clock (the machine's on SQLite)."""
        ...

    def healthy(self) -> str:
        """ "" when reads and the writer work, else why not."""
        ...

    def close(self) -> None:
        """Finish what waits, then let go."""
        ...
