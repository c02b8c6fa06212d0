"""A photograph of the cluster: what is really ready, what is missing said, and an answer in time or none."""

import asyncio
import json
import stat
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests.fakes.kubernetes_api import KubernetesApi
from tests.fakes.kubernetes_objects import pod
from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.edge.kubernetes.objects import quantity
from tocsin.edge.kubernetes.snapshot import ApiPhotographer
from tocsin.edge.settings.model import ClusterSettings

SHORT = timedelta(seconds=0.6)


@pytest.fixture
def api():
    with KubernetesApi() as running:
        yield running


@pytest.fixture
def photograph(api, tmp_path):
    """Take a picture through a kubeconfig that leads to the API."""
    kubeconfig = api.kubeconfig(tmp_path / "config")

    def take(limit=timedelta(seconds=8), **said):
        cluster = ClusterSettings(**{"kubeconfig": kubeconfig, **said})
        return asyncio.run(ApiPhotographer(cluster, limit=limit).snapshot())

    return take


def refused(photograph, **said):
    with pytest.raises(Unanswered) as unanswered:
        photograph(**said)
    return unanswered.value.code, unanswered.value.why


def test_nodes_with_their_roles_addresses_capacity_and_use(photograph):
    before = datetime.now(UTC)
    taken = photograph()
    assert before <= taken.taken_at <= datetime.now(UTC)
    one, two = taken.nodes
    assert (one.name, one.ready, one.roles, one.addresses) == (
        "node-1",
        "True",
        ("control-plane",),
        ("10.0.0.2", "node-1"),
    )
    assert one.since == datetime(2026, 9, 3, 8, 1, 10, tzinfo=UTC)
    assert (one.cpu_millicores, one.memory_bytes) == (1549, 1487 * 2**20)
    assert (two.cpu_capacity_millicores, two.memory_capacity_bytes) == (4000, 16384000 * 1024)
    assert taken.usage_why == ""


def test_pods_with_their_owner_containers_and_labels(photograph):
    first = photograph().pods[0]
    assert (first.namespace, first.name, first.node) == ("production", "postgresql-0", "node-1")
    assert (first.phase, first.ready, first.reason, first.restarts) == ("Running", True, "", 0)
    assert (first.owner, first.containers) == ("StatefulSet/postgresql", ("postgresql",))
    assert first.labels == {"app": "postgresql"}


def test_nothing_of_a_containers_environment_is_kept(photograph, api):
    assert "hunter2" in json.dumps(api.objects["pods"])
    assert b"hunter2" not in msgspec.json.encode(photograph())


def test_a_dead_node_takes_its_pods_with_it_although_the_api_calls_them_running(photograph, api):
    api.node_down("node-2")
    taken = photograph()
    assert [node.ready for node in taken.nodes] == ["True", "Unknown"]
    assert taken.nodes[1].taints == (
        "node.kubernetes.io/unreachable:NoSchedule",
        "node.kubernetes.io/unreachable:NoExecute",
    )
    assert taken.nodes[1].cpu_millicores is None
    assert {(one.name, one.phase) for one in taken.pods if not one.ready} == {
        ("postgresql-1", "Running"),
        ("web-5f7f9cb8d4-pswf9", "Running"),
    }
    api.node_up("node-2")
    assert all(one.ready for one in photograph().pods)


def test_a_pod_that_still_says_ready_on_a_dead_node_is_not(photograph, api):
    api.objects["nodes"][1]["status"]["conditions"][-1]["status"] = "Unknown"
    assert {one.name for one in photograph().pods if not one.ready} == {"postgresql-1", "web-5f7f9cb8d4-pswf9"}


