"""
Who signed a body: HMAC-SHA256 over its raw bytes, as Grafana's webhook contact point signs.

The header X-Grafana-Alerting-Signature holds the digest as hex. With X-Grafana-Alerting-Timestamp (unix seconds) beside
it, what is signed is "SECONDS:" and the body, and the seconds must be within five minutes of ours; without it, the body
alone. A header that is there must be right, whatever token comes with it; alone it is as good as a token.

The surprise: no secret is kept beside a token. Each token's is derived from the house's own, and a revoked token's with
it is worth nothing any more.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tocsin.edge.store.accounts import SourceToken

SIGNATURE = b"x-grafana-alerting-signature"
TIMESTAMP = b"x-grafana-alerting-timestamp"
SIGNED_KINDS = frozenset({"grafana"})
APART = timedelta(minutes=5)
UNPROVEN = 1 << 20
"""How much is read of a body before anything proves its sender: a signature can only be judged at its end."""
PREFIX = "tocsin_sig_"
_HEX = re.compile(rb"[0-9a-fA-F]{64}")
_SECONDS = re.compile(rb"[0-9]{1,11}")

Headers = Mapping[bytes, bytes]


def signing_secret(house: bytes, token: SourceToken) -> str:
    """What the sender of that token signs with."""
    return PREFIX + hmac.new(house, f"tocsin.source/{token.id}/{token.digest}".encode(), hashlib.sha256).hexdigest()


def is_signed(headers: Headers) -> bool:
    """Whether a signature is claimed."""
    return SIGNATURE in headers


def signer(
    headers: Headers, body: bytes, tokens: Iterable[SourceToken], house: bytes, now: datetime
) -> SourceToken | None:
    """The token whose secret signed this, None when none did or it was signed too long ago. All are tried, always."""
    claimed, signed = headers.get(SIGNATURE, b"").strip(), _signed(headers, body, now)
    if signed is None or _HEX.fullmatch(claimed) is None:
        return None
    found: SourceToken | None = None
    for token in tokens:
        right = hmac.new(signing_secret(house, token).encode(), signed, hashlib.sha256).hexdigest()
        if hmac.compare_digest(right.encode(), claimed.lower()):
            found = token
    return found


def _signed(headers: Headers, body: bytes, now: datetime) -> bytes | None:
    """What the digest is over; None when the time is none, or not ours."""
    told = headers.get(TIMESTAMP)
    if told is None:
        return body
    seconds = told.strip()
    if _SECONDS.fullmatch(seconds) is None or abs(int(seconds) - now.timestamp()) > APART.total_seconds():
        return None
    return seconds + b":" + body
