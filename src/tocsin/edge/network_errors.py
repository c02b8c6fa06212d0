"""Why a connection failed, in the system's words. Clients wrap the reason several deep; people need the innermost."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator


def reason_of(error: BaseException) -> str:
    """Say it in one line: "connection refused", "the certificate is not valid: self-signed certificate"."""
    for below in _chain(error):
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {below.verify_message}"
        if isinstance(below, socket.gaierror):
            return f"the name is not known: {below.strerror}"
        if isinstance(below, ssl.SSLError):
            return f"no TLS connection: {below.reason or below}"
        if isinstance(below, OSError) and below.errno:
            return os.strerror(below.errno).lower()
    return " ".join(str(error).split()) or type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    below: BaseException | None = error
    seen: set[int] = set()
    # An error that was raised again out of a group of errors has that group as its context: a circle.
    while below is not None and id(below) not in seen:
        seen.add(id(below))
        yield below
        # asyncio tries every address of a name and reports them together.
        several = getattr(below, "exceptions", ())
        below = several[0] if several else below.__cause__ or below.__context__
