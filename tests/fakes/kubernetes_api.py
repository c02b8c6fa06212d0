"""
A Kubernetes API of two nodes, over plain HTTP on loopback, that the real kubectl takes for one.

It serves discovery, nodes, pods, namespaces, events, logs, node usage and the team's Middlewares, as lists (in parts,
when asked with a limit) and as the tables that `kubectl get` prints. What happens to the cluster is changed from
outside: `node_down`, `silent`, `refuse`. Every request is kept in `requests`.
"""

from __future__ import annotations

import copy
import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.kubernetes_objects import (
    BORN,
    COLUMNS,
    READY_SINCE,
    Object,
    merge,
    node,
    pod,
    set_condition,
    status_of,
    table,
)

MIDDLEWARES = "/apis/traefik.io/v1alpha1"
METRICS = "/apis/metrics.k8s.io/v1beta1"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
KINDS = {
    "nodes": "Node",
    "pods": "Pod",
    "namespaces": "Namespace",
    "events": "Event",
    "services": "Service",
    "middlewares": "Middleware",
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news; anything else is a mistake of this file."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class KubernetesApi:
    """Use it as a context manager. `objects` maps a resource to its objects; `usage` a node to (cpu, memory)."""

    def __init__(self) -> None:
        self.objects: dict[str, list[Object]] = {
            "nodes": [node("node-1", "10.0.0.2", roles=("control-plane",)), node("node-2", "10.0.0.3")],
            "pods": [
                pod("production", "postgresql-0", "node-1", app="postgresql", owner="StatefulSet", password="hunter2"),
                pod("production", "postgresql-1", "node-2", app="postgresql", owner="StatefulSet"),
                pod("production", "web-5f7f9cb8d4-pswf9", "node-2", app="web"),
                pod("ingress", "traefik-5xk59", "node-1", app="traefik", owner="DaemonSet"),
            ],
            "namespaces": [
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "creationTimestamp": BORN}}
                for name in ("ingress", "production")
            ],
            "events": [],
            "services": [],
            "middlewares": [],
        }
        self.usage: dict[str, tuple[str, str]] = {"node-1": ("1549000000n", "1487Mi"), "node-2": ("250m", "991Mi")}
        self.forbidden: set[tuple[str, str]] = set()
        self.refusals: dict[str, str] = {}
        self.logs: dict[str, list[str]] = {"traefik-5xk59": [f"level=info line={n}" for n in range(30)]}
        self.has_metrics = True
        self.requests: list[str] = []
        self.tokens: list[str] = []
        self._refused: dict[str, int] = {}
        self._silent = threading.Event()
        self._over = threading.Event()
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _request_class(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> KubernetesApi:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    # what happens to the cluster

    def node_down(self, name: str) -> None:
        """The node has given no sign of life for 40 s: Unknown, tainted, its pods no longer Ready but still Running."""
        with self._lock:
            there = self.find("nodes", name)
            assert there is not None
            set_condition(there, "Ready", "Unknown", "NodeStatusUnknown")
            there["spec"]["taints"] = [
                {"key": "node.kubernetes.io/unreachable", "effect": effect} for effect in ("NoSchedule", "NoExecute")
            ]
            for one in self.objects["pods"]:
                if one["spec"]["nodeName"] == name:
                    set_condition(one, "Ready", "False")

    def node_up(self, name: str) -> None:
        """The node is back, and with it its pods."""
        with self._lock:
            there = self.find("nodes", name)
            assert there is not None
            set_condition(there, "Ready", "True")
            there["spec"].pop("taints", None)
            for one in self.objects["pods"]:
                if one["spec"]["nodeName"] == name:
                    set_condition(one, "Ready", "True")

    def crashing(self, name: str, restarts: int = 41) -> None:
        """The pod's container ends again and again."""
        with self._lock:
            there = self.find("pods", name)
            assert there is not None
            set_condition(there, "Ready", "False")
            there["status"]["containerStatuses"][0] |= {
                "ready": False,
                "restartCount": restarts,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
            }

    def refuse(self, resource: str, code: int = 403) -> None:
        """Answer this code for a resource ("nodes"), or for everything ("*")."""
        self._refused[resource] = code

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Accept connections and requests, and answer none."""
        self._silent.set()
        try:
            yield
        finally:
            self._silent.clear()

    def kubeconfig(self, path: Path, context: str = "team", token: str = "t0ken-of-the-test") -> Path:
        """Write a kubeconfig that leads here."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
            "users": [{"name": "runbook", "user": {"token": token}}],
            "contexts": [{"name": context, "context": {"cluster": "fake", "user": "runbook"}}],
        }
        # A file that begins with a brace is taken for JSON, which this is.
        path.write_text(json.dumps(config))
        return path

    # answers

    def find(self, resource: str, name: str, namespace: str = "") -> Object | None:
        """One object."""
        return next(
            (
                one
                for one in self.objects[resource]
                if one["metadata"]["name"] == name and namespace in ("", one["metadata"].get("namespace", ""))
            ),
            None,
        )

    def waits(self) -> bool:
        """Hold the request for as long as the API is silent; True when the test is over."""
        while self._silent.is_set() and not self._over.wait(0.02):
            pass
        return self._over.is_set()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        """Give code and content: an object, or a text for logs."""
        url = urlsplit(target)
        asked = {name: texts[-1] for name, texts in parse_qs(url.query).items()}
        with self._lock:
            self.requests.append(f"{method} {target}")
            self.tokens.append(headers.get("authorization", ""))
            if "*" in self._refused:
                return self._refusal("*", "everything")
            if url.path == REVIEWS:
                return 201, self._review(json.loads(body))
            found = self._discovery(url.path)
            if found is not None:
                return 200, found
            match = re.fullmatch(
                r"(/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/([^/]+))?/([a-z]+)(?:/([^/]+))?(?:/([a-z]+))?", url.path
            )
            if match is None:
                return _status(404, "the server could not find the requested resource")
            return self._resource(method, match.groups(default=""), asked, headers, body)

    def _review(self, asked: Object) -> Object:
        """`kubectl auth can-i`: all but what is forbidden, as (verb, "pods/exec")."""
        wanted = asked["spec"]["resourceAttributes"]
        resource = "/".join(filter(None, (wanted["resource"], wanted.get("subresource", ""))))
        return {**asked, "status": {"allowed": (wanted["verb"], resource) not in self.forbidden}}

    def _resource(
        self, method: str, place: tuple[str | Any, ...], asked: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        group, namespace, resource, name, below = place
        if resource in self._refused:
            return self._refusal(resource, resource)
        if group == METRICS:
            return (
                self._usage() if self.has_metrics else _status(404, "the server could not find the requested resource")
            )
        if resource not in self.objects:
            return _status(404, "the server could not find the requested resource")
        if not name:
            if method == "POST":
                return self._create(resource, namespace, json.loads(body))
            return 200, self._list(group, resource, namespace, asked, headers.get("accept", ""))
        if method == "PATCH" and "dryRun" in asked:
            why = self.refusals.get(name)
            return _status(422, why, "Invalid") if why else (201, json.loads(body))
        there = self.find(resource, name, namespace)
        if there is None:
            return _status(404, f'{resource} "{name}" not found', "NotFound")
        if below == "log":
            lines = self.logs.get(name, [])
            lines = lines[-int(asked["tailLines"]) :] if int(asked.get("tailLines", -1)) >= 0 else lines
            return 200, "".join(f"{line}\n" for line in lines)
        if method == "PATCH":
            merge(there, json.loads(body))
        if method == "DELETE":
            self.objects[resource].remove(there)
        if "as=Table" in headers.get("accept", "") and resource in COLUMNS:
            return 200, table(resource, [there])
        return 200, copy.deepcopy(there)

    def _create(self, resource: str, namespace: str, made: Object) -> tuple[int, Any]:
        made["metadata"] |= {"namespace": namespace, "creationTimestamp": BORN, "uid": "uid-made"}
        self.objects[resource].append(made)
        return 201, made

    def _list(self, group: str, resource: str, namespace: str, asked: dict[str, str], accept: str) -> Object:
        items = [one for one in self.objects[resource] if namespace in ("", one["metadata"].get("namespace", ""))]
        for wanted in filter(None, asked.get("labelSelector", "").split(",")):
            key, _, value = wanted.partition("=")
            items = [one for one in items if one["metadata"].get("labels", {}).get(key) == value]
        first = int(asked.get("continue", 0))
        limit = int(asked.get("limit", 0)) or len(items)
        part = items[first : first + limit]
        following = {"continue": str(first + limit)} if first + limit < len(items) else {}
        if "as=Table" in accept and resource in COLUMNS:
            return {**table(resource, part), "metadata": {"resourceVersion": "1", **following}}
        version = group.removeprefix("/apis/").removeprefix("/api/")
        return {
            "kind": f"{KINDS[resource]}List",
            "apiVersion": version,
            "metadata": {"resourceVersion": "1", **following},
            "items": copy.deepcopy(part),
        }

    def _usage(self) -> tuple[int, Object]:
        alive = [one["metadata"]["name"] for one in self.objects["nodes"] if status_of(one, "Ready") == "True"]
        items = [
            {
                "metadata": {"name": name, "creationTimestamp": BORN},
                "timestamp": READY_SINCE,
                "window": "30s",
                "usage": {"cpu": self.usage[name][0], "memory": self.usage[name][1]},
            }
            for name in alive
        ]
        return 200, {"kind": "NodeMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items}

    def _refusal(self, resource: str, what: str) -> tuple[int, Object]:
        code = self._refused[resource]
        if code != 403:
            return _status(code, "etcdserver: request timed out", "InternalError")
        return _status(
            403, f'{what} is forbidden: User "runbook" cannot list resource "{what}" in API group ""', "Forbidden"
        )

    def _discovery(self, path: str) -> Object | None:
        groups = ["traefik.io/v1alpha1", *(["metrics.k8s.io/v1beta1"] if self.has_metrics else [])]
        resources = {
            "/api/v1": [
                ("nodes", False),
                ("pods", True),
                ("namespaces", False),
                ("events", True),
                ("services", True),
                ("pods/log", True),
            ],
            MIDDLEWARES: [("middlewares", True)],
            METRICS: [("nodes", False), ("pods", True)] if self.has_metrics else [],
        }
        if path == "/version":
            return {"major": "1", "minor": "31", "gitVersion": "v1.31.4", "platform": "linux/amd64"}
        if path.startswith("/openapi/v3"):
            return _openapi() if path.endswith(MIDDLEWARES) else {"paths": {MIDDLEWARES[1:]: _openapi_at(MIDDLEWARES)}}
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(version) for version in groups]}
        if resources.get(path):
            return {
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": path.split("/", 2)[2],
                "resources": [_resource(name, namespaced) for name, namespaced in resources[path]],
            }
        return None


