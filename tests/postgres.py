"""A private PostgreSQL for the tests: a cluster of its own in a temporary folder, reached by a Unix socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

USER = "postgres"


def programs() -> Path:
    """Where initdb and pg_ctl are; skips the test when they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        pytest.skip("PostgreSQL's initdb is not installed (Debian: postgresql-15)")
    return Path(on_path).parent


class Cluster:
    """A running cluster. `url(name)` is a database in it."""

    def __init__(self, folder: Path, bin_folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._durable = durable
        self._bin = bin_folder
        self._made = 0
        self._running = False

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def new_database(self, template: str = "template1") -> str:
        """The URL of a new database."""
        self._made += 1
        name = f"test_{self._made}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def start(self) -> None:
        # fsync off: no test cuts the power, and what a killed client was promised is in the server's memory.
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c max_connections=200"
            f" -c fsync={'on' if self._durable else 'off'}"
        )
        self.run(
            "pg_ctl",
            "start",
            "-w",
            "-s",
            "-D",
            str(self.folder / "cluster"),
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
        )

        self._running = True

    def stop(self, mode: str = "immediate") -> None:
        if not self._running:
            return
        self._running = False
        self.run("pg_ctl", "stop", "-w", "-s", "-D", str(self.folder / "cluster"), "-m", mode)

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", USER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def private_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A cluster that is gone afterwards; `durable` flushes to the disk, for measures."""
    bin_folder = programs()
    # Not pytest's folder: that one is closed to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
    cluster = Cluster(folder, bin_folder, durable=durable)
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster.run("initdb", "-U", USER, "-A", "trust", "-N", "--locale=C.UTF-8", "-D", str(folder / "cluster"))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
