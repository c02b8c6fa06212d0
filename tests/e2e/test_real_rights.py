"""
What a command is said to need, on a real cluster: with exactly these rights it is let in, without any one of them not.

TOCSIN_LAB_KUBECONFIG names a kubeconfig with two contexts: "admin", and "limited" for a user who may nothing. A role
of the test's own is bound to that user and taken away again; nothing else is changed, what would change runs dry.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator

import pytest

from tests.e2e.test_real_cluster import KUBECONFIG, KUBECTL, pytestmark  # noqa: F401  # the same conditions
from tests.proof.test_needs import needs
from tocsin.proof.needs import Access

ROLE = "tocsin-test-rights"
GROUPS = {"deploy": "apps", "deployment": "apps", "replicasets": "apps", "daemonsets": "apps"}
PLURALS = {"deploy": "deployments", "deployment": "deployments", "pod": "pods", "node": "nodes"}
FORBIDDEN = re.compile(r"forbidden|cannot \w+ resource", re.IGNORECASE)


def kubectl(*arguments: str, context: str = "admin", given: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(KUBECTL), f"--kubeconfig={KUBECONFIG}", f"--context={context}", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, input=given)


@pytest.fixture
def user() -> Iterator[str]:
    """Who "limited" is."""
    told = kubectl("get", "pods", context="limited").stderr
    found = re.search(r'User "([^"]+)" cannot', told)
    if found is None:
        pytest.skip('the kubeconfig has no context "limited" for a user without rights')
    yield found[1]
    kubectl("delete", "clusterrole,clusterrolebinding", ROLE, "--ignore-not-found")


def grant(user: str, rights: Iterable[Access]) -> None:
    """Exactly these, everywhere: what is tried is which verbs on which resources."""
    rules = [
        {
            "apiGroups": [right.group or GROUPS.get(right.resource, "")],
            "resources": ["/".join(filter(None, (PLURALS.get(right.resource, right.resource), right.subresource)))],
            "verbs": [right.verb],
        }
        for right in rights
    ]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ROLE}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
    of = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": ROLE}}
    objects = [
        {**of, "kind": "ClusterRole", "rules": rules},
        {**of, "kind": "ClusterRoleBinding", "roleRef": reference, "subjects": [subject]},
    ]
    made = kubectl("apply", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    assert made.returncode == 0, made.stderr
    time.sleep(0.7)  # the authorizer reads roles from its own cache


@pytest.mark.parametrize(
    "line",
    [
        "kubectl top nodes",
        "kubectl logs -n ingress -l app=traefik --tail=-1",
        "kubectl logs -n production deploy/web --tail=1",
        "kubectl exec -n production postgresql-0 -- busybox true",
        "kubectl rollout history deploy/web -n production",
    ],
)
def test_exactly_the_rights_that_it_is_said_to_need(line: str, user: str) -> None:
    rights = list(dict.fromkeys(needs(line).accesses))
    argv = line.split()[1:]
    grant(user, rights)
    let_in = kubectl(*argv, context="limited")
    assert let_in.returncode == 0, let_in.stderr
    for right in rights:
        grant(user, [other for other in rights if other != right])
        refused = kubectl(*argv, context="limited")
        assert refused.returncode != 0, f"{right} is not needed"
        assert FORBIDDEN.search(refused.stderr), refused.stderr


@pytest.mark.parametrize(
    "line",
    [
        "kubectl drain node-2 --ignore-daemonsets",
        "kubectl scale deployment web --replicas=3 -n production",
        "kubectl delete pod postgresql-1 -n production",
        "kubectl label node node-2 tried=yes",
    ],
)
def test_what_changes_something_is_let_in_as_a_dry_run(line: str, user: str) -> None:
    grant(user, needs(line).accesses)
    let_in = kubectl(*line.split()[1:], "--dry-run=server", context="limited")
    assert let_in.returncode == 0, let_in.stderr
