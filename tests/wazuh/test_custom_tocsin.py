"""The script that Wazuh runs for each alert: nothing is lost, the order stays, and it always ends with 0."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.asgi import knock
from tests.fakes.http_server import HttpServer
from tests.house import small_house
from tocsin.edge.clock import SystemClock
from tocsin.incident.events import REAL
from tocsin.web.doors import doors

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "wazuh" / "custom-tocsin"
ALERT = (ROOT / "tests" / "fixtures" / "wazuh" / "brute-force.json").read_bytes()
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer() as server:
        server.status = 202
        yield server


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def options(tmp_path: Path, spool: Path) -> Path:
    file = tmp_path / "options.json"
    file.write_text(f'{{"spool": "{spool}"}}')
    return file


@pytest.fixture
def run(tmp_path: Path, options: Path) -> Run:
    """Runs it as integratord does, with an alert of that text."""

    def run(url: str, alert: bytes = ALERT, *more: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "custom-tocsin-1.alert"
        file.write_bytes(alert)
        command = [sys.executable, str(SCRIPT), str(file), "tocsin_src_key", url, "", str(options), *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    return run


def waiting(spool: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(spool.glob("[0-9]*"))]


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/ingest/wazuh"


def at(server: HttpServer) -> str:
    return f"http://127.0.0.1:{server.port}/ingest/wazuh"


def test_an_alert_is_posted_as_it_is_with_the_key(run, server, spool):
    assert run(at(server)).returncode == 0
    ((path, headers, body),) = server.requests
    assert (path, headers["authorization"], body) == ("/ingest/wazuh", "Bearer tocsin_src_key", ALERT.strip())
    assert waiting(spool) == []


def test_what_could_not_be_sent_goes_with_the_next_one_in_order(run, server, spool):
    for name in (b"1", b"2", b"3"):
        assert run(nobody(), name).returncode == 0
    assert waiting(spool) == [b"1", b"2", b"3"]
    assert run(at(server), b"4").returncode == 0
    assert [body for _, _, body in server.requests] == [b"1", b"2", b"3", b"4"]
    assert waiting(spool) == []


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403, 404, 302])
def test_an_answer_that_may_change_keeps_the_alert(run, server, spool, status):
    server.status = status
    server.headers = {"location": "http://127.0.0.1:1/"}
    assert run(at(server)).returncode == 0
    assert waiting(spool) == [ALERT.strip()]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_an_alert_that_is_never_taken_does_not_hold_up_the_others(run, server, spool, status):
    server.status = status
    run(at(server), b"bad")
    server.status = 202
    run(at(server), b"good")
    assert server.requests[-1][2] == b"good"
    assert waiting(spool) == []
    assert [path.read_bytes() for path in (spool / "refused").iterdir()] == [b"bad"]


def test_the_number_of_tries_is_the_managers(run, server):
    server.status = 500
    run(at(server), ALERT, "5", "2")
    assert len(server.requests) == 2


def test_a_server_that_never_answers_is_left_in_time(run, spool):
    """integratord waits for us, and every alert behind this one with it."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        answer = run(f"http://127.0.0.1:{deaf.getsockname()[1]}/", ALERT, "1", "5")
    assert answer.returncode == 0
    assert waiting(spool) == [ALERT.strip()]


def test_killed_at_any_moment_it_loses_nothing(tmp_path, options, server, spool, run):
    """What was whole on the disk is sent by the next one; what was half-written is no alert."""
    sent = 0
    for patience in (0.02, 0.04, 0.06, 0.08, 0.1, 0.15):
        file = tmp_path / f"{patience}.alert"
        file.write_bytes(str(patience).encode())
        command = [sys.executable, str(SCRIPT), str(file), "key", nobody(), str(options)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(patience)
        process.send_signal(signal.SIGKILL)
        process.wait()
        sent += 1
    kept = waiting(spool) if spool.exists() else []
    run(at(server), b"last")
    assert [body for _, _, body in server.requests] == [*kept, b"last"]
    assert len(kept) <= sent
    assert all(float(text) for text in kept)


def test_many_at_once_send_each_alert_once(tmp_path, options, server, spool):
    processes = []
    for number in range(12):
        file = tmp_path / f"{number}.alert"
        file.write_bytes(str(number).encode())
        processes.append(subprocess.Popen([sys.executable, str(SCRIPT), str(file), "key", at(server), str(options)]))
    assert [process.wait(30) for process in processes] == [0] * 12
    subprocess.run([sys.executable, str(SCRIPT), "/nothing", "key", at(server), str(options)], timeout=30, check=True)
    assert sorted(int(body) for _, _, body in server.requests) == list(range(12))
    assert waiting(spool) == []


def test_a_full_spool_drops_the_oldest_and_says_so(run, spool, tmp_path, options):
    small = tmp_path / "small"
    small.write_text(SCRIPT.read_text().replace("MOST_FILES = 10000", "MOST_FILES = 3"))
    file = tmp_path / "a.alert"
    said = ""
    for number in range(5):
        file.write_bytes(str(number).encode())
        command = [sys.executable, str(small), str(file), "key", nobody(), str(options)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stderr
    assert waiting(spool) == [b"2", b"3", b"4"]
    assert "1 of the oldest alerts were dropped" in said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["only-a-file"],
        ["/nothing", "key", "http://127.0.0.1:1/"],
        ["/nothing", "key", "ftp://example"],
        ["/dev/null", "key", "not an address"],
        ["/dev/null", "", "http://[", "debug", "-1", "x"],
        ["/dev/null", "clé\n", "http://127.0.0.1:1/", "\udcff"],
    ],
)
def test_whatever_it_is_called_with_it_ends_with_0(arguments, tmp_path):
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, timeout=30, check=False, env=environ
    )
    assert done.returncode == 0


def test_without_a_folder_it_still_sends_once(tmp_path, server):
    file = tmp_path / "a.alert"
    file.write_bytes(ALERT)
    script = tmp_path / "custom-tocsin"
    script.write_text(SCRIPT.read_text().replace("def is_ours(folder):", "def is_ours(folder):\n    return False\n"))
    done = subprocess.run([sys.executable, str(script), str(file), "key", at(server)], timeout=30, check=False)
    assert done.returncode == 0
    assert len(server.requests) == 1


def test_it_needs_nothing_newer_than_python_3_6_and_nothing_installed():
    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 6))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert not any(isinstance(node, ast.NamedExpr | ast.AnnAssign) for node in ast.walk(tree))
    assert os.access(SCRIPT, os.X_OK)


def test_what_it_sends_is_what_the_house_reads(tmp_path, run, server):
    run(at(server))
    with small_house(tmp_path / "house", SystemClock()) as house:
        _, key = house.accounts.new_source_token("siem", "wazuh", REAL, house.clock.now())
        body = server.requests[0][2]
        answer = knock(doors(house), "POST", "/ingest/wazuh", body, {"authorization": f"Bearer {key}"})
        assert (answer.status, answer.json["alerts"]) == (202, 1)
