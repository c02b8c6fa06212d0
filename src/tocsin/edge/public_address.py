"""
Which addresses we may connect to on somebody else's word.

The URL of a webhook must not become a way into our own network. The surprise: an IPv6 address can carry a private
IPv4 one inside (::ffff:10.0.0.1, 64:ff9b::a00:1), so it is taken out and judged.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Where clouds answer with credentials; one of them is a public address.
METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
)


class NotAllowed(Exception):
    """The name leads to an address that we do not connect to; the text says which kind, and never which address."""


async def judged_addresses(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """Resolve a name once, in the system's order; raises `NotAllowed` for any bad address, `socket.gaierror`."""
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
    for text in found:
        why = why_not(ipaddress.ip_address(text.partition("%")[0]), allow_private=allow_private)
        if why:
            raise NotAllowed(f"{host} leads to {why}")
    return found


def why_not(address: Address, *, allow_private: bool) -> str:
    """Say what forbids an address, "" when nothing does. `allow_private` opens our own network only."""
    inside = _inside(address)
    if inside is not None and not allow_private:
        return "an IPv4 address inside an IPv6 one"
    judged = inside or address
    if judged in METADATA:
        return "a cloud's metadata service"
    if judged.is_multicast or judged.is_link_local or judged.is_unspecified:
        return "an address that is no single machine's"
    if not judged.is_global and not allow_private:
        return "a private address (`channels.webhook.allow_private` would allow it)"
    return ""


def _inside(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
