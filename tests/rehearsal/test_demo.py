"""`tocsin demo` as a newcomer runs it: a process of its own, seen from outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tocsin.rehearsal.people import fields_of

MOMENT = re.compile(r"^(EXERCICE|DRILL) (\d\d:\d\d:\d\d)  (.+)$")
FRENCH = [
    "node-2 ne répond plus",
    "Alertmanager envoie 5 messages : KubeNodeNotReady",
    "L'incident 1 est ouvert : P2",
    "Alice <alice@example.org> est appelé",
    "Alice ouvre le lien et prend l'incident",
    "Le triage a réuni ses preuves",
    "Alice confirme",
    "Étape 1 : Impact",
    "Étape 2 : Le trafic",
    "Alice valide exactement cette commande (R2, coupure) : hcloud server reboot node-2",
    "hcloud server reboot node-2 : code de sortie 0. Server 43 rebooted",
    "Le code 0 dit que l'action est acceptée",
    "node-2 est de nouveau Ready",
    "Étape 4, vérification : kubectl get pods --all-namespaces -o wide",
    "Alertmanager annonce la fin",
    "Alice résout l'incident",
    "Le brouillon du post-mortem est écrit",
]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tocsin", "demo", *arguments]


def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(tmp_path), "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> tuple[str, list[re.Match[str]], Path]:
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        command("--lang", "fr", "--no-wait", "--listen", "127.0.0.1:0"),
        capture_output=True,
        text=True,
        env=environment(folder),
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, [found for line in done.stdout.splitlines() if (found := MOMENT.match(line))], folder


def test_every_moment_comes_in_its_order_marked_as_an_exercise(played) -> None:
    _, moments, _ = played
    assert {moment[1] for moment in moments} == {"EXERCICE"}
    texts = [moment[3] for moment in moments]
    assert len(texts) == len(FRENCH)
    for text, begins in zip(texts, FRENCH, strict=True):
        assert text.startswith(begins)
    times = [moment[2] for moment in moments]
    assert times == sorted(times)


def test_it_says_that_the_clock_is_fast_and_what_is_wrong_with_the_procedure(played) -> None:
    output, _, _ = played
    assert "20 fois plus vite" in output.splitlines()[0]
    assert "5 erreurs" in output
    assert re.search(r"incidents\.md:88:\d+: error \w+ `patronictl failover --force`", output)
    assert re.search(r"incidents\.md:101:\d+: error", output)


def test_the_evidence_tells_what_the_commands_hide(played) -> None:
    output, _, _ = played
    assert "    kubectl get nodes : code de sortie 0" in output
    assert "node-2" in output.split("preuves")[1].splitlines()[1]


def test_the_pods_are_back_when_they_are_looked_at(played) -> None:
    output, _, _ = played
    verified = output.split("vérification")[1]
    assert re.search(r"postgresql-0 +1/1 +Running +1 ", verified)


def test_the_draft_is_marked_and_has_its_timeline(played) -> None:
    draft = played[0].split("brouillon")[1]
    assert "# Post-mortem" in draft
    assert "EXERCICE" in draft
    assert "Timeline des événements" in draft


def test_nothing_is_left_behind(played) -> None:
    assert list(played[2].iterdir()) == []


@pytest.fixture
def staying(tmp_path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A demo in English that has been played and stays up: the process, its address, the one-time link."""
    process = subprocess.Popen(
        command("--lang", "en", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "kept")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(tmp_path),
    )
    try:
        lines: list[str] = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        text = "".join(lines)
        url, link = re.search(r"stays up: (\S+)", text), re.search(r"^ +(http\S+/welcome/\S+)$", text, re.M)
        assert url, text
        assert link, text
        yield process, url[1], link[1]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def test_a_newcomer_signs_in_starts_a_drill_and_it_becomes_an_incident(staying, tmp_path) -> None:
    process, url, link = staying
    with httpx2.Client(base_url=url, trust_env=False, follow_redirects=True) as browser:
        fields = fields_of(browser.get(link).text, httpx2.URL(link).path)
        assert fields
        password = {"password": "correct horse battery", "again": "correct horse battery"}
        assert browser.post(link, data={**fields, "name": "zoe", **password}).is_success

        page = browser.get("/practice")
        assert page.status_code == 200
        form = fields_of(page.text, "/practice/drills")
        assert form
        assert browser.post("/practice/drills", data={**form, "fault": "nothing"}).status_code == 400
        board = browser.post("/practice/drills", data={**form, "fault": "node_down"})
        assert board.url.path == "/"
        limit = time.monotonic() + 30
        while "/incidents/2" not in board.text:
            assert time.monotonic() < limit, "the drill opened no incident"
            time.sleep(0.2)
            board = browser.get("/")
        assert browser.get("/incidents/2").is_success
        assert "Node 2 down" in browser.get("/practice").text

    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert (tmp_path / "kept").is_dir()


def test_a_taken_port_says_so(tmp_path) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    try:
        port = listener.getsockname()[1]
        done = subprocess.run(
            command("--no-wait", "--lang", "en", "--listen", f"127.0.0.1:{port}"),
            capture_output=True,
            text=True,
            env=environment(tmp_path),
            timeout=60,
            check=False,
        )
    finally:
        listener.close()
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert list(tmp_path.iterdir()) == []
