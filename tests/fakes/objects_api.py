"""
As much of a Kubernetes API as a controller needs to follow its objects, over plain HTTP on loopback.

`apply` takes manifests as `kubectl apply` would; whoever watches hears of it. Every list that is asked for exists, if
only empty. The surprise: nothing is checked here; that a manifest fits its kind is for the controller to say.
"""

from __future__ import annotations

import json
import queue
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)/(?:namespaces/(?P<ns>[^/]+)/)?(?P<plural>[a-z]+)$"
)
PATIENCE = 0.2


# The resources that Traefik 3 follows, and their kinds.
KINDS = {
    "middlewares": "Middleware",
    "ingressroutes": "IngressRoute",
    "services": "Service",
    "endpointslices": "EndpointSlice",
    "secrets": "Secret",
    "configmaps": "ConfigMap",
    "nodes": "Node",
    "middlewaretcps": "MiddlewareTCP",
    "ingressroutetcps": "IngressRouteTCP",
    "ingressrouteudps": "IngressRouteUDP",
    "tlsoptions": "TLSOption",
    "tlsstores": "TLSStore",
    "serverstransports": "ServersTransport",
    "serverstransporttcps": "ServersTransportTCP",
    "traefikservices": "TraefikService",
}
_PLURALS = {kind: plural for plural, kind in KINDS.items()}


class ObjectsApi:
    """Use it as a context manager; `url` is where a controller looks."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str, str], Object] = {}
        self._version = 100
        self._watchers: list[tuple[str, queue.Queue[Object]]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _request_class(self))
        self._server.daemon_threads = True
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ObjectsApi:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def apply(self, *objects: Object) -> None:
        """Create or replace each object, and tell those who watch its kind."""
        with self._lock:
            for one in objects:
                self._version += 1
                meta = one["metadata"]
                key = (_PLURALS[one["kind"]], meta.get("namespace", ""), meta["name"])
                known = key in self._objects
                kept = {**one, "metadata": {"uid": "-".join(key), **meta, "resourceVersion": str(self._version)}}
                self._objects[key] = kept
                self._tell(key[0], {"type": "MODIFIED" if known else "ADDED", "object": kept})

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Take an object away, and tell those who watch its kind."""
        with self._lock:
            self._version += 1
            gone = self._objects.pop((_PLURALS[kind], namespace, name))
            gone["metadata"]["resourceVersion"] = str(self._version)
            self._tell(_PLURALS[kind], {"type": "DELETED", "object": gone})

    def listed(self, plural: str) -> tuple[list[Object], str]:
        """The objects of a resource, and the version of the list."""
        with self._lock:
            return [one for key, one in self._objects.items() if key[0] == plural], str(self._version)

    def watch(self, plural: str) -> queue.Queue[Object]:
        """What happens from now on to a resource."""
        heard: queue.Queue[Object] = queue.Queue()
        with self._lock:
            self._watchers.append((plural, heard))
        return heard

    def _tell(self, plural: str, event: Object) -> None:
        for wanted, heard in self._watchers:
            if wanted == plural:
                heard.put(event)


def _request_class(api: ObjectsApi) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            found = _PATH.match(asked.path)
            if asked.path == "/version":
                self._answer({"major": "1", "minor": "32", "gitVersion": "v1.32.0"})
            elif found is None or found["plural"] not in KINDS:
                self._answer({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}, 404)
            elif parse_qs(asked.query).get("watch") in (["true"], ["1"]):
                self._follow(found, parse_qs(asked.query))
            else:
                items, version = api.listed(found["plural"])
                self._answer(
                    {
                        "kind": f"{KINDS[found['plural']]}List",
                        "apiVersion": _api_of(found),
                        "metadata": {"resourceVersion": version},
                        "items": items,
                    }
                )

        def _follow(self, found: re.Match[str], query: dict[str, list[str]]) -> None:
            heard = api.watch(found["plural"])
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            if query.get("sendInitialEvents") == ["true"]:
                items, version = api.listed(found["plural"])
                for one in items:
                    self._chunk({"type": "ADDED", "object": one})
                marks = {"resourceVersion": version, "annotations": {"k8s.io/initial-events-end": "true"}}
                bookmark = {"kind": KINDS[found["plural"]], "apiVersion": _api_of(found), "metadata": marks}
                self._chunk({"type": "BOOKMARK", "object": bookmark})
            while not api.ended.is_set():
                try:
                    self._chunk(heard.get(timeout=PATIENCE))
                except queue.Empty:
                    continue
                except OSError:
                    return

        def _chunk(self, event: Object) -> None:
            line = json.dumps(event).encode() + b"\n"
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            self.wfile.flush()

        def _answer(self, body: Object, status: int = 200) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Request


def _api_of(found: re.Match[str]) -> str:
    return f"{found['group']}/{found['version']}" if found["group"] else found["version"]