def test_why_a_pod_is_not_well(photograph, api):
    api.crashing("web-5f7f9cb8d4-pswf9", restarts=41)
    waiting = pod("production", "waiting-0", "", app="waiting")
    waiting["status"] = {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}],
    }
    done = pod("production", "backup-28", "node-1", app="backup", owner="Job")
    done["status"] = {"phase": "Succeeded", "containerStatuses": None, "conditions": None}
    leaving = pod("production", "leaving-0", "node-1", app="leaving")
    leaving["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z"
    api.objects["pods"] += [waiting, done, leaving]
    shown = {one.name: one for one in photograph().pods}
    crashing = shown["web-5f7f9cb8d4-pswf9"]
    assert (crashing.reason, crashing.restarts, crashing.ready) == ("CrashLoopBackOff", 41, False)
    assert (shown["waiting-0"].reason, shown["waiting-0"].node) == ("Unschedulable", "")
    assert shown["backup-28"].finished
    assert shown["leaving-0"].reason == "Terminating"


def test_pressure_is_told(photograph, api):
    conditions = api.objects["nodes"][0]["status"]["conditions"]
    next(one for one in conditions if one["type"] == "DiskPressure")["status"] = "True"
    assert photograph().nodes[0].pressures == ("DiskPressure",)


def test_without_a_metrics_api_the_picture_says_why(photograph, api):
    api.has_metrics = False
    taken = photograph()
    assert taken.usage_why == "HTTP 404: the server could not find the requested resource"
    assert taken.nodes[0].cpu_millicores is None
    assert len(taken.pods) == 4


def test_a_large_cluster_is_read_in_parts(photograph, api):
    api.objects["pods"] = [pod("production", f"web-{n}", "node-1", app="web") for n in range(1201)]
    taken = photograph()
    assert [one.name for one in taken.pods] == [f"web-{n}" for n in range(1201)]
    asked = [request for request in api.requests if "/pods" in request]
    assert len(asked) == 3
    assert all("limit=500" in request for request in asked)


def test_only_the_namespaces_that_are_named_are_read(photograph, api):
    taken = photograph(namespaces=("ingress",))
    assert [one.name for one in taken.pods] == ["traefik-5xk59"]
    assert not any(request.startswith("GET /api/v1/pods") for request in api.requests)


def test_the_token_of_the_kubeconfig_is_sent(photograph, api):
    photograph()
    assert set(api.tokens) == {"Bearer t0ken-of-the-test"}


@pytest.mark.parametrize("api_version", ["client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1"])
def test_a_token_may_come_from_a_plug_in(photograph, api, tmp_path, api_version):
    plugin = tmp_path / "plugin"
    plugin.write_text(f"#!/bin/sh\necho '{json.dumps({'status': {'token': 'made-by-plugin'}})}'\n")
    plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)
    config = json.loads((tmp_path / "config").read_text())
    config["users"][0]["user"] = {"exec": {"apiVersion": api_version, "command": str(plugin)}}
    (tmp_path / "config").write_text(json.dumps(config))
    photograph()
    assert set(api.tokens) == {"Bearer made-by-plugin"}


def test_a_context_may_be_named(photograph, api, tmp_path):
    api.kubeconfig(tmp_path / "config", context="other")
    assert len(photograph(context="other").nodes) == 2
    assert refused(photograph, context="team") == (
        "api_silent",
        "the kubeconfig cannot be used: Context 'team' not found",
    )


def test_silence_ends_at_the_limit(photograph, api):
    began = time.monotonic()
    with api.silent():
        assert refused(photograph, limit=SHORT) == ("api_silent", "no answer within 0.6 s")
    assert time.monotonic() - began < 6


def test_a_refused_connection_is_silence(photograph, tmp_path):
    with KubernetesApi() as gone:
        kubeconfig = gone.kubeconfig(tmp_path / "gone")
    assert refused(photograph, kubeconfig=kubeconfig) == ("api_silent", "connection refused")


def test_a_refusal_is_told_in_the_apis_own_words(photograph, api):
    api.refuse("nodes")
    code, why = refused(photograph)
    assert code == "api_refused"
    assert why == 'HTTP 403: nodes is forbidden: User "runbook" cannot list resource "nodes" in API group ""'


def test_an_api_without_its_database_is_told(photograph, api):
    api.refuse("*", 500)
    assert refused(photograph) == ("api_refused", "HTTP 500: etcdserver: request timed out")


def test_an_answer_that_is_none_is_told(photograph, api):
    api.has_metrics = False
    api.objects["nodes"] = [{"kind": "Node", "metadata": {"name": 3}}]
    code, why = refused(photograph)
    assert code == "api_refused"
    assert why.startswith("its answer to /api/v1/nodes is not understood")


@pytest.mark.parametrize(
    "text",
    [None, "", "not yaml: [", "[]", '{"clusters": 3}', '{"clusters": [{}], "contexts": [], "current-context": "a"}'],
)
def test_a_kubeconfig_that_is_none_is_told(photograph, tmp_path, text):
    path = tmp_path / "other"
    if text is not None:
        path.write_text(text)
    code, why = refused(photograph, kubeconfig=path)
    assert code == "api_silent"
    assert why.startswith("the kubeconfig cannot be used: ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("1500m", 1.5),
        ("1549000000n", 1.549),
        ("250u", 0.00025),
        ("1Ki", 1024),
        ("1.5Gi", 1.5 * 2**30),
        ("129e6", 129e6),
        ("5M", 5e6),
        ("1E", 1e18),
        ("1e3", 1000),
        ("12E2", 1200),
    ],
)
def test_quantities(text, value):
    assert quantity(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "1x", "1mi", "1Kib", "nan", "1e9999", "--1"])
def test_what_is_no_quantity(text):
    with pytest.raises(ValueError, match="not a quantity"):
        quantity(text)
