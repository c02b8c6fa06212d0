"""
A page as a signed HTTP POST, for gateways to telephones, chats and other systems.

Signed the way Standard Webhooks asks: `webhook-signature` is "v1," and the base64 of HMAC-SHA256 over
"id.timestamp.body". The surprise is the connection: the name is resolved once, every address is judged, and we connect
to a judged address; no proxy, no redirect, and what the other side writes back is never read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
import msgspec

from tocsin.edge.channels.contract import Failed, Message, Sent
from tocsin.edge.clock import Clock, SystemClock
from tocsin.edge.network_errors import reason_of
from tocsin.edge.public_address import NotAllowed, judged_addresses
from tocsin.edge.settings.model import WebhookSettings
from tocsin.edge.settings.quantities import Secret

LIMIT = timedelta(seconds=8)
PREFIX = "whsec_"
WORTH_A_RETRY = frozenset({408, 425, 429})


class WebhookChannel:
    """Sends to http(s) URLs. `limit` bounds the whole of a message: resolving, connecting, answer."""

    name = "webhook"

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        clock: Clock | None = None,
        limit: timedelta = LIMIT,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._key = signing_key(settings.secret) if settings.secret else b""
        self._clock = clock or SystemClock()
        self._limit = limit
        self._trust = trust
        self._client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=limit.total_seconds(),
            verify=trust or True,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # A connection is known by its IP address alone: kept, it would serve another name behind the same address.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    async def send(self, address: str, message: Message) -> Sent | Failed:
        """POST it; 2xx is sent, other answers are `Failed` with the status alone."""
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                return await self._post(httpx2.URL(address), message)
        except TimeoutError:
            return Failed(f"no answer within {self._limit.total_seconds():g} s")
        except httpx2.InvalidURL:
            return Failed("the address is no URL", permanent=True)
        except NotAllowed as refused:
            return Failed(str(refused), permanent=True)
        except (httpx2.RequestError, OSError) as error:
            return Failed(reason_of(error))

    async def answers(self, address: str) -> str:
        """Resolve, judge and open the connection, TLS included, and close it: the other side is asked nothing."""
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                return await self._connect(httpx2.URL(address))
        except TimeoutError:
            return f"no answer within {self._limit.total_seconds():g} s"
        except httpx2.InvalidURL:
            return "the address is no URL"
        except NotAllowed as refused:
            return str(refused)
        except OSError as error:
            return reason_of(error)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _post(self, url: httpx2.URL, message: Message) -> Sent | Failed:
        forbidden = self._forbidden(url)
        if forbidden:
            return Failed(forbidden, permanent=True)
        found = await judged_addresses(url.raw_host.decode(), _port(url), allow_private=self._settings.allow_private)
        body = body_of(message)
        headers = self._headers(message, body)
        for last, ip in _with_last(found):
            try:
                return await self._post_to(url, ip, headers, body)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                # Nothing has left yet: the name's next address may be better (IPv6 without a route).
                if last:
                    raise
        raise AssertionError("a name has at least one address")

    def _forbidden(self, url: httpx2.URL) -> str:
        """What the settings say against an address, "" when nothing."""
        settings, host = self._settings, url.raw_host.decode()
        if url.scheme not in ({"https", "http"} if settings.allow_http else {"https"}):
            return "only https is allowed"
        if settings.hosts and host not in {host.lower() for host in settings.hosts}:
            return f"{host} is not among `channels.webhook.hosts`"
        return ""

    async def _connect(self, url: httpx2.URL) -> str:
        forbidden = self._forbidden(url)
        if forbidden:
            return forbidden
        host = url.raw_host.decode()
        found = await judged_addresses(host, _port(url), allow_private=self._settings.allow_private)
        secure = (self._trust or ssl.create_default_context()) if url.scheme == "https" else None
        for last, ip in _with_last(found):
            try:
                _, writer = await asyncio.open_connection(
                    ip, _port(url), ssl=secure, server_hostname=host if secure else None
                )
                writer.close()
                return ""
            except OSError:
                if last:
                    raise
        raise AssertionError("a name has at least one address")

    async def _post_to(self, url: httpx2.URL, ip: str, headers: dict[str, str], body: bytes) -> Sent | Failed:
        pinned = url.copy_with(host=ip)
        headers = {**headers, "host": url.netloc.decode().rpartition("@")[2]}
        extensions = {"sni_hostname": url.raw_host.decode()}
        request = self._client.build_request("POST", pinned, headers=headers, content=body, extensions=extensions)
        response = await self._client.send(request, stream=True)
        await response.aclose()
        status = response.status_code
        if 200 <= status < 300:
            return Sent()
        if 300 <= status < 400:
            return Failed(f"HTTP {status}: redirects are not followed", permanent=True)
        return Failed(f"HTTP {status}", permanent=400 <= status < 500 and status not in WORTH_A_RETRY)

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        headers = {"content-type": "application/json", "user-agent": "tocsin", "webhook-id": message.page_id}
        stamp = str(int(self._clock.now().timestamp()))
        headers["webhook-timestamp"] = stamp
        if self._key:
            headers["webhook-signature"] = signature(self._key, message.page_id, stamp, body)
        return headers


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def body_of(message: Message) -> bytes:
    """Write the JSON that is sent: `type` "page" or "notice", then what the message holds."""
    held = msgspec.to_builtins(message)
    return msgspec.json.encode({"type": held.pop("kind"), **held})


def signing_key(secret: Secret) -> bytes:
    """Give the key of a secret: "whsec_" announces base64, any other text is the key itself. Raises `ValueError`."""
    text = secret.reveal()
    if not text.startswith(PREFIX):
        return text.encode()
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError("what follows whsec_ is not base64") from None
    if not key:
        raise ValueError("nothing follows whsec_")
    return key


def signature(key: bytes, page_id: str, stamp: str, body: bytes) -> str:
    """Sign a body: `stamp` is whole seconds since 1970."""
    digest = hmac.digest(key, b".".join((page_id.encode(), stamp.encode(), body)), hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def _with_last(items: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    for position, item in enumerate(items, start=1):
        yield position == len(items), item
