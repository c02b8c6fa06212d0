"""
A copy of the embedded database while it is in use, and the way back.

The copy is SQLite's own online backup: one file, of one instant. It holds everything, password hashes and secrets too,
and is readable by its owner alone. Restoring goes into an empty folder only, and checks the file and every chain
before anything is in its place. PostgreSQL has its own tools; here it is only told which.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlalchemy import exc, make_url

from tocsin.edge.chains import LEDGER, Chains
from tocsin.edge.flaws import Language
from tocsin.edge.store import timelines
from tocsin.edge.store.revision import bring_up_to_date
from tocsin.edge.store.sqlite import FILE, LOCK, read_only, revision_of, take_lock, writing

Refusal = Literal["use_pg_dump", "no_database", "exists", "not_empty", "not_a_backup", "changed"]


class BackupRefused(Exception):
    """
    It can't be done this way. `code` says why, `detail` is the command to use or what was found.

    `mistakes` are sentences: what was changed in the timelines after they were written.
    """

    def __init__(self, code: Refusal, why: str, detail: str = "", mistakes: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((f"{why}: {detail}" if detail else why, *mistakes)))
        self.code = code
        self.detail = detail
        self.mistakes = mistakes


def backup(where: str | Path, to: Path) -> None:
    """Copy the database of a data folder into a new file; raises `BackupRefused`. The house may be running."""
    if str(where).startswith(("postgresql://", "postgres://")):
        raise BackupRefused("use_pg_dump", "PostgreSQL is backed up by its own tool", _pg_dump(str(where)))
    source = Path(where) / FILE
    if not source.exists():
        raise BackupRefused("no_database", f"there is no database in {where}")
    if to.exists():
        raise BackupRefused("exists", f"{to} is there already")
    half = to.with_name(f"{to.name}.part")
    try:
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(read_only(source)) as original, closing(sqlite3.connect(half)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        _put(half, to)
    finally:
        half.unlink(missing_ok=True)


def restore(copy: Path, folder: Path, language: Language = "en") -> None:
    """
    Put a backup into an empty data folder, brought up to this version's schema.

    Raises `BackupRefused` (the folder is not empty, the file is damaged, a chain is broken), `AlreadyOpen`, or
    `NewerDatabase`; the folder is then as empty as before.
    """
    if not copy.is_file():
        raise BackupRefused("not_a_backup", f"there is no file {copy}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = take_lock(folder)
    half = folder / f"{FILE}.part"
    try:
        if [path for path in folder.iterdir() if path.name != LOCK]:
            raise BackupRefused("not_empty", f"{folder} is not empty")
        _take_over(copy, half)
        mistakes = tuple(_mistakes(half, language))
        if mistakes:
            raise BackupRefused("changed", f"{copy} was changed after it was written", mistakes=mistakes)
        _put(half, folder / FILE)
    finally:
        for name in (half.name, f"{half.name}-wal", f"{half.name}-shm", f"{half.name}-journal"):
            (folder / name).unlink(missing_ok=True)
        os.close(lock)


def _pg_dump(url: str) -> str:
    # The password stays out of the command line, where everybody on the machine can read it.
    without = make_url(url)._replace(password=None).difference_update_query(["password"]).render_as_string()
    return shlex.join(("pg_dump", "--format=custom", "--file=tocsin.dump", f"--dbname={without}"))


def _take_over(copy: Path, half: Path) -> None:
    os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        if not revision_of(copy):
            raise BackupRefused("not_a_backup", f"{copy} is not a backup of tocsin")
        with closing(read_only(copy)) as original, closing(sqlite3.connect(half)) as ours:
            original.backup(ours)
            (verdict,) = ours.execute("PRAGMA integrity_check(1)").fetchone()
    except (sqlite3.DatabaseError, exc.DatabaseError) as error:
        raise BackupRefused("not_a_backup", f"{copy} is damaged or no database", str(error)) from error
    if verdict != "ok":
        raise BackupRefused("not_a_backup", f"{copy} is damaged", verdict)


def _mistakes(path: Path, language: Language) -> list[str]:
    """Bring the file to the newest schema and check every chain in it; it is one whole file afterwards."""
    engine = writing(path)
    check = Chains(language)
    mistakes: list[str] = []
    try:
        with engine.begin() as connection:
            bring_up_to_date(connection)
            streams = [stream for stream, _, _ in timelines.heads(connection)]
            for stream in sorted(streams, key=lambda stream: (stream != LEDGER, stream)):
                for line in timelines.lines(connection, stream):
                    mistakes += check.feed(line)
    finally:
        engine.dispose()
    return [*mistakes, *check.finish()]


def _put(half: Path, to: Path) -> None:
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(to)
    folder = os.open(to.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
