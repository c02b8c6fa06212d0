"""
The same API on a socket in the data folder, for the CLI on this machine.

Who may open the file (mode 0600) may already read the database, so no token is asked for: the name of the person is
taken from X-Tocsin-As (percent-encoded where it is not ASCII). The surprise: that header means something only here.
The wrapper puts the name into the ASGI scope, which nothing that comes over the network can write.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from tocsin.lexicon import Language
from tocsin.loops.house import House
from tocsin.web import api
from tocsin.web.api.answers import problem
from tocsin.web.api.callers import LOCAL
from tocsin.web.api.errors import ApiError

SOCKET = "tocsin.sock"
LONGEST_NAME = 100


def socket_path(data_folder: Path) -> Path:
    """Where the server listens and the CLI knocks. Longer than 107 bytes no system can open."""
    return data_folder / SOCKET


def local_app(house: House) -> ASGIApp:
    """The application for that socket, and for a CLI that has the data folder to itself."""
    return TrustedName(Starlette(routes=api.routes(house)), house.settings.language)


class TrustedName:
    """Takes the caller's name from the header; a request without one is refused."""

    def __init__(self, app: ASGIApp, language: Language) -> None:
        self._app = app
        self._language: Language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = unquote(dict(scope["headers"]).get(b"x-tocsin-as", b"").decode("latin-1")).strip()
        if not is_name(name):
            refused = problem(ApiError("no_name"), self._language)
            await refused(scope, receive, send)
            return
        await self._app({**scope, LOCAL: name}, receive, send)


def is_name(name: str) -> bool:
    """Whether it can stand in a timeline: a few visible characters on one line."""
    return 0 < len(name) <= LONGEST_NAME and not any(unicodedata.category(letter)[0] == "C" for letter in name)
