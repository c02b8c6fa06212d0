"""
The same night's commands on a real two-node cluster, when there is one: TOCSIN_LAB_KUBECONFIG names its kubeconfig.

The cluster takes minutes to build, so this is the one test that CI may skip. It needs nodes node-1 and node-2, a
metrics API, and the pods of the namespaces `production` and `ingress`; it cordons node-2 and lets it go again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.served import Served
from tests.e2e.waiting import eventually

KUBECTL = os.environ.get("TOCSIN_KUBECTL") or shutil.which("kubectl")
KUBECONFIG = os.environ.get("TOCSIN_LAB_KUBECONFIG", "")

pytestmark = [
    pytest.mark.needs_kubernetes_lab,
    pytest.mark.skipif(not KUBECONFIG, reason="no real cluster (TOCSIN_LAB_KUBECONFIG names a kubeconfig)"),
    pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed (TOCSIN_KUBECTL names one)"),
]


@pytest.fixture
def tocsin(tmp_path: Path) -> Iterator[Served]:
    settings = f"""\
public_url = "https://tocsin.example"
[cluster]
kubeconfig = "{KUBECONFIG}"
[execution]
programs = {{ kubectl = "{KUBECTL}" }}
"""
    with Served(tmp_path, settings) as served:
        served.cli("report", "node 2 down")
        yield served


def kubectl(*arguments: str) -> str:
    """Ask the cluster ourselves, past tocsin."""
    command = [str(KUBECTL), f"--kubeconfig={KUBECONFIG}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_the_picture_and_the_triage_show_what_the_cluster_shows(tocsin: Served) -> None:
    taken = eventually(lambda: tocsin.events(1, "SnapshotTaken"), "the snapshot")[0]
    nodes = json.loads(kubectl("get", "nodes", "-o", "json"))["items"]
    assert taken["nodes"] == len(nodes) == 2
    checks = eventually(lambda: len(found := tocsin.events(1, "CheckFinished")) == 4 and found, "the triage")
    assert [check["exit_code"] for check in sorted(checks, key=lambda c: str(c["check_id"]))] == [0, 0, 0, 0]
    told = " ".join(str(check["excerpt"]) for check in checks)
    assert all(node["metadata"]["name"] in told for node in nodes)


def test_a_step_that_reads_runs_and_one_that_changes_waits_for_its_approval(tocsin: Served) -> None:
    read = tocsin.cli("run", "1", "--", "kubectl", "get", "pods", "--all-namespaces", "-o", "wide")
    assert read.returncode == 0
    assert "postgresql-0" in read.stdout

    cordon = [["kubectl", "cordon", "node-2"]]
    refused = tocsin.ask("POST", "/api/incidents/1/runs", {"pipeline": cordon})
    assert refused.status == 409
    assert "unschedulable" not in kubectl("get", "node", "node-2", "-o", "yaml")
    try:
        assert tocsin.ask("POST", "/api/incidents/1/approvals", {"pipeline": cordon}).status < 300
        assert tocsin.ask("POST", "/api/incidents/1/runs", {"pipeline": cordon}).status < 300
        eventually(lambda: tocsin.events(1, "StepFinished")[1:], "the run's end")
        assert "unschedulable: true" in kubectl("get", "node", "node-2", "-o", "yaml")
    finally:
        kubectl("uncordon", "node-2")


def test_an_api_that_does_not_answer_is_a_finding(tmp_path: Path) -> None:
    """The same kubeconfig with the server's port shut."""
    silent = Path(KUBECONFIG).read_text().splitlines()
    lines = [line.split("server:")[0] + "server: https://127.0.0.1:1" if "server:" in line else line for line in silent]
    (tmp_path / "silent").write_text("\n".join(lines))
    with Served(tmp_path, f'[cluster]\nkubeconfig = "{tmp_path / "silent"}"\n') as served:
        served.cli("report", "node 1 down")
        failed = eventually(lambda: served.events(1, "SnapshotFailed"), "the finding")[0]
        assert failed["findings"][0]["code"] == "api_silent"
