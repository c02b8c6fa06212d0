"""
Hetzner's servers, firewalls and load balancers, by GET alone.

HCLOUD_ENDPOINT is respected as hcloud respects it. The surprise: a token cannot be asked what it may, so a command that
changes something is bound and never "permitted"; one that reads is permitted by having been read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
from msgspec import Struct

from tocsin.edge.network_errors import reason_of

ENDPOINT = "https://api.hetzner.cloud/v1"
LIMIT = timedelta(seconds=8)
PER_PAGE = "50"
MOST_PAGES = 20


class Silent(Exception):
    """Hetzner gave no answer; the text says why. `refused` when it does not take the token."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


class _Ip(Struct, frozen=True):
    ip: str = ""


class _PublicNet(Struct, frozen=True):
    ipv4: _Ip | None = None
    ipv6: _Ip | None = None


class Server(Struct, frozen=True):
    """A server as the API gives it."""

    id: int
    name: str
    public_net: _PublicNet = _PublicNet()
    private_net: list[_Ip] = []

    @property
    def addresses(self) -> frozenset[str]:
        """Every address it answers at."""
        public = (self.public_net.ipv4, self.public_net.ipv6)
        return frozenset(one.ip for one in (*public, *self.private_net) if one and one.ip)


class Thing(Struct, frozen=True):
    """A firewall or a load balancer: its number and its name."""

    id: int
    name: str


class Estate(Struct, frozen=True, kw_only=True):
    """What Hetzner runs for this token."""

    servers: tuple[Server, ...] = ()
    firewalls: tuple[Thing, ...] = ()
    load_balancers: tuple[Thing, ...] = ()


class _Pagination(Struct, frozen=True):
    next_page: int | None = None


class _Meta(Struct, frozen=True):
    pagination: _Pagination = _Pagination()


class _Page(Struct, frozen=True):
    meta: _Meta = _Meta()
    servers: list[Server] = []
    firewalls: list[Thing] = []
    load_balancers: list[Thing] = []


class _Error(Struct, frozen=True):
    message: str = ""


class _Failure(Struct, frozen=True):
    error: _Error = _Error()


async def estate(token: str, environ: Mapping[str, str], limit: timedelta = LIMIT) -> Estate:
    """Read all of it; raises `Silent`."""
    base = environ.get("HCLOUD_ENDPOINT") or ENDPOINT
    headers = {"authorization": f"Bearer {token}", "accept": "application/json", "user-agent": "tocsin"}
    timeout = httpx2.Timeout(limit.total_seconds())
    try:
        async with httpx2.AsyncClient(headers=headers, timeout=timeout, trust_env=False) as client:
            return Estate(
                servers=tuple([one for page in await _pages(client, f"{base}/servers") for one in page.servers]),
                firewalls=tuple([one for page in await _pages(client, f"{base}/firewalls") for one in page.firewalls]),
                load_balancers=tuple(
                    [one for page in await _pages(client, f"{base}/load_balancers") for one in page.load_balancers]
                ),
            )
    except httpx2.RequestError as error:
        raise Silent(reason_of(error)) from None


async def _pages(client: httpx2.AsyncClient, url: str) -> list[_Page]:
    pages: list[_Page] = []
    following: int | None = 1
    while following is not None and len(pages) < MOST_PAGES:
        response = await client.get(url, params={"page": str(following), "per_page": PER_PAGE})
        if response.status_code != 200:
            raise Silent(_told(response), refused=response.status_code in (401, 403))
        page: _Page = _decoded(response.content)
        pages.append(page)
        following = page.meta.pagination.next_page
    return pages


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content, type=_Page)
    except msgspec.DecodeError as error:
        raise Silent(f"its answer is not understood: {error}") from None


def _told(response: httpx2.Response) -> str:
    try:
        message = msgspec.json.decode(response.content, type=_Failure).error.message
    except msgspec.DecodeError:
        message = ""
    return f"HTTP {response.status_code}: {message}".removesuffix(": ")
