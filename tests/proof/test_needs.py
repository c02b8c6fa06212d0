"""What a command names and what it must be allowed, by its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.procedure.written import document, scenario_of, text
from tocsin.procedure.model import Command
from tocsin.procedure.read import read_procedure
from tocsin.procedure.source import Source
from tocsin.proof.lines import commands_of
from tocsin.proof.needs import Access, Chosen, Named, Needs, needs_of


def command(line: str) -> Command:
    main = text(document(scenario_of(line)))
    return next(one for one in commands_of(read_procedure({main.path: main}, main.path)) if one.text == line)


def needs(line: str) -> Needs:
    return needs_of(command(line))


def rights(line: str) -> list[str]:
    """As `kubectl auth can-i` is asked: "create pods/exec -n production"."""
    return [_right(access) for access in needs(line).accesses]


def _right(access: Access) -> str:
    resource = "/".join(filter(None, (access.resource, access.subresource)))
    full = f"{resource}.{access.group}" if access.group else resource
    return f"{access.verb} {full} {access.namespace or '*'} {access.name}".strip()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("kubectl get nodes", ["list nodes default"]),
        ("kubectl get pods --all-namespaces", ["list pods *"]),
        ("kubectl get -n production pod/web-1 svc/web", ["get pod production web-1", "get svc production web"]),
        ("kubectl get pods,services -n ingress", ["list pods ingress", "list services ingress"]),
        ("kubectl top nodes", ["list nodes.metrics.k8s.io default", "list nodes default"]),
        ("kubectl top pods -A --sort-by=memory", ["list pods.metrics.k8s.io *"]),
        ("kubectl logs -n ingress -l app=traefik --tail=-1", ["list pods ingress", "get pods/log ingress"]),
        (
            "kubectl logs -n production deploy/web",
            ["get deploy production web", "list pods production", "get pods/log production"],
        ),
        (
            "kubectl exec -n production postgresql-0 -- patronictl list",
            ["get pods production postgresql-0", "create pods/exec production"],
        ),
        ("kubectl cordon node-2", ["get nodes default node-2", "patch nodes default node-2"]),
        (
            "kubectl drain node-2 --ignore-daemonsets",
            [
                "get nodes default node-2",
                "patch nodes default node-2",
                "list pods *",
                "get daemonsets.apps *",
                "create pods/eviction *",
            ],
        ),
        (
            "kubectl rollout restart deployment/web -n production",
            ["get deployment production web", "patch deployment production web"],
        ),
        (
            "kubectl rollout status deploy/web -n production --timeout=60s",
            ["get deploy production web", "list deploy production web", "watch deploy production web"],
        ),
        (
            "kubectl scale statefulset redis --replicas=3 -n production",
            ["get statefulset production redis", "patch statefulset/scale production redis"],
        ),
        ("kubectl delete pod web-1 -n production", ["delete pod production web-1"]),
        (
            "kubectl rollout history deploy/web -n production",
            ["get deploy production web", "list replicasets.apps production"],
        ),
        ("kubectl label node node-2 role=worker", ["get node default node-2", "patch node default node-2"]),
    ],
)
def test_the_rights_that_a_command_needs(line: str, expected: list[str]) -> None:
    assert rights(line) == expected


def test_what_it_names() -> None:
    found = needs("kubectl exec -n production -c postgresql postgresql-0 -- patronictl switchover --candidate pg-1")
    assert Named(resource="namespace", name="production") in found.named
    assert Named(resource="pod", name="postgresql-0", namespace="production") in found.named
    assert [(one.resource, one.name) for one in found.containers] == [("postgresql", "postgresql-0")]
    assert found.members == ("pg-1",)


def test_a_selector_must_choose_somebody() -> None:
    assert needs("kubectl logs -n ingress -l app=traefik --tail=-1").chosen == (
        Chosen(selector="app=traefik", namespace="ingress"),
    )


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("hcloud server reset node-2", (Named(resource="server", name="node-2"),)),
        ("hcloud firewall describe <firewall-id>", (Named(resource="firewall", name=""),)),
        ("hcloud server reset <server>", ()),
        (
            "hcloud firewall remove-from-resource --type server --server node-2 web",
            (Named(resource="firewall", name="web"),),
        ),
        ("hcloud server create --name node-9 --type cx22 --image debian-12", ()),
        ("hcloud server list", ()),
    ],
)
def test_what_hetzner_must_have(line: str, named: tuple[Named, ...]) -> None:
    assert needs(line).side == "hetzner"
    assert needs(line).named == named


@pytest.mark.parametrize(
    "line",
    [
        "kubectl --context other get nodes",
        "kubectl get pods -n <namespace>",
        "redis-cli -h 10.0.0.1 ping",
    ],
)
def test_of_another_cluster_a_placeholder_or_another_program_nothing_is_claimed(line: str) -> None:
    assert needs(line) == Needs()


WORDS = [
    "kubectl",
    "hcloud",
    "sudo",
    "env",
    "timeout",
    "get",
    "exec",
    "logs",
    "top",
    "rollout",
    "undo",
    "drain",
    "cordon",
    "scale",
    "label",
    "delete",
    "server",
    "firewall",
    "pods",
    "pod/x",
    "/",
    "x/",
    ",",
    "pods,",
    "-n",
    "-A",
    "-l",
    "app=x",
    "-f",
    "m.yaml",
    "-c",
    "-",
    "--",
    "a=b",
    "b-",
    "<ip>",
    "<firewall-id>",
    "--candidate=",
    "--candidate",
    "patronictl",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
def test_whatever_stands_there_is_read_without_a_fall(words: list[str]) -> None:
    argv = tuple(words)
    needs_of(Command(text=" ".join(argv), pipeline=(argv,), risk="R0", digest="d", source=Source("x.md", 1)))
