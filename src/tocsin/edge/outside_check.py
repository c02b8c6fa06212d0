"""
One ping of a check outside, which calls somebody when we fall silent (healthchecks.io and its like).

The name is resolved once, every address is judged, and we connect to a judged one; no proxy, no redirect, and what is
answered is never read. The surprise: the address is itself the secret, so no error repeats it.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import httpx2

from tocsin.edge.network_errors import reason_of
from tocsin.edge.public_address import NotAllowed, judged_addresses
from tocsin.edge.settings.model import OutsideCheckSettings

WITHIN = 10.0


class NotTaken(Exception):
    """The check did not take the ping; the text says why, without the address."""


class OutsideCheck(Protocol):
    """Where we tell that we live."""

    async def ping(self) -> None:
        """Tell it; raises `NotTaken`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class HttpCheck:
    """The check at `settings.url`."""

    def __init__(self, settings: OutsideCheckSettings) -> None:
        if settings.url is None:
            raise ValueError("an outside check needs a url")
        self._settings = settings
        self._url = httpx2.URL(settings.url.reveal())
        self._client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=WITHIN,
            # A connection is known by its IP address alone: kept, it would serve another name behind the same address.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    async def ping(self) -> None:
        """See the contract."""
        try:
            async with asyncio.timeout(WITHIN):
                status = await self._ask()
        except TimeoutError:
            raise NotTaken(f"no answer within {WITHIN:g} s") from None
        except NotAllowed:
            raise NotTaken("the address leads into a private network (`outside_check.allow_private`)") from None
        except (httpx2.RequestError, OSError) as error:
            raise NotTaken(reason_of(error)) from None
        if not 200 <= status < 300:
            raise NotTaken(f"HTTP {status}")

    async def close(self) -> None:
        """See the contract."""
        await self._client.aclose()

    async def _ask(self) -> int:
        url, host = self._url, self._url.raw_host.decode()
        port = url.port or (443 if url.scheme == "https" else 80)
        found = await judged_addresses(host, port, allow_private=self._settings.allow_private)
        headers = {"host": url.netloc.decode().rpartition("@")[2], "user-agent": "tocsin"}
        for place, ip in enumerate(found, start=1):
            request = self._client.build_request(
                self._settings.method, url.copy_with(host=ip), headers=headers, extensions={"sni_hostname": host}
            )
            try:
                response = await self._client.send(request, stream=True)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if place == len(found):
                    raise
                continue
            await response.aclose()
            return response.status_code
        raise AssertionError("a name has at least one address")
