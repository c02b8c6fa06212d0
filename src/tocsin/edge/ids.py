"""Texts that nobody can guess."""

from __future__ import annotations

import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Make a secret of 43 letters, digits, - and _ (256 bits): safe in a URL and in a header."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_id(prefix: str) -> str:
    """Name one thing for ever: "page-" and 20 hex digits (80 bits). Unique, not secret."""
    return f"{prefix}-{secrets.token_hex(10)}"
