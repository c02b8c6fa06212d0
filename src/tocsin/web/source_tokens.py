"""
Which source a token belongs to, without asking the database each time.

There are few source tokens, so all of them are held, by their SHA-256, and read again when they are older than two
seconds: a revoked token dies within that time. A token that is not among them makes the list be read at most once
more per second, so that a new one works at once and a flood of guesses costs nothing. The surprise: no comparison
here takes longer for a better guess, because only digests are compared. And while the database is gone, the tokens
that were known go on being good (its bodies go to the spool): a revocation waits too, and nobody is called a
stranger who may be new.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from time import monotonic

import structlog

from tocsin.edge.store.accounts import SourceToken
from tocsin.edge.store.contract import Unavailable

FRESH_FOR = 2.0
AGAIN_AFTER = 1.0
READ_WITHIN = 1.0
GONE_FOR = 3.0
"""How long nobody asks a database again that was gone; asking costs a sender READ_WITHIN."""
log = structlog.get_logger(__name__)


class SourceTokens:
    """The active source tokens by digest; `load` reads them, in a thread."""

    def __init__(self, load: Callable[[], Sequence[SourceToken]], clock: Callable[[], float] = monotonic) -> None:
        self._load = load
        self._clock = clock
        self._known: dict[str, SourceToken] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._ever_read = False
        self._gone = ""

    async def source_of(self, token: str) -> SourceToken | None:
        """The source that a token stands for; None for a wrong or revoked one. Raises what `load` raises."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
        age = self._clock() - self._read_at
        if age > FRESH_FOR or (digest not in self._known and age > AGAIN_AFTER):
            await self._read_again(self._read_at)
        if self._gone and digest not in self._known:
            raise Unavailable(f"an unknown token, and the list cannot be read: {self._gone}")
        return self._known.get(digest)

    async def of_kind(self, kind: str) -> list[SourceToken]:
        """The active tokens of the senders of one kind. Raises what `load` raises."""
        if self._clock() - self._read_at > FRESH_FOR:
            await self._read_again(self._read_at)
        return [token for token in self._known.values() if token.kind == kind]

    async def _read_again(self, seen: float) -> None:
        async with self._reading:
            if self._read_at != seen:
                return
            began = self._clock()
            try:
                await asyncio.wait_for(asyncio.to_thread(self.read), READ_WITHIN if self._ever_read else None)
            except (Unavailable, TimeoutError) as trouble:
                if not self._ever_read:
                    raise
                self._gone = str(trouble) or "no answer in time"
                log.warning("the tokens known so far stay good", why=self._gone)
                began = self._clock() + GONE_FOR
            self._read_at = began

    def read(self) -> None:
        """Read them now: once before the first sender knocks, so that they are known whatever happens then."""
        tokens = self._load()
        self._known = {token.digest: token for token in tokens if token.revoked_at is None}
        self._ever_read = True
        self._gone = ""


def token_in(authorization: str) -> str:
    """The token of an Authorization header: Bearer, or the password of Basic; "" when there is none."""
    scheme, _, rest = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return rest.strip()
        case "basic":
            return _password(rest.strip())
        case _:
            return ""


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
