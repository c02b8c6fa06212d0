"""The look ahead of a real server: taken at its start, kept, told when something drifts, and asked again by the CLI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.fakes.hetzner_api import HetznerApi
from tests.fakes.kubernetes_api import KubernetesApi
from tocsin.cli.check import check

TOKEN = "h" * 64


@pytest.fixture
def cluster() -> Iterator[KubernetesApi]:
    with KubernetesApi() as api:
        yield api


@pytest.fixture
def hetzner() -> Iterator[HetznerApi]:
    with HetznerApi("node-1", "node-2", token=TOKEN, on_reboot=lambda _: None) as api:
        yield api


@pytest.fixture
def tocsin(cluster: KubernetesApi, hetzner: HetznerApi, tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "token").write_text(TOKEN)
    settings = f"""\
language = "en"
public_url = "https://tocsin.example"
[cluster]
kubeconfig = "{cluster.kubeconfig(tmp_path / "kubeconfig")}"
[execution]
hcloud_token_file = "{tmp_path / "token"}"
"""
    with Served(tmp_path, settings, environ={"HCLOUD_ENDPOINT": hetzner.endpoint}) as served:
        yield served


def test_it_is_taken_at_the_start_and_kept(tocsin: Served, hetzner: HetznerApi) -> None:
    def shown() -> dict:
        return tocsin.ask("GET", "/api/proof").json

    seen = eventually(lambda: (found := shown())["looked_at"] and found, "the first look")
    machines = {one["node"]: one for one in seen["inventory"]["machines"]}
    assert machines["node-1"]["server"] == "node-1"
    reboot = next(one for one in seen["lines"] if one["text"] == "hcloud server reboot node-2")
    assert {proof["kind"]: proof["held"] for proof in reboot["proofs"]}["bound"] is True
    assert {method for method, _, _ in hetzner.requests} == {"GET"}
    beside = CliRunner().invoke(check, [str(tocsin.procedure), "--no-tools", "--proof", "--data", str(tocsin.data)])
    assert ":74: ! " in beside.stdout
    assert "liée à l'instant, jamais répétée" in beside.stdout


def test_what_drifts_is_one_p4_and_preflight_ends_with_1(tocsin: Served, cluster: KubernetesApi) -> None:
    eventually(lambda: tocsin.ask("GET", "/api/proof").json["looked_at"], "the first look")
    cluster.forbidden.add(("create", "pods/exec"))
    for _ in range(2):
        looked = tocsin.cli("preflight", "--lang", "en")
        assert looked.returncode == 1
        assert "tocsin may not `create` pods/exec -n production" in looked.stdout
    (incident,) = tocsin.ask("GET", "/api/incidents?open=true").json["incidents"]
    assert incident["priority"] == "P4"
    assert "create" in incident["title"]
    cluster.forbidden.clear()
    tocsin.cli("preflight")
    assert tocsin.ask("GET", "/api/incidents").json["incidents"][0]["alerts_firing"] == 0
