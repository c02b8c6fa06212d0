"""
What every answer carries, and which requests may change something.

A pure ASGI layer adds the headers. A request that changes something must come from a page of ours: by the browser's
own word (Sec-Fetch-Site, else Origin) and by a token in the form. The surprise: the referrer policy is `same-origin`
and not `no-referrer`, because with the latter browsers send `Origin: null` with our own forms; nothing leaves for
another host either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class SecurityHeaders:
    """Adds the headers to every answer that does not set them; what is not a static file is never kept by a cache."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        headers = {**HEADERS, **(HTTPS_HEADERS if https else {})}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = {name for name, _ in message["headers"]}
                ours = (*self._headers, (b"cache-control", _kept(scope)))
                message["headers"] = [*message["headers"], *(header for header in ours if header[0] not in told)]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _kept(scope: Scope) -> bytes:
    """How long a cache may keep it: a static file asked for by the mark of its content for ever, all else never."""
    is_marked = scope["path"].startswith("/static/") and scope["query_string"]
    return b"public, max-age=31536000, immutable" if is_marked else b"no-store"


def is_ours(headers: Mapping[str, str], public_url: str) -> bool:
    """
    Whether the browser says that a page of ours sent this request.

    Old browsers and programs say nothing: then the form's token alone decides.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc in (headers.get("host", ""), urlsplit(public_url).netloc) and origin != "null"
