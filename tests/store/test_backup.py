"""A backup is one file of one instant, taken while the house runs; it is checked before it is put in place."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.store.makers import STREAM, body, noted
from tocsin.edge.backup import BackupRefused, backup, restore
from tocsin.edge.store.revision import NewerDatabase
from tocsin.edge.store.schema import REVISION_TABLE
from tocsin.edge.store.sql_store import SqlStore
from tocsin.edge.store.sqlite import FILE, AlreadyOpen

Opened = Callable[[str], SqlStore]


@pytest.fixture
def house(data_folder: Path, opened: Opened, now: datetime) -> SqlStore:
    store = opened(str(data_folder))
    store.commit(noted(now, "one", "two", "three"), now).result()
    store.keep(body(now)).result()
    store.accounts.add("alice", now)
    return store


@pytest.fixture
def copy(house: SqlStore, data_folder: Path, tmp_path: Path) -> Path:
    backup(data_folder, tmp_path / "copy")
    return tmp_path / "copy"


def edit(copy: Path, statement: str) -> None:
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute(statement)
    connection.close()


def test_what_was_backed_up_can_be_restored(house: SqlStore, copy: Path, tmp_path: Path, opened: Opened, now: datetime):
    house.commit(noted(now, "after the backup", after=3), now).result()

    restore(copy, tmp_path / "new")

    restored = opened(str(tmp_path / "new"))
    assert restored.load(STREAM) == house.load(STREAM)[:3]
    assert restored.backlog() == 1
    assert restored.accounts.account("alice") == house.accounts.account("alice")
    assert restored.accounts.secret() == house.accounts.secret() or house.accounts.secret()
    assert stat.S_IMODE((tmp_path / "new" / FILE).stat().st_mode) == 0o600


def test_a_backup_is_one_file_for_its_owner_alone(copy: Path):
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(copy.parent.glob("copy?*")) == []


def test_a_backup_taken_while_the_house_writes_is_whole(
    house: SqlStore, data_folder: Path, tmp_path: Path, opened: Opened, now: datetime
):
    stop = threading.Event()

    def write() -> None:
        seq = 3
        while not stop.is_set():
            seq = house.commit(noted(now, "x", "y", after=seq), now).result()[-1].seq

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(5):
            backup(data_folder, tmp_path / f"copy{number}")
    finally:
        stop.set()
        writing.join()

    for number in range(5):
        restore(tmp_path / f"copy{number}", tmp_path / f"new{number}")
        assert (len(opened(str(tmp_path / f"new{number}")).load(STREAM)) - 3) % 2 == 0


def test_a_backup_never_replaces_a_file(copy: Path, data_folder: Path):
    before = copy.read_bytes()

    with pytest.raises(BackupRefused, match="there already"):
        backup(data_folder, copy)

    assert copy.read_bytes() == before


def test_there_is_nothing_to_back_up_in_an_empty_folder(tmp_path: Path):
    with pytest.raises(BackupRefused, match="no database"):
        backup(tmp_path, tmp_path / "copy")


def test_postgresql_is_backed_up_by_its_own_tool(tmp_path: Path):
    with pytest.raises(BackupRefused) as refusal:
        backup("postgresql://tocsin:hunter2@db.example:5433/house", tmp_path / "copy")

    assert "pg_dump --format=custom --file=tocsin.dump --dbname=postgresql://tocsin@db.example:5433/house" in str(
        refusal.value
    )
    assert "hunter2" not in str(refusal.value)


def test_a_backup_goes_into_an_empty_folder_only(copy: Path, data_folder: Path, house: SqlStore, tmp_path: Path):
    with pytest.raises(AlreadyOpen):
        restore(copy, data_folder)
    house.close()
    with pytest.raises(BackupRefused, match="not empty"):
        restore(copy, data_folder)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "todo.txt").write_text("x")
    with pytest.raises(BackupRefused, match="not empty"):
        restore(copy, tmp_path / "notes")


@pytest.mark.parametrize(
    ("statement", "mistake"),
    [
        ("UPDATE entry SET body = replace(body, 'two', '2') WHERE seq = 2", "incident/1 line 2: the text is not"),
        ("DELETE FROM entry WHERE seq = 2", "incident/1: line 2 is missing, line 3 comes instead"),
        ("UPDATE entry SET chain = digest WHERE seq = 2", "incident/1 line 2: the chain is broken"),
        ("UPDATE entry SET seq = CASE seq WHEN 2 THEN 4 ELSE seq END", "incident/1: line 2 is missing"),
    ],
)
def test_a_backup_that_was_changed_is_not_restored(copy: Path, tmp_path: Path, statement: str, mistake: str):
    edit(copy, statement)

    with pytest.raises(BackupRefused, match="was changed") as refusal:
        restore(copy, tmp_path / "new")

    assert refusal.value.mistakes[0].startswith(mistake)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"lock"}


def test_a_backup_of_a_newer_version_is_not_restored(copy: Path, tmp_path: Path):
    edit(copy, f"UPDATE {REVISION_TABLE} SET version_num = '9999'")
    before = copy.read_bytes()

    with pytest.raises(NewerDatabase):
        restore(copy, tmp_path / "new")

    assert copy.read_bytes() == before
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"lock"}


def test_a_damaged_file_is_not_restored(copy: Path, tmp_path: Path):
    content = bytearray(copy.read_bytes())
    for place in range(4096 * 3, len(content), 4096):
        content[place : place + 64] = b"\xff" * 64
    copy.write_bytes(content)

    with pytest.raises(BackupRefused, match="damaged"):
        restore(copy, tmp_path / "new")


def test_something_else_is_not_restored(tmp_path: Path):
    (tmp_path / "text").write_text("not a database, but long enough to look at " * 50)
    with pytest.raises(BackupRefused, match="no database"):
        restore(tmp_path / "text", tmp_path / "new")

    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE songs (title)")
    other.commit()
    other.close()
    with pytest.raises(BackupRefused, match="not a backup of tocsin"):
        restore(tmp_path / "other", tmp_path / "new")
    with pytest.raises(BackupRefused, match="no file"):
        restore(tmp_path / "nothing", tmp_path / "new")
