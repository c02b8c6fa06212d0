"""
The way to the house: its socket while a server runs, else the same API in this process.

A `Door` takes a request and gives a `Reply`; the verbs don't know which one they have. The surprise: a socket that
lies there unanswered is no server (it was killed), so it is only believed when somebody accepts.
"""

from __future__ import annotations

import http.client
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.lazily import later
from tocsin.cli.words import phrase
from tocsin.lexicon import Language

SOCKET = "tocsin.sock"
LONGEST_PATH = 100
PATIENCE = 60.0
STARTS_WITHIN = 15.0


class Reply(Struct, frozen=True):
    """What came back; `body` is JSON or a text."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.body)


class Door(Protocol):
    """`is_server` tells whether somebody performs what is asked for after we are gone."""

    is_server: bool

    def ask(self, method: str, path: str, content: Any = None) -> Reply:
        """One request; raises `Failure` when nobody answers."""
        ...

    def perform(self) -> None:
        """Do what was asked for, when nobody else will."""
        ...

    def save(self, path: str, file: Path) -> None:
        """GET into a new file."""
        ...


class Visitor(Struct, frozen=True, kw_only=True):
    """Who knocks where. `config` and `procedure` are only used when no server runs."""

    data: Path
    person: str
    language: Language
    config: Path | None = None
    procedure: Path | None = None

    def headers(self) -> dict[str, str]:
        """What each request says of its author."""
        return {"X-Tocsin-As": quote(self.person, safe=" "), "Accept-Language": self.language}


class Busy(Exception):
    """Another process holds the data folder."""


@contextmanager
def open_door(visitor: Visitor) -> Iterator[Door]:
    """The door that is open now, or soon: a server that starts is waited for. Raises `Failure` when none opens."""
    with ExitStack() as open_doors:
        yield _find_door(visitor, open_doors)


def _find_door(visitor: Visitor, open_doors: ExitStack) -> Door:
    deadline = time.monotonic() + STARTS_WITHIN
    while not knock(visitor.data):
        open_offline: Callable[[Visitor], Any] = later("offline:open_offline")
        try:
            door: Door = open_doors.enter_context(open_offline(visitor))
            return door
        except Busy:
            if time.monotonic() > deadline:
                raise Failure(phrase("busy", visitor.language, data=visitor.data)) from None
            time.sleep(0.3)
    return SocketDoor(visitor)


def knock(data: Path) -> bool:
    """Whether a server accepts on the socket of that folder."""
    try:
        _connect(data, 2.0).close()
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        return False
    except OSError as error:
        raise Failure(f"{data / SOCKET}: {error.strerror or error}") from None
    return True


def _connect(data: Path, seconds: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(seconds)
    folder = -1
    try:
        address = str(data / SOCKET)
        if len(os.fsencode(address)) > LONGEST_PATH:  # no longer name fits into a socket's address
            folder = os.open(data, os.O_PATH | os.O_DIRECTORY)
            address = f"/proc/self/fd/{folder}/{SOCKET}"
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    finally:
        if folder >= 0:
            os.close(folder)
    return connection


class _OverSocket(http.client.HTTPConnection):
    """HTTP, but to a file."""

    def __init__(self, data: Path) -> None:
        super().__init__("tocsin", timeout=PATIENCE)
        self._data = data

    def connect(self) -> None:
        """Instead of a name and a port."""
        self.sock = _connect(self._data, PATIENCE)


class SocketDoor:
    """The running server."""

    is_server = True

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def ask(self, method: str, path: str, content: Any = None) -> Reply:
        """See `Door`."""
        with self._answer(method, path, content) as answer:
            return Reply(answer.status, answer.read())

    def perform(self) -> None:
        """The server does."""

    def save(self, path: str, file: Path) -> None:
        """See `Door`."""
        with self._answer("GET", path, None) as answer:
            if answer.status != 200:
                raise refusal(Reply(answer.status, answer.read()))
            with new_file(file) as out:
                while chunk := answer.read(1 << 20):
                    out.write(chunk)

    @contextmanager
    def _answer(self, method: str, path: str, content: Any) -> Iterator[http.client.HTTPResponse]:
        connection = _OverSocket(self._visitor.data)
        try:
            body = None if content is None else msgspec.json.encode(content)
            connection.request(method, path, body, self._visitor.headers())
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            visitor = self._visitor
            why = str(error) or type(error).__name__
            raise Failure(phrase("no_answer", visitor.language, data=visitor.data, why=why), PROBLEMS) from None
        finally:
            connection.close()


@contextmanager
def new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file of ours alone that is there whole or not at all; raises `FileExistsError`."""
    if file.exists():
        raise FileExistsError(file)
    part = file.with_name(f"{file.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def refusal(reply: Reply) -> Failure:
    """What the API's error becomes here."""
    try:
        sentence = str(reply.json["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        sentence = f"HTTP {reply.status}"
    return Failure(sentence, PROBLEMS if reply.status >= 500 else 2)


def asked(door: Door, method: str, path: str, content: Any = None) -> Any:
    """The JSON that came back; raises `Failure` for anything but a 2xx."""
    reply = door.ask(method, path, content)
    if not 200 <= reply.status < 300:
        raise refusal(reply)
    return reply.json if reply.body else None
