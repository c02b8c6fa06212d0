"""The command itself: what it loads, how it ends, how it finds the house, how it shows what comes from outside."""

import ast
import fcntl
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from tests.cli.transcript import TOCSIN
from tests.e2e.served import Served
from tocsin import cli
from tocsin.cli import bugs, doors, screen
from tocsin.cli.doors import SOCKET, SocketDoor, Visitor, knock, new_file, open_door
from tocsin.cli.failures import Failure
from tocsin.cli.lazily import later
from tocsin.cli.report import instant_of
from tocsin.cli.words import WORDS, language_of, phrase

SMALL = Path(__file__).parents[1] / "fixtures" / "small" / "incidents.md"


def ended(*arguments: str, capsys=None) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    out, err = capsys.readouterr()
    return exit_.value.code, out, err


def test_help_names_every_verb_as_it_names_itself():
    for name, (place, text) in cli.VERBS.items():
        verb = later(place)
        assert isinstance(verb, click.Command), name
        assert verb.name == name
        assert len(text) < 70


def loaded_by(*arguments: str) -> set[str]:
    script = (
        "import sys\nfrom tocsin.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_loads_next_to_nothing():
    loaded = loaded_by("--help")
    assert not {"asyncio", "msgspec", "sqlalchemy", "starlette", "tocsin.cli.incident"} & loaded


def test_check_never_loads_the_server(tmp_path):
    loaded = loaded_by("check", str(SMALL))
    assert "tocsin.procedure.check" in loaded
    assert not {"tocsin.server", "starlette", "uvicorn", "sqlalchemy", "tocsin.loops.house"} & loaded
    assert not {"holidays", "pygls", "yaml", "importlib.metadata"} & loaded, "a check is quick"


def test_only_the_editor_loads_its_protocol():
    for module in ("tocsin.server", "tocsin.cli.serve"):
        script = f"import {module}, sys; print(chr(10).join(sys.modules))"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert not {"pygls", "lsprotocol"} & set(done.stdout.split())


def test_a_verb_beside_a_server_does_not_load_the_house_itself(tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / SOCKET))
    listener.listen()

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            if connection.recv(65536):
                body = b'{"incidents":[],"next":null}'
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    loaded = loaded_by("incident", "list", "--data", str(tmp_path))
    assert not {"tocsin.server", "starlette", "uvicorn", "sqlalchemy", "httpx2"} & loaded


def test_every_sentence_is_said_in_both_languages_with_the_same_holes():
    holes = re.compile(r"\{\w+\}")
    for key, (english, french) in WORDS.items():
        assert english, key
        assert french, key
        assert sorted(holes.findall(english)) == sorted(holes.findall(french)), key


def test_no_sentence_is_asked_for_that_is_not_there():
    """Every literal key that a verb says; what is put together ("column_…") is seen by the transcripts."""
    for path in Path(cli.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "say",
                "phrase",
            ):
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    assert key.value in WORDS, (path.name, key.value)


def test_a_value_is_never_read_as_a_template():
    assert phrase("opened", "en", number=1, priority="P1", title="{number} {priority}") == (
        "Incident 1 opened: P1, {number} {priority}"
    )


@pytest.mark.parametrize(
    ("asked", "environ", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "fr_FR.UTF-8"}, "fr"),
        (None, {"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_CA"}, "fr"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        ("fr", {"LC_ALL": "en_GB.UTF-8"}, "fr"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_environments(asked, environ, language):
    assert language_of(asked, environ) == language


def test_a_bug_has_a_number_and_its_traceback_is_kept(tmp_path, monkeypatch, capsys):
    def broken(visitor):
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr(doors, "_find_door", lambda visitor, stack: broken(visitor))
    code, _, err = ended("incident", "list", "--data", str(tmp_path), capsys=capsys)
    assert code == 3
    number = re.fullmatch(r"tocsin: bug (\d+)\. This is our fault; the details are in (.*)\n", err)
    kept = Path(number[2])
    assert kept == tmp_path / "bugs" / f"{int(number[1]):06}.txt"
    assert "ZeroDivisionError: our fault" in kept.read_text()
    assert ended("incident", "list", "--data", str(tmp_path), capsys=capsys)[2] == err  # one bug, one number


def test_a_bug_is_told_even_where_nothing_can_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "absent"))
    number, place = bugs.keep_traceback(ValueError("x"), tmp_path / "absent")
    assert number >= 0
    assert "nowhere" in str(place)


