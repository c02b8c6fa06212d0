"""
The kubectl commands of the procedure, its manifests and its roles, on a real two-node cluster when there is one.

TOCSIN_LAB_KUBECONFIG names its kubeconfig; it takes minutes to build, so CI may skip this file. What the runbooks speak
of and the cluster lacks (a WAF, cert-manager, a volume) is made first and taken away afterwards; node-2 is emptied and
filled again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.shipped.pages import folder
from tests.shipped.running import Runner, eventually

KUBECTL = os.environ.get("TOCSIN_KUBECTL") or shutil.which("kubectl") or "kubectl"
KUBECONFIG = os.environ.get("TOCSIN_LAB_KUBECONFIG", "")
FIXTURES = Path(__file__).parents[1] / "fixtures/shipped"
OURS = folder() / "kubernetes"
MADE = ("kinds.yaml", "objects.yaml")

pytestmark = [
    pytest.mark.needs_kubernetes_lab,
    pytest.mark.skipif(not KUBECONFIG, reason="no real cluster (TOCSIN_LAB_KUBECONFIG names a kubeconfig)"),
    pytest.mark.xdist_group("shipped-cluster"),
    pytest.mark.timeout(300),
]


def kubectl(*arguments: str, check: bool = True) -> str:
    """Ask the cluster ourselves, past the procedure."""
    command = [KUBECTL, f"--kubeconfig={KUBECONFIG}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=check).stdout


@pytest.fixture(scope="module")
def run() -> Iterator[Runner]:
    shipped = [OURS / "ingress/waf", OURS / "security", OURS / "tocsin"]
    try:
        for name in MADE:
            kubectl("apply", "-f", str(FIXTURES / name))
        kubectl("wait", "--for=condition=Established", "crd", "--selector=made-for=tocsin-tests", "--timeout=30s")
        kubectl("apply", "-f", str(OURS / "security/quarantine.yaml"))
        for place in ("ingress/tocsin-waf", "cert-manager/cert-manager"):
            namespace, name = place.split("/")
            kubectl("rollout", "status", f"deployment/{name}", "-n", namespace, "--timeout=60s")
        yield Runner({"kubectl": KUBECTL}, environment={"KUBECONFIG": KUBECONFIG})
    finally:
        kubectl("uncordon", "node-2", check=False)
        for where in (*shipped, *(FIXTURES / name for name in reversed(MADE))):
            kubectl("delete", "-f", str(where), "--ignore-not-found", "--wait=false", check=False)


def a_pod(namespace: str, selector: str, node: str = "") -> str:
    pods = json.loads(kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "json"))["items"]
    names = [pod["metadata"]["name"] for pod in pods if node in ("", pod["spec"].get("nodeName"))]
    return str(names[0])


def test_the_whole_at_a_glance(run: Runner) -> None:
    assert run("kubectl get nodes -o wide --request-timeout=10s").stdout.count(" Ready ") == 2
    assert run("kubectl get nodes").returncode == 0
    assert "postgresql-0" in run("kubectl get pods --all-namespaces -o wide --request-timeout=10s").stdout
    assert "postgresql-0" in run("kubectl get pods --all-namespaces -o wide").stdout
    assert run("kubectl get events --all-namespaces --sort-by=.lastTimestamp --request-timeout=10s").stdout
    last = run("kubectl get events --all-namespaces --sort-by=.lastTimestamp --request-timeout=10s | tail -20").stdout
    assert len(last.splitlines()) <= 20
    assert "node-2" in run("kubectl top nodes").stdout
    assert run("kubectl top pods --all-namespaces --sort-by=memory | head -20").stdout


def test_the_pods_of_each_place(run: Runner) -> None:
    assert "postgresql-0" in run("kubectl get pods -n production -o wide --request-timeout=10s").stdout
    assert "traefik" in run("kubectl get pods -n ingress -o wide --request-timeout=10s").stdout
    assert "prometheus-0" in run("kubectl get pods -n monitoring -o wide --request-timeout=10s").stdout
    assert run("kubectl get pods -n kube-system -o wide --request-timeout=10s").returncode == 0
    assert "node-2" in run("kubectl describe node <node>", node="node-2").stdout
    there = run("kubectl get pods --all-namespaces -o wide --field-selector spec.nodeName=<node>", node="node-2").stdout
    assert "node-1" not in there
    assert run("kubectl get endpoints --all-namespaces").returncode == 0


def test_the_api_tells_how_it_is(run: Runner) -> None:
    assert "readyz check passed" in run('kubectl get --raw "/readyz?verbose" --request-timeout=10s').stdout
    server = kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}")
    where = urlsplit(server)
    outside = Runner(here={f"https://{where.hostname}:6443/readyz": f"{server}/readyz"})
    assert outside("curl -sk --max-time 5 https://<api>:6443/readyz", api=str(where.hostname)).stdout == "ok"


def test_a_program_in_a_pod_is_reached(run: Runner) -> None:
    """`kubectl exec`, with the exit code of the program inside; what the procedure runs there is tested on its own."""
    said = kubectl("exec", "-n", "production", a_pod("production", "app=postgresql"), "--", "echo", "inside")
    assert said.strip() == "inside"


def test_logs_of_traefik_and_of_the_waf(run: Runner) -> None:
    errors = 'kubectl logs -n ingress -l app=traefik --since=10m --tail=-1 --prefix | grep -i -E "does not exist|error"'
    run(errors, expect=None)
    found = run('kubectl logs -n ingress deployment/<waf> --since=10m | grep "ModSecurity"', waf="tocsin-waf")
    assert "Access denied" in found.stdout
    held = run("kubectl logs -n cert-manager deployment/cert-manager --since=1h | grep -i error")
    assert "pending" in held.stdout
    pod = a_pod("production", "app=web")
    told = run(
        "kubectl logs -n <namespace> <suspect-pod> --all-containers --timestamps --tail=-1",
        namespace="production",
        suspect_pod=pod,
    )
    assert told.returncode == 0


def test_the_emergency_limit_is_armed_and_disarmed_without_deleting_anything(run: Runner) -> None:
    value = 'kubectl get middleware emergency-rate -n ingress -o "jsonpath={.spec.rateLimit.average}"'
    run("kubectl apply -f kubernetes/ingress/waf/emergency-ratelimit-inert.yaml")
    assert run(value).stdout == "0"
    run("kubectl apply -f kubernetes/ingress/waf/emergency-ratelimit.yaml")
    assert run(value).stdout == "20"
    run("kubectl apply -f kubernetes/ingress/waf/blocklist.yaml")
    match = run('kubectl get ingressroute blocklist -n ingress -o "jsonpath={.spec.routes[0].match}"').stdout
    assert "255.255.255.255" in match
    assert "emergency" in run("kubectl get ingressroutes.traefik.io,middlewares.traefik.io --all-namespaces").stdout
    run("kubectl apply -f kubernetes/ingress/waf/emergency-ratelimit-inert.yaml")
    assert run(value).stdout == "0"


def test_what_is_restarted_comes_back(run: Runner) -> None:
    waf = {"waf": "tocsin-waf"}
    run("kubectl rollout restart deployment/<waf> -n ingress", **waf)
    done = run("kubectl rollout status deployment/<waf> -n ingress --timeout=90s", **waf)
    assert "successfully rolled out" in done.stdout
    run("kubectl rollout undo deployment/<waf> -n ingress", **waf)
    run("kubectl rollout restart deployment/cert-manager -n cert-manager")
    done = run("kubectl rollout status deployment/cert-manager -n cert-manager --timeout=90s")
    assert "successfully rolled out" in done.stdout
    run(
        "kubectl rollout restart statefulset/<prometheus-statefulset> -n monitoring",
        prometheus_statefulset="prometheus",
    )


def test_traefik_goes_back_to_the_version_before(run: Runner) -> None:
    kubectl("rollout", "restart", "daemonset/traefik", "-n", "ingress")
    kubectl("rollout", "status", "daemonset/traefik", "-n", "ingress", "--timeout=90s")
    run("kubectl rollout undo daemonset/traefik -n ingress")
    done = run("kubectl rollout status daemonset/traefik -n ingress --timeout=90s")
    assert "successfully rolled out" in done.stdout


def test_a_volume_is_made_larger(run: Runner) -> None:
    eventually(lambda: "Bound" in kubectl("get", "pvc", "tocsin-tests", "-n", "production"), "the claim has its volume")
    assert "tocsin-tests" in run("kubectl get pvc --all-namespaces").stdout
    assert "true" in run("kubectl get storageclasses").stdout
    run(
        "kubectl patch pvc <pvc> -n production --type merge -p "
        '\'{"spec":{"resources":{"requests":{"storage":"<size>"}}}}\'',
        pvc="tocsin-tests",
        size="2Gi",
    )
    wanted = kubectl(
        "get", "pvc", "tocsin-tests", "-n", "production", "-o", "jsonpath={.spec.resources.requests.storage}"
    )
    assert wanted == "2Gi"


def test_certificates_are_shown_with_the_chain_that_renews_them(run: Runner) -> None:
    assert run("kubectl get certificates.cert-manager.io --all-namespaces").returncode == 0
    chain = (
        "kubectl get certificaterequests.cert-manager.io,orders.acme.cert-manager.io,"
        "challenges.acme.cert-manager.io --all-namespaces"
    )
    assert run(chain).returncode == 0


def test_an_intruder_is_looked_for_and_shut_in(run: Runner) -> None:
    newest = "kubectl get pods --all-namespaces -o wide --sort-by=.metadata.creationTimestamp --request-timeout=10s"
    assert "postgresql-0" in run(newest).stdout
    powers = "kubectl get clusterrolebindings -o wide --sort-by=.metadata.creationTimestamp --request-timeout=10s"
    assert "tocsin-tests" in run(powers).stdout
    account = {"namespace": "production", "account": "intruder"}
    may = "kubectl auth can-i --list --as=system:serviceaccount:<namespace>:<account>"
    assert "pods" in run(may, **account).stdout
    assert "tocsin-tests" in run("kubectl get clusterrolebinding <binding> -o yaml", binding="tocsin-tests").stdout
    run("kubectl delete clusterrolebinding <binding>", binding="tocsin-tests")
    assert "pods " not in run(may, **account).stdout
    rule = run("kubectl get networkpolicy tocsin-quarantine -n production").stdout
    assert "tocsin-quarantine=true" in rule
    pod = a_pod("production", "app=web")
    run("kubectl label pod <suspect-pod> -n production tocsin-quarantine=true --overwrite", suspect_pod=pod)
    assert pod in run("kubectl get pods -n production -l tocsin-quarantine=true").stdout
    run("kubectl label pod <suspect-pod> -n production tocsin-quarantine-", suspect_pod=pod)
    assert pod not in run("kubectl get pods -n production -l tocsin-quarantine=true").stdout


def test_a_node_is_closed_emptied_marked_and_opened_again(run: Runner) -> None:
    node = {"node": "node-2"}
    run("kubectl cordon <node>", **node)
    assert "SchedulingDisabled" in run("kubectl get nodes").stdout
    run("kubectl drain <node> --ignore-daemonsets --delete-emptydir-data --timeout=120s", **node)
    left = run("kubectl get pods --all-namespaces -o wide --field-selector spec.nodeName=<node>", **node).stdout
    assert "traefik" in left
    assert "web-" not in left
    run("kubectl taint nodes <node> node.kubernetes.io/out-of-service=nodeshutdown:NoExecute", **node)
    assert "out-of-service" in kubectl("get", "node", "node-2", "-o", "yaml")
    run("kubectl taint nodes <node> node.kubernetes.io/out-of-service=nodeshutdown:NoExecute-", **node)
    assert "out-of-service" not in kubectl("get", "node", "node-2", "-o", "yaml")
    run("kubectl uncordon <node>", **node)
    assert "SchedulingDisabled" not in run("kubectl get nodes").stdout


ACCOUNT = "--as=system:serviceaccount:tocsin:tocsin"


@pytest.fixture
def roles(run: Runner) -> None:
    kubectl("apply", "-f", str(OURS / "tocsin/rbac.yaml"))
    kubectl("apply", "-f", str(OURS / "tocsin/rbac-steps.yaml"))


MAY = [
    "list nodes",
    "list pods --all-namespaces",
    "list deployments.apps --all-namespaces",
    "get middlewares.traefik.io -n ingress",
    "get pods/log -n ingress",
    "create pods/exec/postgresql-0 -n production",
    "patch middlewares.traefik.io/emergency-rate -n ingress",
    "patch middlewares.traefik.io/emergency-inflight -n ingress",
    "patch ingressroutes.traefik.io/blocklist -n ingress",
]
MAY_NOT = [
    "get secrets --all-namespaces",
    "get configmaps --all-namespaces",
    "get pods/log -n production",
    "create pods/exec/web-0 -n production",
    "create pods/exec/postgresql-0 -n ingress",
    "get nodes/proxy",
    "delete middlewares.traefik.io/emergency-rate -n ingress",
    "create middlewares.traefik.io -n ingress",
    "patch middlewares.traefik.io/another -n ingress",
    "delete pods -n production",
    "patch nodes",
]


def can_i(asked: str) -> str:
    verb, what, *rest = asked.split()
    kind, _, subresource = what.partition("/")
    name = ""
    if kind == "pods" and subresource:
        subresource, _, name = subresource.partition("/")
        arguments = [f"{kind}/{name}" if name else kind, f"--subresource={subresource}"]
    elif kind == "nodes" and subresource:
        arguments = [kind, f"--subresource={subresource}"]
    else:
        arguments = [what]
    return kubectl("auth", "can-i", verb, *arguments, *rest, ACCOUNT, check=False).strip().splitlines()[-1]


@pytest.mark.parametrize("asked", MAY)
def test_tocsins_account_may(roles: None, asked: str) -> None:
    assert can_i(asked) == "yes"


@pytest.mark.parametrize("asked", MAY_NOT)
def test_tocsins_account_may_not(roles: None, asked: str) -> None:
    assert can_i(asked) == "no"


def test_the_account_arms_and_disarms_what_stands_there_and_makes_nothing_new(roles: None, run: Runner) -> None:
    """The very act of the procedure, as the account that tocsin has."""
    waf = OURS / "ingress/waf"
    kubectl("apply", "-f", str(waf / "emergency-ratelimit-inert.yaml"))
    kubectl("apply", "-f", str(waf / "emergency-ratelimit.yaml"), ACCOUNT)
    kubectl("apply", "-f", str(waf / "emergency-ratelimit-inert.yaml"), ACCOUNT)
    kubectl("delete", "-f", str(waf / "emergency-ratelimit-inert.yaml"))
    with pytest.raises(subprocess.CalledProcessError):
        kubectl("apply", "-f", str(waf / "emergency-ratelimit.yaml"), ACCOUNT)
