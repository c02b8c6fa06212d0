"""
The house in this process, for a CLI that has the data folder to itself.

Takes the lock, answers requests by the very application that the server puts on its socket, and performs what it was
asked for, since nobody else will. Loaded only when no server runs: it brings the whole house with it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.types import ASGIApp, Message

from tocsin.cli.doors import Busy, Reply, Visitor, new_file, refusal
from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.logs import log_to_stderr
from tocsin.cli.words import phrase
from tocsin.edge.procedure_files import NoProcedure
from tocsin.edge.settings import BadSettings, load_settings
from tocsin.edge.store.contract import Unavailable
from tocsin.edge.store.revision import NewerDatabase
from tocsin.edge.store.sqlite import FILE, AlreadyOpen
from tocsin.loops.performer import Performer
from tocsin.server import offline_house
from tocsin.web.local import local_app


@contextmanager
def open_offline(visitor: Visitor) -> Iterator[OfflineDoor]:
    """Take the folder for as long as the verb lasts; raises `Busy` when somebody else has it."""
    log_to_stderr("warning")
    try:
        _must_be_begun(visitor)
        house, performer, store = offline_house(visitor.data, visitor.config, visitor.procedure)
    except LookupError:
        raise Failure(phrase("no_procedure", visitor.language, data=visitor.data)) from None
    except AlreadyOpen:
        raise Busy from None
    except (NewerDatabase, BadSettings, NoProcedure) as error:
        raise Failure(str(error)) from None
    except Unavailable as error:
        raise Failure(str(error), PROBLEMS) from None
    try:
        with asyncio.Runner() as runner:
            yield OfflineDoor(visitor, local_app(house), performer, runner)
    finally:
        store.close()


def _must_be_begun(visitor: Visitor) -> None:
    """A mistyped --data must not make an empty house; a --procedure says that a new one is meant."""
    settings = load_settings(visitor.config, os.environ)
    if not settings.database.url and visitor.procedure is None and not (visitor.data / FILE).exists():
        raise Failure(phrase("no_house", visitor.language, data=visitor.data))


class OfflineDoor:
    """The API without a network."""

    is_server = False

    def __init__(self, visitor: Visitor, app: ASGIApp, performer: Performer, runner: asyncio.Runner) -> None:
        self._visitor = visitor
        self._app = app
        self._performer = performer
        self._runner = runner

    def ask(self, method: str, path: str, content: Any = None) -> Reply:
        """See `Door`."""
        body = b"" if content is None else msgspec.json.encode(content)
        return self._runner.run(call(self._app, method, path, self._visitor.headers(), body))

    def perform(self) -> None:
        """Act until nothing is left to act on."""
        self._runner.run(self._performer.idle())

    def save(self, path: str, file: Path) -> None:
        """See `Door`."""
        reply = self.ask("GET", path)
        if reply.status != 200:
            raise refusal(reply)
        with new_file(file) as out:
            out.write(reply.body)


async def call(app: ASGIApp, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
    """One request to an ASGI application, by its own rules and without a socket."""
    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(bare),
        "raw_path": bare.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": None,
        "server": None,
    }
    messages = _messages(body)
    status, parts = 500, []

    async def receive() -> Message:
        return await anext(messages)

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Reply(status, b"".join(parts))


async def _messages(body: bytes) -> AsyncIterator[Message]:
    yield {"type": "http.request", "body": body, "more_body": False}
    await asyncio.Event().wait()  # we don't hang up: whoever listens for that is cancelled at the end
