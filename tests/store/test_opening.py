"""Opening: one process per folder, the right schema or a clear refusal, and nothing left of the process before."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.store.makers import STREAM, body, dues, noted
from tocsin.edge.store.contract import Change, Lost, Unavailable
from tocsin.edge.store.migrations.upgrade import configuration
from tocsin.edge.store.revision import NewerDatabase
from tocsin.edge.store.schema import HEAD, REVISION_TABLE, REVISIONS, metadata
from tocsin.edge.store.sql_store import SqlStore, open_store
from tocsin.edge.store.sqlite import FILE, LOCK, AlreadyOpen

Opened = Callable[[str], SqlStore]

OPEN_AND_TELL = """
import sys
from tocsin.edge.store.sql_store import open_store
from tocsin.edge.store.sqlite import AlreadyOpen
try:
    open_store(sys.argv[1]).close()
    print("opened, alembic" if "alembic" in sys.modules else "opened")
except AlreadyOpen as refusal:
    print(refusal)
"""


def open_elsewhere(where: str) -> str:
    """What another process is told."""
    told = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL, where], check=True, capture_output=True, text=True, timeout=60
    )
    return told.stdout.strip()


def test_a_second_process_is_refused_at_once_and_told_by_whom(data_folder: Path, opened: Opened, now: datetime):
    import os

    store = opened(str(data_folder))

    assert open_elsewhere(str(data_folder)) == f"{data_folder} is open in process {os.getpid()}"

    assert store.keep(body(now)).result()
    store.close()
    assert open_elsewhere(str(data_folder)).startswith("opened")


def test_a_second_opener_in_the_same_process_is_refused_too(data_folder: Path, opened: Opened, now: datetime):
    store = opened(str(data_folder))

    with pytest.raises(AlreadyOpen):
        open_store(data_folder)

    assert store.keep(body(now)).result()


def test_alembic_is_imported_only_when_the_schema_is_behind(where: str):
    if not where.startswith("postgresql"):  # the template has its schema already
        assert open_elsewhere(where) == "opened, alembic"
    assert open_elsewhere(where) == "opened"


def test_the_file_is_for_its_owner_alone(data_folder: Path, opened: Opened, now: datetime):
    store = opened(str(data_folder))
    store.keep(body(now)).result()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_folder.iterdir()}

    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600, LOCK: 0o600}
    assert stat.S_IMODE(data_folder.stat().st_mode) == 0o700


def test_what_is_answered_is_flushed_to_the_disk(data_folder: Path, opened: Opened):
    store = opened(str(data_folder))

    with store._database.writers.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert settings == ["wal", 2, 1]


def test_readers_cannot_write(data_folder: Path, opened: Opened):
    store = opened(str(data_folder))

    with store._database.readers.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("DELETE FROM entry")


def test_claims_and_roles_of_the_dead_process_are_void(data_folder: Path, opened: Opened, now: datetime):
    """Nobody else can hold the lock, so whoever held them is gone: work goes on at once, not after the lease."""
    before = opened(str(data_folder))
    before.commit(dues(STREAM, page=now), now).result()
    (old,) = before.claim("dead", now, 10, timedelta(hours=1))
    lease = before.lease("reader", "dead", now, timedelta(hours=1))
    before.close()

    store = opened(str(data_folder))

    (claim,) = store.claim("alive", now, 10, timedelta(hours=1))
    assert (claim.holder, claim.attempts) == ("alive", 2)
    taken = store.lease("reader", "alive", now, timedelta(hours=1))
    assert taken is not None
    assert taken.fence == 2
    with pytest.raises(Lost):
        store.commit(Change(claim=old), now).result()
    with pytest.raises(Lost):
        store.commit(Change(lease=lease), now).result()


def test_claims_and_roles_of_another_replica_stand(postgres: str, opened: Opened, now: datetime):
    """It may be alive: it loses them by time only."""
    first = opened(postgres)
    first.commit(dues(STREAM, page=now), now).result()
    first.claim("first", now, 10, timedelta(hours=1))
    first.lease("reader", "first", now, timedelta(hours=1))

    second = opened(postgres)

    assert second.claim("second", now, 10, timedelta(hours=1)) == []
    assert second.lease("reader", "second", now, timedelta(hours=1)) is None


def set_revision(where: str, revision: str) -> None:
    statement = f"UPDATE {REVISION_TABLE} SET version_num = '{revision}'"
    if where.startswith("postgresql"):
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)
    else:
        with sqlite3.connect(Path(where) / FILE) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute(statement)
        connection.close()


def test_a_newer_database_is_refused(where: str, opened: Opened, now: datetime):
    store = opened(where)
    store.commit(noted(now, "kept"), now).result()
    store.close()
    set_revision(where, "9999")

    with pytest.raises(NewerDatabase, match=f"9999.*{HEAD}") as refusal:
        open_store(where)

    assert (refusal.value.stored, refusal.value.known) == ("9999", HEAD)
    set_revision(where, HEAD)
    assert len(opened(where).load(STREAM)) == 1


def test_the_file_of_a_newer_database_is_not_touched(data_folder: Path, opened: Opened):
    opened(str(data_folder)).close()
    set_revision(str(data_folder), "9999")
    path = data_folder / FILE
    before, changed_at = path.read_bytes(), path.stat().st_mtime_ns

    with pytest.raises(NewerDatabase):
        open_store(data_folder)

    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == changed_at
    assert {left.name for left in data_folder.iterdir()} == {FILE, LOCK}


def test_a_refused_folder_can_be_opened_by_the_next(data_folder: Path, opened: Opened):
    """The lock is let go on the way out."""
    opened(str(data_folder)).close()
    set_revision(str(data_folder), "9999")
    with pytest.raises(NewerDatabase):
        open_store(data_folder)
    set_revision(str(data_folder), HEAD)

    assert opened(str(data_folder)).healthy() == ""


def test_the_scripts_lead_to_the_tables_that_the_code_means(where: str, opened: Opened):
    store = opened(where)

    with store._database.writers.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "version_table": REVISION_TABLE}
        )
        assert compare_metadata(context, metadata) == []


def test_the_list_of_revisions_is_that_of_the_scripts():
    scripts = ScriptDirectory.from_config(configuration())

    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_replicas_that_start_together_on_an_empty_database_make_it_once(cluster, opened: Opened):
    from concurrent.futures import ThreadPoolExecutor

    url = cluster.new_database()

    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(opened, [url] * 4))

    assert [store.healthy() for store in stores] == [""] * 4


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path):
    with pytest.raises(Unavailable, match="cannot take it"):
        open_store(f"postgresql://nobody@/none?host={tmp_path}")


def test_a_damaged_file_is_unavailable_and_left_as_it_is(data_folder: Path, opened: Opened, now: datetime):
    store = opened(str(data_folder))
    store.keep(body(now)).result()
    store.close()
    path = data_folder / FILE
    path.write_bytes(b"not a database at all" + path.read_bytes()[21:])
    before = path.read_bytes()

    with pytest.raises(Unavailable, match="not a database"):
        open_store(data_folder)

    assert path.read_bytes() == before


def test_nothing_is_read_after_closing(store: SqlStore):
    """The lock is let go: what would be read could be somebody else's."""
    store.close()

    for read in (store.backlog, store.accounts.accounts, lambda: list(store.lines(STREAM))):
        with pytest.raises(Unavailable, match="closed"):
            read()
    assert store.healthy() != ""
