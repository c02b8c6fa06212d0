"""A look ahead at a real cluster: what it binds is what kubectl shows, what it may is what `kubectl auth can-i` says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.served import Served
from tests.e2e.test_real_cluster import KUBECONFIG, kubectl, pytestmark  # noqa: F401  # the same conditions
from tests.e2e.waiting import eventually

PROCEDURE = Path(__file__).parents[1] / "fixtures" / "web"


def served(folder: Path, context: str) -> Served:
    settings = f'language = "en"\n[cluster]\nkubeconfig = "{KUBECONFIG}"\ncontext = "{context}"\n'
    return Served(folder, settings, procedure=PROCEDURE)


def looked(tocsin: Served) -> dict:
    return eventually(lambda: (found := tocsin.ask("GET", "/api/proof").json)["looked_at"] and found, "the first look")


def test_pods_are_bound_to_the_nodes_that_kubectl_shows(tmp_path: Path) -> None:
    with served(tmp_path, "admin") as tocsin:
        bound = looked(tocsin)["inventory"]
    pods = json.loads(kubectl("get", "pods", "-A", "-o", "json"))["items"]
    shown = {f"{one['metadata']['namespace']}/{one['metadata']['name']}": one["spec"]["nodeName"] for one in pods}
    known = {one["pod"]: one["node"] for one in bound["places"]}
    steady = {name for name in shown if "postgresql" in name}  # others may come and go while we look
    assert steady
    assert {name: known.get(name) for name in steady} == {name: shown[name] for name in steady}
    assert {one["node"] for one in bound["machines"]} == {"node-1", "node-2"}


@pytest.mark.parametrize(("context", "permitted"), [("admin", True), ("limited", False)])
def test_what_is_permitted_is_what_can_i_says(tmp_path: Path, context: str, permitted: bool) -> None:
    with served(tmp_path, context) as tocsin:
        lines = looked(tocsin)["lines"]
    told = {
        line["text"]: proof["held"]
        for line in lines
        if line["text"].startswith("kubectl")
        for proof in line["proofs"]
        if proof["kind"] == "permitted"
    }
    assert told
    assert set(told.values()) == {permitted}


def test_a_manifest_is_tried_and_nothing_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    text = (PROCEDURE / "incidents.md").read_text()
    tried = "kubectl apply -f good.yaml -n production\nkubectl apply -f bad.yaml -n production"
    (folder / "incidents.md").write_text(text.replace("hcloud server reboot node-2", tried))
    good = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tocsin-tried\ndata:\n  a: b\n"
    (folder / "good.yaml").write_text(good)
    (folder / "bad.yaml").write_text(good.replace("\ndata:", "\ndat:"))
    (tmp_path / ".git").mkdir()
    settings = f'language = "en"\n[cluster]\nkubeconfig = "{KUBECONFIG}"\ncontext = "admin"\n'
    with Served(tmp_path / "house", settings, procedure=folder) as tocsin:
        lines = {one["text"]: one for one in looked(tocsin)["lines"]}
    assert lines["kubectl apply -f good.yaml -n production"]["state"] == "permitted"
    assert "the cluster refuses bad.yaml: " in lines["kubectl apply -f bad.yaml -n production"]["said"]
    assert "tocsin-tried" not in kubectl("get", "configmaps", "-n", "production")
