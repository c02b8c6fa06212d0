"""
A sender's own list of alerts, read over HTTP: Alertmanager's API version 2, or Grafana's copy of it.

Settings in, a `Picture` out, or `NotRead` with the reason. Bounded in time and in size. The address is the
administrator's own word, so private networks are allowed; redirects are not followed, they would take the password
along. The surprise: Alertmanager answers with nanoseconds, which Python's instants cut.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Protocol

import httpx2
import msgspec
from msgspec import Struct

from tocsin.detection.reconciliation import Listed, Picture
from tocsin.edge.network_errors import reason_of
from tocsin.edge.settings.model import SourceSettings

LARGEST = 32 << 20
WITHIN = 10.0
PATHS = {"alertmanager": "/api/v2", "grafana": "/api/alertmanager/grafana/api/v2"}


class NotRead(Exception):
    """The list could not be read; the text says why, and repeats nothing that was answered."""


class AlertList(Protocol):
    """One sender's list."""

    async def read(self) -> Picture:
        """All of it, now; raises `NotRead`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class _Status(Struct):
    """What /api/v2/status tells of the process."""

    uptime: datetime | None = None


class HttpAlertList:
    """The list at `settings.url`."""

    def __init__(self, settings: SourceSettings) -> None:
        if settings.url is None:
            raise ValueError("a source without a url has no list")
        self._base = settings.url.reveal().rstrip("/") + PATHS[settings.kind]
        headers = {"user-agent": "tocsin"}
        if settings.token:
            headers["authorization"] = f"Bearer {settings.token.reveal()}"
        password = settings.password.reveal() if settings.password else ""
        self._client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=WITHIN,
            headers=headers,
            auth=(settings.username, password) if settings.username else None,
        )

    async def read(self) -> Picture:
        """See the contract."""
        try:
            async with asyncio.timeout(WITHIN):
                status = msgspec.json.decode(await self._get("/status"), type=_Status)
                listed = msgspec.json.decode(await self._get("/alerts"), type=list[Listed])
        except TimeoutError:
            raise NotRead(f"no answer within {WITHIN:g} s") from None
        except (httpx2.RequestError, httpx2.InvalidURL, OSError) as error:
            raise NotRead(reason_of(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotRead("the answer is no list of alerts") from None
        return Picture(tuple(listed), status.uptime)

    async def close(self) -> None:
        """See the contract."""
        await self._client.aclose()

    async def _get(self, path: str) -> bytes:
        async with self._client.stream("GET", self._base + path) as response:
            if response.status_code != 200:
                raise NotRead(f"HTTP {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise NotRead(f"the answer is larger than {LARGEST >> 20} MiB")
            return bytes(body)
