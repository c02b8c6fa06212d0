"""
What programs answered, kept on disk by the SHA-256 of the program, so that each question is put once.

The surprise: a program that is a script (patronictl, Debian's psql) keeps its digest when what it imports is upgraded,
so its version is part of the key and is asked each time. Nothing here ever fails: without a cache, one asks again.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec

from tocsin.edge.kept_pages import reader
from tocsin.procedure.grammar.table import Node

_T = TypeVar("_T")


class Answers(msgspec.Struct):
    """
    The pages of help by subcommand, and the flags that the program was seen to refuse ("get --cascade"). `reader` is who
    read the pages: a later version may read the same help better.
    """

    program: str
    version: str
    pages: dict[str, Node] = {}
    refused: list[str] = []
    reader: str = ""


class _Digest(msgspec.Struct, frozen=True):
    size: int
    changed: int
    digest: str
    script: bool


class Cache:
    """One file per program's digest in a folder; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._reader = reader()

    def digest(self, program: Path) -> tuple[str, bool]:
        """The SHA-256 of the file and whether it is a script; read again only when the file changed. May raise OSError."""
        stat = program.stat()
        index = f"{hashlib.sha256(str(program).encode()).hexdigest()[:32]}.digest"
        known = self._read(index, _Digest)
        if known is None or (known.size, known.changed) != (stat.st_size, stat.st_mtime_ns):
            known = _digest_of(program, stat.st_size, stat.st_mtime_ns)
            self._write(index, known)
        return known.digest, known.script

    def load(self, key: str) -> Answers | None:
        """What was answered before."""
        answers = self._read(f"{key}.json", Answers)
        return answers if answers and answers.reader == self._reader else None

    def keep(self, key: str, answers: Answers) -> None:
        """Keep it for the next time."""
        self._write(f"{key}.json", msgspec.structs.replace(answers, reader=self._reader))

    def _read(self, name: str, kind: type[_T]) -> _T | None:
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
            if self._folder is not None:
                return msgspec.json.decode((self._folder / name).read_bytes(), type=kind)
        return None

    def _write(self, name: str, value: object) -> None:
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(msgspec.json.encode(value))
            Path(file.name).replace(self._folder / name)


def _digest_of(program: Path, size: int, changed: int) -> _Digest:
    with program.open("rb") as file:
        script = file.read(2) == b"#!"
        file.seek(0)
        return _Digest(size, changed, hashlib.file_digest(file, "sha256").hexdigest(), script)