def _request_class(api: KubernetesApi) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if api.waits():
                self.close_connection = True
                return
            headers = {name.lower(): text for name, text in self.headers.items()}
            code, content = api.answer(self.command, self.path, headers, body)
            kind = "text/plain" if isinstance(content, str) else "application/json"
            sent = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(code)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Request


def _group(version: str) -> Object:
    name = version.partition("/")[0]
    entry = {"groupVersion": version, "version": version.partition("/")[2]}
    return {"name": name, "versions": [entry], "preferredVersion": entry}


def _resource(name: str, namespaced: bool) -> Object:
    singular = name.partition("/")[0].removesuffix("s")
    kind = KINDS.get(name.partition("/")[0], "")
    verbs = ["get"] if "/" in name else ["create", "delete", "get", "list", "patch", "update"]
    short = {"nodes": ["no"], "pods": ["po"], "namespaces": ["ns"]}.get(name, [])
    made = {"name": name, "singularName": singular, "namespaced": namespaced, "kind": kind, "verbs": verbs}
    return made | ({"shortNames": short} if short else {})


def _openapi_at(path: str) -> Object:
    return {"serverRelativeURL": f"/openapi/v3{path}"}


def _openapi() -> Object:
    """As much as `kubectl apply` asks before it leaves the validation to the server."""
    kind = {"group": "traefik.io", "version": "v1alpha1", "kind": "Middleware"}
    validation = {"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}
    patch = {"x-kubernetes-group-version-kind": kind, "parameters": [validation], "responses": {}}
    path = f"{MIDDLEWARES}/namespaces/{{namespace}}/middlewares/{{name}}"
    return {"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {path: {"patch": patch}}}


def _status(code: int, message: str, reason: str = "") -> tuple[int, Object]:
    return code, {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason or "NotFound",
        "code": code,
    }
