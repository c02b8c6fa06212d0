"""The commands of the procedure through the real kubectl, against an API that behaves as in the incident."""

import asyncio
import os
import shutil
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.fakes.kubernetes_api import KubernetesApi
from tocsin.edge.clock import SystemClock
from tocsin.edge.execution.processes import Processes
from tocsin.edge.redaction import redactor
from tocsin.edge.settings import load_settings

KUBECTL = os.environ.get("TOCSIN_KUBECTL") or shutil.which("kubectl")

pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed (TOCSIN_KUBECTL names one)")

MIDDLEWARE = """\
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: emergency-rate, namespace: ingress}
spec: {rateLimit: {average: 10}}
"""


@pytest.fixture
def api():
    with KubernetesApi() as running:
        yield running


@pytest.fixture
def run(api, tmp_path):
    """Run one pipeline, as the procedure writes it, words parted by blanks."""
    folder = tmp_path / "procedure"
    folder.mkdir()
    (folder / "ratelimit.yaml").write_text(MIDDLEWARE)
    variables = {
        "TOCSIN_EXECUTION_PROGRAMS_KUBECTL": str(KUBECTL),
        "TOCSIN_CLUSTER_KUBECONFIG": str(api.kubeconfig(tmp_path / "config")),
    }
    settings = replace(load_settings(None, variables), data_folder=tmp_path / "state")
    executor = Processes(
        settings,
        folder=folder,
        redact=redactor(settings.known_secrets),
        clock=SystemClock(),
        environ=os.environ,
    )

    def once(line, limit=timedelta(seconds=30)):
        pipeline = tuple(tuple(part.split()) for part in line.split(" | "))
        return asyncio.run(executor.run("run-1", pipeline, limit))

    return once


def test_the_state_of_the_nodes(run, api):
    api.node_down("node-2")
    ran = run("kubectl get nodes")
    assert (ran.exit_code, ran.why) == (0, "")
    assert [line.split()[:3] for line in ran.output.splitlines()] == [
        ["NAME", "STATUS", "ROLES"],
        ["node-1", "Ready", "control-plane"],
        ["node-2", "NotReady", "<none>"],
    ]


def test_the_pods_of_a_dead_node_are_hidden_by_the_filter_of_the_procedure(run, api):
    api.node_down("node-2")
    ran = run("kubectl get pods --all-namespaces | grep -v Running")
    assert ran.exit_code == 0
    assert [line.split()[0] for line in ran.output.splitlines()] == ["NAMESPACE"]


def test_what_the_nodes_use(run):
    ran = run("kubectl top nodes | grep node-1")
    assert ran.output.split()[:2] == ["node-1", "1549m"]


def test_without_a_metrics_api_top_fails_with_its_own_words(run, api):
    api.has_metrics = False
    ran = run("kubectl top nodes | head -20")
    assert ran.exit_code == 1
    assert "Metrics API not available" in ran.output


def test_the_logs_of_a_selector_are_ten_lines(run, api):
    ran = run("kubectl logs -n ingress -l app=traefik | wc -l")
    assert ran.output == "10\n"
    assert any("tailLines=10" in request for request in api.requests)


def test_a_filter_that_finds_nothing_is_no_failure(run):
    ran = run("kubectl logs -n ingress -l app=traefik | grep -i ModSecurity")
    assert (ran.exit_code, ran.output) == (0, "")


def test_a_change_arrives(run, api):
    assert run("kubectl cordon node-2").output == "node/node-2 cordoned\n"
    assert api.find("nodes", "node-2")["spec"]["unschedulable"] is True


def test_a_file_beside_the_procedure_is_applied(run, api):
    ran = run("kubectl apply -f ratelimit.yaml")
    assert (ran.exit_code, ran.output) == (0, "middleware.traefik.io/emergency-rate created\n")
    assert api.find("middlewares", "emergency-rate", "ingress")["spec"] == {"rateLimit": {"average": 10}}


def test_a_refusal_is_the_programs_own(run, api):
    api.refuse("nodes")
    ran = run("kubectl get nodes")
    assert ran.exit_code == 1
    assert "Error from server (Forbidden): nodes is forbidden" in ran.output


def test_a_silent_api_ends_at_the_time_limit(run, api):
    with api.silent():
        ran = run("kubectl get nodes", timedelta(seconds=1))
    assert (ran.exit_code, ran.why) == (None, "time limit of 1 s")


def test_the_environment_of_a_container_leaves_no_password_in_the_record(run):
    ran = run("kubectl get pods -n production -o json")
    assert '"name": "PASSWORD"' in ran.output
    assert "hunter2" not in ran.output
