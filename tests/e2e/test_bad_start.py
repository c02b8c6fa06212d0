"""What a server refuses to start with: each time a sentence that says what to do, and nothing made, changed or lost."""

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.bodies import firing
from tests.e2e.served import PROCEDURE, Served
from tests.e2e.waiting import eventually
from tests.house import SMALL
from tests.postgres import private_cluster

SETTINGS = 'language = "en"\n'
REFUSED, PROBLEMS = 2, 1


@pytest.fixture
def tocsin(tmp_path: Path) -> Iterator[Served]:
    """Not yet started."""
    served = Served(tmp_path / "house", SETTINGS, procedure=SMALL)
    yield served
    served.kill()


def refusal(served: Served, *, anyway: bool = True) -> tuple[int, str]:
    """The exit code and what it says."""
    ended = served.launch(anyway=anyway)
    try:
        code = ended.wait(60)
    finally:
        served.kill()
    assert served.said == ""
    return code, served.complained


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below, but the lock, which names the last who tried."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "lock"}


def test_a_procedure_with_errors_is_refused_with_all_its_problems_at_their_places(tmp_path: Path) -> None:
    served = Served(tmp_path, SETTINGS, procedure=PROCEDURE)
    code, said = refusal(served, anyway=False)
    assert code == PROBLEMS
    found = re.findall(r"incidents\.md:(\d+):\d+: (error|warning|info) (P\d{3}) ", said)
    assert {(line, problem) for line, severity, problem in found if severity == "error"} == {
        ("35", "P110"),
        ("36", "P110"),
        ("37", "P110"),
        ("88", "P401"),
        ("101", "P402"),
        ("108", "P201"),
        ("109", "P201"),
    }
    assert len(found) > 10
    assert [int(line) for line, _, _ in found] == sorted(int(line) for line, _, _ in found)
    assert not served.data.exists()


def test_the_same_procedure_is_served_when_asked_to(tmp_path: Path) -> None:
    with Served(tmp_path, SETTINGS, procedure=PROCEDURE) as served:
        assert served.get("/healthz")[0] == 200


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('quiet_hold = "a while"', "tocsin.toml: `quiet_hold`: "),
        ('[channels.email]\nhost = "mail"\nfrom = "a@example.org"\nprot = 25', "`channels.email.prot`"),
        ('timezone = "Europe/Lutece"', "tocsin.toml: `timezone`: "),
        ('language = "en"\ntimezone = Europe/Paris', "tocsin.toml:2:"),
    ],
)
def test_broken_settings_name_the_key_or_the_place(tmp_path: Path, text: str, wanted: str) -> None:
    served = Served(tmp_path, text, procedure=SMALL)
    code, said = refusal(served)
    assert code == REFUSED
    assert wanted in said
    assert "Traceback" not in said
    assert not served.data.exists()


def test_a_database_of_a_newer_version_is_refused_and_not_a_byte_of_it_changes(tocsin: Served) -> None:
    tocsin.start()
    assert tocsin.deliver(tocsin.token(), firing("KeptForLater")) == 202
    eventually(tocsin.incidents, "the incident")
    assert tocsin.stop() == 0
    with closing(sqlite3.connect(tocsin.data / "tocsin.sqlite3")) as database:
        (known,) = database.execute("SELECT version_num FROM tocsin_revision").fetchone()
        database.execute("UPDATE tocsin_revision SET version_num = '9999'")
        database.commit()
    before = contents(tocsin.data)
    code, said = refusal(tocsin)
    assert (code, "9999" in said) == (REFUSED, True)
    assert contents(tocsin.data).items() >= before.items()  # SQLite's own empty -wal may stand beside
    with closing(sqlite3.connect(tocsin.data / "tocsin.sqlite3")) as database:
        database.execute("UPDATE tocsin_revision SET version_num = ?", (known,))
        database.commit()
    tocsin.start()
    assert "KeptForLater" in tocsin.incidents()[0]["title"]


def test_a_port_in_use_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = Served(tmp_path, SETTINGS, procedure=SMALL, listen=f"127.0.0.1:{port}")
        code, said = refusal(served)
    assert code == REFUSED
    assert f"127.0.0.1:{port}" in said
    assert "Address already in use" in said
    assert not served.data.exists()


def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on(tocsin: Served, tmp_path: Path) -> None:
    tocsin.start()
    token = tocsin.token()
    second = Served(tmp_path / "second", SETTINGS, procedure=SMALL)
    second.data = tocsin.data
    code, said = refusal(second)
    assert tocsin.server is not None
    assert (code, str(tocsin.server.pid) in said) == (REFUSED, True)
    goes_on(tocsin, token)


def test_on_postgresql_too_a_data_folder_belongs_to_one_server(tmp_path: Path) -> None:
    with private_cluster() as cluster:
        environ = {"TOCSIN_DATABASE_URL": cluster.new_database()}
        with Served(tmp_path / "first", SETTINGS, procedure=SMALL, environ=environ) as first:
            token = first.token()
            second = Served(tmp_path / "second", SETTINGS, procedure=SMALL, environ=environ)
            second.data = first.data
            code, said = refusal(second)
            assert first.server is not None
            assert (code, str(first.server.pid) in said) == (REFUSED, True)
            goes_on(first, token)


def goes_on(served: Served, token: str) -> None:
    """It still answers at every door."""
    assert served.deliver(token, firing("StillThere")) == 202
    assert eventually(served.incidents, "the incident")[0]["alerts"][0]["name"] == "StillThere"
    assert served.get("/readyz")[0] == 200
