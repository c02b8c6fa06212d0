"""
As much of Hetzner's Cloud API as the real hcloud CLI needs to reboot a server, over HTTP on loopback.

A reboot is an action that is `running` for two looks, then `success`; only then `on_reboot` is called with the
server's name. Every request is kept in `requests` as (method, path, Authorization).
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
LOOKS = 2
BORN = "2026-01-30T09:00:00+00:00"


class HetznerApi:
    """Use it as a context manager; `endpoint` is what HCLOUD_ENDPOINT wants, `token` what it lets in."""

    def __init__(self, *servers: str, token: str, on_reboot: Callable[[str], None]) -> None:
        self.token = token
        self.requests: list[tuple[str, str, str]] = []
        self.firewalls: list[str] = []
        self.load_balancers: list[str] = []
        self._ids = {name: 4000 + number for number, name in enumerate(servers, 1)}
        self._on_reboot = on_reboot
        self._actions: dict[int, Json] = {}
        self._looks: dict[int, int] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _request_class(self))
        self._server.daemon_threads = True

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "HetznerApi":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reboots(self) -> list[str]:
        """The servers whose reboot was asked for."""
        names = {number: name for name, number in self._ids.items()}
        asked = [path.split("/") for method, path, _ in self.requests if method == "POST"]
        return [names[int(parts[3])] for parts in asked if parts[4:] == ["actions", "reboot"]]

    def answer(self, method: str, target: str, authorization: str) -> tuple[int, Json]:
        """Give status and content."""
        url = urlsplit(target)
        parts = url.path.strip("/").split("/")
        with self._lock:
            self.requests.append((method, url.path, authorization))
            if authorization != f"Bearer {self.token}":
                return 401, _error("unauthorized", "unable to authenticate")
            match (method, *parts):
                case ("GET", "v1", "servers"):
                    name = parse_qs(url.query).get("name", [""])[0]
                    return 200, _listed("servers", [_server(n, i) for n, i in self._ids.items() if name in ("", n)])
                case ("GET", "v1", ("firewalls" | "load_balancers") as kind):
                    names = self.firewalls if kind == "firewalls" else self.load_balancers
                    return 200, _listed(kind, [{"id": 900 + n, "name": name} for n, name in enumerate(names)])
                case ("POST", "v1", "servers", number, "actions", "reboot"):
                    return 201, {"action": self._begin(int(number))}
                case ("GET", "v1", "actions"):
                    wanted = [int(text) for text in parse_qs(url.query).get("id", [])]
                    return 200, _listed("actions", [self._look(number) for number in wanted])
                case ("GET", "v1", "actions", number):
                    return 200, {"action": self._look(int(number))}
        return 404, _error("not_found", "resource not found")

    def _begin(self, server: int) -> Json:
        number = len(self._actions) + 1
        self._looks[number] = 0
        self._actions[number] = {
            "id": number,
            "command": "reboot_server",
            "status": "running",
            "progress": 0,
            "started": BORN,
            "finished": None,
            "resources": [{"id": server, "type": "server"}],
            "error": None,
        }
        return self._actions[number]

    def _look(self, number: int) -> Json:
        action = self._actions[number]
        self._looks[number] += 1
        if self._looks[number] > LOOKS and action["status"] == "running":
            action |= {"status": "success", "progress": 100, "finished": BORN}
            server = action["resources"][0]["id"]
            self._on_reboot(next(name for name, known in self._ids.items() if known == server))
        return action


def _server(name: str, number: int) -> Json:
    return {
        "id": number,
        "name": name,
        "status": "running",
        "created": BORN,
        "public_net": {"ipv4": None, "ipv6": None, "floating_ips": [], "firewalls": []},
        "private_net": [],
        "server_type": {"id": 1, "name": "cx32", "description": "CX32", "prices": []},
        "protection": {"delete": False, "rebuild": False},
        "labels": {},
        "volumes": [],
        "load_balancers": [],
    }


def _listed(name: str, items: list[Json]) -> Json:
    page = {"page": 1, "per_page": 50, "previous_page": None, "next_page": None, "last_page": 1}
    return {name: items, "meta": {"pagination": page | {"total_entries": len(items)}}}


def _error(code: str, message: str) -> Json:
    return {"error": {"code": code, "message": message, "details": None}}


def _request_class(api: HetznerApi) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, content = api.answer(self.command, self.path, self.headers.get("authorization", ""))
            sent = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Request
