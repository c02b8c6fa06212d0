"""
The intake: authenticate, read, keep, answer.

What was answered 2xx is on the disk; what it means for incidents is decided later and not promised. A body that
nobody can read is kept too, once, with its reason. The surprise: this is a bare ASGI callable and not a Starlette
endpoint, because every sender knocks here at once when it matters.

    202 {"id", "alerts", "quarantined"}    kept; "id" is null when it waits in the spool, the database being gone or slow
    401                                    no source has this token, or none signed this
    404, 405, 415                          no such kind, not a POST, compressed
    413, 422 {"error", "message"}          too large, unreadable: an entry says so, repeating is pointless
    503 with Retry-After                   it could not be kept: try again
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import Future

import msgspec
import structlog
from msgspec import Struct
from starlette.types import Receive, Scope, Send

from tocsin.detection.registry import SOURCES
from tocsin.detection.sources.contract import Read, Reading, Unreadable
from tocsin.edge.store.accounts import SourceToken
from tocsin.edge.store.contract import NewBody, Spooled, Unavailable
from tocsin.loops.house import House
from tocsin.web.bodies import MIB, Gone, TooLarge, TooSlow, read_body
from tocsin.web.meters import Meters
from tocsin.web.signatures import SIGNED_KINDS, UNPROVEN, is_signed, signer
from tocsin.web.source_tokens import SourceTokens, token_in

LIMIT = 8 * MIB
KEPT_OF_REFUSED = 64 * 1024
LARGE = 256 * 1024
KEEP_WITHIN = 8.0
"""Alertmanager gives up after 10 s at the least; who answers later is sent the same body again anyway."""
DATABASE_WITHIN = 2.0
"""Then the body goes to the spool, which needs a part of the time too."""

log = structlog.get_logger(__name__)

INGEST = "/ingest"
JSON = (
    (b"content-type", b"application/json"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
Headers = tuple[tuple[bytes, bytes], ...]


class Answer(Struct, frozen=True):
    """What goes back. `verdict` is its word in /metrics."""

    status: int
    verdict: str
    body: bytes
    headers: Headers = ()


class Intake:
    """
    POST /ingest/KIND as an ASGI application. It answers everything under /ingest, so that no slash too many is ever
    answered by a redirect (which turns a sender's POST into a GET).
    """

    def __init__(self, house: House, meters: Meters, readers: Mapping[str, Read] = SOURCES) -> None:
        self._house = house
        self._meters = meters
        self._readers = readers
        self._tokens = SourceTokens(house.accounts.source_tokens)
        self._tokens.read()
        self._last_id = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        try:
            source = await self._tokens.source_of(token_in(headers.get(b"authorization", b"").decode("latin-1")))
            source, answer = await self._answer(scope, headers, receive, source)
        except Gone:
            return
        except Unavailable as error:
            source, answer = None, _unavailable(str(error))
        meters = self._meters
        meters.count(meters.bodies, source.source if source else "", answer.verdict)
        length = (b"content-length", str(len(answer.body)).encode())
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": [*JSON, length, *answer.headers]}
        )
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, source: SourceToken | None
    ) -> tuple[SourceToken | None, Answer]:
        """The answer, and who was proven to ask: a signature proves it at the end of the body."""
        kind = scope["path"].removeprefix(INGEST).strip("/")
        signed = is_signed(headers) and kind in SIGNED_KINDS
        refusal = self._refusal(scope["method"], kind, headers, source, signed)
        if refusal is not None:
            return source, refusal
        limit = LIMIT if source is not None else UNPROVEN
        try:
            body = await read_body(receive, limit)
        except TooSlow:
            return source, _refusal(408, "slow", "The body did not come in time.", ((b"connection", b"close"),))
        except TooLarge as error:
            return source, await self._refuse_large(source, error.beginning, limit)
        if signed:
            tokens = [source] if source is not None else await self._tokens.of_kind(kind)
            source = signer(headers, body, tokens, self._house.secret, self._house.clock.now())
        if source is None:
            return None, _refusal(401, "bad_signature", "The signature does not fit, or is more than 5 min old.")
        return source, await self._take(source, self._readers[kind], body)

    def _refusal(
        self, method: str, kind: str, headers: Mapping[bytes, bytes], source: SourceToken | None, signed: bool
    ) -> Answer | None:
        """What is refused before the body is read; None to go on."""
        if method != "POST":
            return _refusal(405, "method", "Only POST is understood here.", ((b"allow", b"POST"),))
        if source is None and not signed:
            return _refusal(401, "unauthorized", "No source has this token.", ((b"www-authenticate", b"Bearer"),))
        if kind not in self._readers:
            return _refusal(404, "unknown_kind", "No source of this kind is read here.")
        if source is not None and source.kind != kind:
            return _refusal(403, "wrong_kind", f"The token is for /ingest/{source.kind}.")
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            return _refusal(415, "compressed", "The body must not be compressed.")
        return None

    async def _refuse_large(self, source: SourceToken | None, beginning: bytes, limit: int) -> Answer:
        """The digest is that of the first bytes alone: the rest was never read. Of a stranger's nothing is kept."""
        why = f"the body is larger than {limit // MIB} MiB"
        if source is not None:
            self._house.on_partial(source.source)
            await self._note(source, beginning, why)
        return _refusal(413, "too_large", f"Not taken: {why}.", ((b"connection", b"close"),))

    async def _take(self, source: SourceToken, reader: Read, body: bytes) -> Answer:
        try:
            if len(body) > LARGE:  # must not hold up the others
                reading = await asyncio.to_thread(reader, body, source.source)
            else:
                reading = reader(body, source.source)
        except Unreadable as error:
            await self._note(source, body, error.why)
            return _refusal(422, "unreadable", f"Not understood: {error.why}.")
        kept = await self._keep(source, body, len(reading.alerts))
        if kept is not None:
            await self._note_flaws(source, body, reading)
        self._count(source, reading)
        if reading.left_out:
            self._house.on_partial(source.source)
        told = (b"null" if kept is None else b"%d" % kept, len(reading.alerts), len(reading.quarantined))
        verdict = "spooled" if kept is None else "kept"
        return Answer(202, verdict, b'{"id":%b,"alerts":%d,"quarantined":%d}' % told)

    async def _keep(self, source: SourceToken, body: bytes, alerts: int) -> int | None:
        """The id in the database; None when it waits in the spool. While anything waits there, it goes behind it."""
        new = NewBody(
            source=source.source,
            kind=source.kind,
            world_id=source.world_id,
            received_at=self._house.clock.now(),
            digest=hashlib.sha256(body).hexdigest(),
            content=body,
            alerts=alerts,
        )
        spool = self._house.spool
        if spool is None:
            return await _written(self._house.store.keep(new), KEEP_WITHIN)
        if spool.waiting:
            await _written(spool.put(Spooled(body=new)), KEEP_WITHIN)
            return None
        writing = self._house.store.keep(new)
        try:
            self._last_id = max(self._last_id, kept := await _written(writing, DATABASE_WITHIN))
        except Unavailable as error:
            if not spool.waiting:  # the first says it for all
                log.warning("bodies go to the spool", why=str(error))
            # What was already begun may yet be written, and a commit whose answer was lost may stand.
            waits = Spooled(body=new, why=str(error), doubtful=not writing.cancel(), after=self._last_id)
            await _written(spool.put(waits), KEEP_WITHIN - DATABASE_WITHIN)
            return None
        return kept

    async def _note_flaws(self, source: SourceToken, body: bytes, reading: Reading) -> None:
        flaws = reading.flaws
        try:
            if flaws:
                await self._note(source, body, "; ".join(flaws))
        except Unavailable as error:  # the body itself is safe: a second delivery would add nothing
            log.error("the flaws of a body could not be noted", why=str(error), flaws=flaws)

    async def _note(self, source: SourceToken, body: bytes, why: str) -> None:
        digest = hashlib.sha256(body).hexdigest()
        content = body[:KEPT_OF_REFUSED]
        try:
            await asyncio.to_thread(self._house.refuse_body, source.source, digest, why, len(body), content)
        except TimeoutError:
            raise Unavailable("the writer did not answer") from None

    def _count(self, source: SourceToken, reading: Reading) -> None:
        meters = self._meters
        meters.count(meters.alerts, source.source, "read", len(reading.alerts))
        if reading.quarantined:
            meters.count(meters.alerts, source.source, "quarantined", len(reading.quarantined))


async def _written(writing: Future[int], within: float) -> int:
    """
    Wait for the disk, but answer in time: after that it is `Unavailable`, and the writer goes on undisturbed.

    By hand and not by `wrap_future` within a `timeout`: on this path that machinery costs as much as reading the body.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[int] = loop.create_future()

    def tell() -> None:
        if answer.done():
            return
        error = writing.exception()
        if error is None:
            answer.set_result(writing.result())
        else:
            answer.set_exception(error)

    def give_up() -> None:
        if not answer.done():
            answer.set_exception(Unavailable(f"nothing was written within {within:.0f} s"))

    writing.add_done_callback(lambda _: loop.call_soon_threadsafe(tell))
    patience = loop.call_later(within, give_up)
    try:
        return await answer
    finally:
        patience.cancel()


def _refusal(status: int, error: str, message: str, headers: Headers = ()) -> Answer:
    body = msgspec.json.encode({"error": error, "message": message})
    return Answer(status, error, body, headers)


def _unavailable(why: str) -> Answer:
    """The reason is ours to read, not the sender's: it may name files."""
    log.error("a body could not be kept", why=why)
    return _refusal(503, "unavailable", "It could not be kept; please send it again.", ((b"retry-after", b"5"),))
