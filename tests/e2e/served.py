"""
A `tocsin serve` of its own process, as a user starts it, and the ways to it: HTTP, the CLI, the data folder's socket.

`kill` is SIGKILL and `freeze` SIGSTOP; whatever the server left behind is ended when the test is over.
"""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.waiting import eventually
from tocsin.cli.doors import Reply, SocketDoor, Visitor, knock
from tocsin.edge.execution.run_files import end_orphans

PROCEDURE = Path(__file__).parents[1] / "fixtures" / "procedure"
TOCSIN = (sys.executable, "-m", "tocsin")
# Not handed down: what would configure us or our tools. A user's machine keeps compiled modules, so does ours here.
NOT_OURS = ("TOCSIN_", "HCLOUD_", "KUBE", "PYTHONDONTWRITEBYTECODE")

Json = dict[str, Any]


class Served:
    """One data folder and the server on it; `start` may be called again after `stop` or `kill`."""

    def __init__(
        self,
        folder: Path,
        settings: str,
        *,
        procedure: Path = PROCEDURE,
        environ: Mapping[str, str] | None = None,
        listen: str = "127.0.0.1:0",
    ) -> None:
        self.data = folder / "data"
        self.config = folder / "tocsin.toml"
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(settings)
        self.procedure, self.listen = procedure, listen
        self.environ = {n: t for n, t in os.environ.items() if not n.startswith(NOT_OURS)} | dict(environ or {})
        self.url = ""
        self.server: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._folder = folder

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        end_orphans(self.data / "runs")

    # The process

    def start(self) -> None:
        """Start, and wait until it says that it is ready."""
        self.launch()
        eventually(self._is_ready, "the server is ready")

    def launch(self, *, anyway: bool = True) -> "subprocess.Popen[bytes]":
        """Start and do not wait; `anyway` serves a procedure with errors."""
        self._starts += 1
        self.url = ""
        arguments = ["--procedure", str(self.procedure), "--data", str(self.data), "--listen", self.listen]
        arguments += ["--config", str(self.config), *(["--serve-anyway"] if anyway else [])]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.server = subprocess.Popen([*TOCSIN, "serve", *arguments], stdout=out, stderr=err, env=self.environ)
        return self.server

    def kill(self) -> None:
        """SIGKILL: no time for a last word."""
        if self.server is not None and self.server.poll() is None:
            self.server.kill()
            self.server.wait()

    def stop(self) -> int:
        """SIGTERM, as an init system does; gives the exit code."""
        assert self.server is not None
        self.server.terminate()
        return self.server.wait(60)

    def freeze(self) -> None:
        """SIGSTOP: it is still there and does nothing, for as long as the test likes."""
        assert self.server is not None
        self.server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on and does not know that time has passed."""
        assert self.server is not None
        self.server.send_signal(signal.SIGCONT)

    @property
    def said(self) -> str:
        """What this start has printed."""
        return self._out.read_text()

    @property
    def complained(self) -> str:
        """What this start has logged."""
        return self._err.read_text()

    @property
    def _out(self) -> Path:
        return self._folder / f"server-{self._starts}.out"

    @property
    def _err(self) -> Path:
        return self._folder / f"server-{self._starts}.err"

    def _is_ready(self) -> bool:
        assert self.server is not None
        assert self.server.poll() is None, f"the server ended: {self.complained}"
        line = next((line for line in self.said.splitlines() if line.startswith("tocsin: http://")), "")
        self.url = line.removeprefix("tocsin: ")
        with contextlib.suppress(OSError):
            return bool(self.url) and self.get("/readyz")[0] == 200
        return False

    # The ways in

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers with small letters, body) over HTTP; a redirect is an answer like any other."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """(status, body)."""
        status, _, body = self.request("GET", path)
        return status, body

    def deliver(self, token: str, body: Json) -> int:
        """POST a body as Alertmanager does; gives the status."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return self.request("POST", "/ingest/alertmanager", json.dumps(body).encode(), headers)[0]

    def cli(self, *arguments: str, as_name: str = "alice", stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """One verb of the CLI on this data folder, in English."""
        place = arguments.index("--") if "--" in arguments else len(arguments)
        ours = ("--data", str(self.data), "--as", as_name)
        return self.cli_alone(*arguments[:place], *ours, *arguments[place:], stdin=stdin)

    def cli_alone(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """One verb of the CLI that needs no data folder."""
        place = arguments.index("--") if "--" in arguments else len(arguments)
        command = [*TOCSIN, *arguments[:place], "--lang", "en", *arguments[place:]]
        return subprocess.run(
            command, capture_output=True, text=True, env=self.environ, input=stdin, timeout=90, check=False
        )

    def ask(self, method: str, path: str, content: object = None, *, by: str = "alice") -> Reply:
        """One request of the API through the socket of the data folder, as that person."""
        assert knock(self.data), self.complained
        return SocketDoor(Visitor(data=self.data, person=by, language="en")).ask(method, path, content)

    # What is known

    def token(self, source: str = "am") -> str:
        """A new token for that source."""
        made: Json = self.ask("POST", "/api/sources", {"source": source, "kind": "alertmanager"}).json
        return str(made["token"])

    def incidents(self) -> list[Json]:
        """All of them, newest first."""
        found: list[Json] = self.ask("GET", "/api/incidents?limit=200").json["incidents"]
        return found

    def incident(self, number: int) -> Json:
        """Everything about one."""
        found: Json = self.ask("GET", f"/api/incidents/{number}").json
        return found

    def events(self, number: int, *kinds: str) -> list[Json]:
        """The events of its timeline, of these types only when some are named."""
        entries = self.ask("GET", f"/api/incidents/{number}/timeline").json["entries"]
        return [entry["event"] for entry in entries if not kinds or entry["type"] in kinds]