def test_nobody_reading_on_is_no_bug(tmp_path):
    with Served(tmp_path, "", procedure=SMALL) as server:
        listing = subprocess.Popen(
            [*TOCSIN, "incident", "list", "--data", str(server.data)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        listing.stdout.close()
        assert listing.wait(60) == 0
        assert listing.stderr.read() == b""


class TestDoors:
    def visitor(self, data: Path) -> Visitor:
        return Visitor(data=data, person="Éloïse", language="en")

    def test_a_socket_that_nobody_answers_is_no_server(self, tmp_path):
        assert not knock(tmp_path)
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(tmp_path / SOCKET))
        dead.close()
        assert not knock(tmp_path)

    def test_a_folder_with_a_long_name_is_reached_all_the_same(self, tmp_path):
        deep = tmp_path / ("d" * 90) / ("e" * 90)
        deep.mkdir(parents=True)
        listener = socket.socket(socket.AF_UNIX)
        here = os.open(deep, os.O_PATH | os.O_DIRECTORY)
        listener.bind(f"/proc/self/fd/{here}/{SOCKET}")
        listener.listen()
        assert knock(deep)

    def test_a_server_that_hangs_up_is_told(self, tmp_path):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / SOCKET))
        listener.listen()

        def hang_up() -> None:
            listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(Failure, match="does not answer") as caught:
            SocketDoor(self.visitor(tmp_path)).ask("GET", "/api/incidents")
        assert caught.value.exit_code == 1

    def test_a_folder_that_is_busy_and_has_no_server_is_told_after_a_while(self, tmp_path, monkeypatch):
        monkeypatch.setattr(doors, "STARTS_WITHIN", 0.5)
        held(tmp_path)
        with pytest.raises(Failure, match="is in use and no server answers yet"), open_door(self.visitor(tmp_path)):
            pass

    def test_a_server_that_starts_is_waited_for(self, tmp_path):
        lock = held(tmp_path)

        def start() -> None:
            time.sleep(0.5)
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(tmp_path / SOCKET))
            listener.listen()
            time.sleep(5)

        threading.Thread(target=start, daemon=True).start()
        with open_door(self.visitor(tmp_path)) as door:
            assert door.is_server
        os.close(lock)

    def test_the_name_may_have_any_letters(self, tmp_path):
        assert self.visitor(tmp_path).headers()["X-Tocsin-As"] == "%C3%89lo%C3%AFse"

    def test_a_new_file_is_there_whole_or_not_at_all(self, tmp_path):
        file = tmp_path / "export"
        with suppress(KeyError), new_file(file) as out:
            out.write(b"half")
            raise KeyError
        assert list(tmp_path.iterdir()) == []
        with new_file(file) as out:
            out.write(b"whole")
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"whole", 0o600)
        with pytest.raises(FileExistsError), new_file(file):
            pass


def held(folder: Path) -> int:
    """The lock of the data folder, taken by somebody else."""
    (folder / "tocsin.sqlite3").touch()
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


class TestScreen:
    def test_a_terminal_is_never_commanded_from_outside(self, capsys):
        screen.show_table(["id", "title"], [["1", "a\x1b[2J\x1b]0;owned\x07b\u202e"]])
        screen.show_text("out\x1b[31mput\n\tnext")
        shown = capsys.readouterr().out
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "⟨U+001B⟩" in shown
        assert "\n\tnext" in shown

    def test_columns_stand_under_each_other_whatever_the_letters(self, capsys):
        screen.show_table(["a", "b"], [["障害", "x"], ["e\u0301te\u0301", "y"], ["long one", "z"]])
        lines = capsys.readouterr().out.splitlines()
        assert [screen.width_of(line[:-1]) for line in lines] == [10, 10, 10, 10]

    def test_the_last_column_is_cut_at_the_edge(self, capsys, monkeypatch):
        monkeypatch.setenv("COLUMNS", "40")
        screen.show_table(["id", "title"], [["1", "word " * 40]])
        assert "… (" in capsys.readouterr().out

    def test_an_instant_is_local_and_names_the_day_unless_it_is_today(self, monkeypatch):
        monkeypatch.setenv("TZ", "Europe/Paris")
        time.tzset()
        try:
            assert screen.clock_time("2020-01-31T23:30:00.500Z") == "2020-02-01 00:30"
            assert screen.clock_time("2020-01-31T23:30:07Z", seconds=True) == "2020-02-01 00:30:07"
            assert screen.clock_time(None) == ""
        finally:
            monkeypatch.undo()
            time.tzset()


class TestInstants:
    NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    @pytest.fixture(autouse=True)
    def in_paris(self, monkeypatch):
        monkeypatch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
        monkeypatch.undo()
        time.tzset()

    @pytest.mark.parametrize(
        ("told", "instant"),
        [
            ("02:55", "2026-11-24T02:55:00+01:00"),
            ("2:55", "2026-11-24T02:55:00+01:00"),
            ("03:05", "2026-11-23T03:05:00+01:00"),  # not come yet today: it was yesterday
            ("2026-11-23T03:02+01:00", "2026-11-23T03:02:00+01:00"),
            ("2026-11-23 03:02", "2026-11-23T03:02:00+01:00"),
            ("2026-11-23T02:02:00Z", "2026-11-23T03:02:00+01:00"),
        ],
    )
    def test_told_as_people_do(self, told, instant):
        assert instant_of(told, self.NOW, desk=None) == instant


def test_json_is_what_the_api_gives(tmp_path):
    with Served(tmp_path, "", procedure=SMALL) as server:
        made = json.loads(server.cli("report", "Cluster down", "--everything-down", "--json").stdout)
        assert (made["id"], made["priority"]) == (1, "P1")
        listed = json.loads(server.cli("incident", "list", "--json").stdout)
        assert listed == [made]
        token = server.cli("token", "create", "--source", "prod").stdout.splitlines()[-1]
        assert server.deliver(token, {"version": "4", "alerts": []}) == 202
        shown = json.loads(server.cli("incident", "show", "1", "--json").stdout)
        assert shown["report"] == "Cluster down"
        assert json.loads(server.cli("incident", "ack", "1", "--json").stdout)["acknowledged_by"] == "alice"
