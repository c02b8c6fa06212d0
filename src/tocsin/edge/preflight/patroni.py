"""
Patroni's members by their REST API: GET /cluster on each address that is known, the first answer wins.

Addresses come from the settings, else from the pods themselves: Patroni keeps `api_url` in an annotation of its pod.
The surprise: `host` and `api_url` of an answer are what the members believe of themselves, and are kept as such.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import httpx2
import msgspec
from msgspec import Struct

from tocsin.cluster.inventory import Member

LIMIT = timedelta(seconds=3)


class _MemberSeen(Struct, frozen=True):
    name: str
    role: str = ""
    state: str = ""
    api_url: str = ""


class _Cluster(Struct, frozen=True):
    members: list[_MemberSeen]
    scope: str = ""


async def members(addresses: Iterable[str], limit: timedelta = LIMIT) -> tuple[Member, ...]:
    """The members as the first address that answers tells them; none when nobody answers in time."""
    asked = tuple(dict.fromkeys(_cluster_url(address) for address in addresses if address))
    if not asked:
        return ()
    async with httpx2.AsyncClient(timeout=limit.total_seconds(), trust_env=False) as client:
        answers = await asyncio.gather(*(_cluster(client, url) for url in asked))
    found = next((answer for answer in answers if answer is not None), None)
    return tuple(_member(one, found.scope) for one in found.members) if found else ()


async def _cluster(client: httpx2.AsyncClient, url: str) -> _Cluster | None:
    try:
        response = await client.get(url)
        return msgspec.json.decode(response.content, type=_Cluster) if response.status_code == 200 else None
    except (httpx2.RequestError, httpx2.InvalidURL, msgspec.DecodeError):
        return None


def _cluster_url(address: str) -> str:
    parts = urlsplit(address if "://" in address else f"http://{address}")
    return urlunsplit((parts.scheme, parts.netloc, "/cluster", "", ""))


def _member(one: _MemberSeen, scope: str) -> Member:
    return Member(name=one.name, scope=scope, rest=one.api_url.removesuffix("/patroni"), role=one.role, state=one.state)
