"""A real Alertmanager on loopback, alone, with one receiver: tocsin."""

import http.client
import shutil
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.waiting import eventually

CONFIG = """\
route:
  receiver: tocsin
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
- name: tocsin
  webhook_configs:
  - url: {url}/ingest/alertmanager
    send_resolved: true
    http_config: {{authorization: {{type: Bearer, credentials: {token}}}}}
"""


class Alertmanager:
    """
    Use it as a context manager. `fires` and `resolves` go through amtool, as a person's hands would. `config` is a whole
    configuration in the place of ours.
    """

    def __init__(self, folder: Path, url: str = "", token: str = "", config: str = "") -> None:
        self._program, self._amtool = shutil.which("prometheus-alertmanager"), shutil.which("amtool")
        if self._program is None or self._amtool is None:
            pytest.skip("Alertmanager is not installed (Debian: prometheus-alertmanager)")
        self._folder = folder
        folder.mkdir()
        (folder / "alertmanager.yml").write_text(config or CONFIG.format(url=url, token=token))
        self._port = 0
        self._running: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Alertmanager":
        eventually(self._start, "Alertmanager is ready")
        return self

    def __exit__(self, *_: object) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def fires(self, *labels: str, summary: str) -> None:
        """An alert begins now."""
        self._add(*labels, f"--annotation=summary={summary}")

    def resolves(self, *labels: str, summary: str) -> None:
        """It is over now."""
        self._add(*labels, f"--annotation=summary={summary}", f"--end={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")

    @property
    def port(self) -> int:
        """Of its API."""
        return self._port

    @property
    def api(self) -> str:
        """Where its own list is."""
        return f"http://127.0.0.1:{self._port}"

    def forgets_everything(self) -> None:
        """It dies, and comes back empty on the same port."""
        self.__exit__()
        shutil.rmtree(self._folder / "storage", ignore_errors=True)
        port = self._port
        eventually(lambda: self._start(port), "Alertmanager is ready again")

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    def _add(self, *arguments: str) -> None:
        address = f"--alertmanager.url=http://127.0.0.1:{self._port}"
        subprocess.run([str(self._amtool), "alert", "add", address, *arguments], check=True, timeout=30)

    def _start(self, port: int = 0) -> bool:
        """Start it, or look whether it is ready; another port when somebody was faster to take this one."""
        if self._running is None or self._running.poll() is not None:
            with socket.create_server(("127.0.0.1", port)) as free:
                self._port = free.getsockname()[1]
            with (self._folder / "log").open("ab") as log:
                self._running = subprocess.Popen(
                    [
                        str(self._program),
                        f"--config.file={self._folder / 'alertmanager.yml'}",
                        f"--storage.path={self._folder / 'storage'}",
                        f"--web.listen-address=127.0.0.1:{self._port}",
                        "--cluster.listen-address=",
                    ],
                    stdout=log,
                    stderr=log,
                )
        return _answers(self._port)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
