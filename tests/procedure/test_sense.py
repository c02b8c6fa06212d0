"""Facts of the tools, held against commands that are nearly right."""

from __future__ import annotations

import pytest

from tests.procedure.written import codes, document, read, scenario_of


def found(lines: str, title: str = "Panne") -> list[str]:
    return [code for code in codes(read(document(scenario_of(lines, title))).problems) if code not in ("P304", "P416")]


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("patronictl failover", ["P401"]),
        ("sudo patronictl -c /x failover pg --force", ["P401"]),
        ("patronictl failover pg --candidate=b --force", []),
        ("patronictl failover pg --candidate b", []),
        ("patronictl switchover pg", []),
        ("kubectl exec <pod> -- patronictl failover", ["P401"]),
        ("hcloud firewall add-rule x --action=drop --direction in", ["P402"]),
        ("hcloud firewall add-rule x --direction in", []),
        ("kubectl get po -A | grep -v Running", ["P405"]),
        ("kubectl get pods | grep -iv Running | head", ["P405"]),
        ("kubectl get pods | grep Running", []),
        ("kubectl get nodes | grep -v Running", []),
        ("hcloud server reboot x", ["P406"]),
        ("hcloud server reboot x\nhcloud server reset x", []),
        ("hcloud server describe x", []),
        ("kubectl logs -l a=b", ["P407"]),
        ("kubectl logs --selector=a=b --since=1h", ["P407"]),
        ("kubectl logs -l a=b --tail=-1", []),
        ("kubectl logs x", []),
        ("kubectl logs deploy/traefik | grep modsecurity", ["P408"]),
        ("kubectl logs deploy/waf | grep modsecurity", []),
        ("kubectl logs deploy/traefik | grep 502", []),
        ("kubectl exec redis-0 -- redis-cli ping", ["P410"]),
        ("kubectl exec pod/redis-12 -- ls", ["P410"]),
        ("kubectl exec <pod> -- ls", []),
        ("kubectl exec deploy/redis -- ls", []),
        ("kubectl delete middleware/x", ["P411"]),
        ("kubectl delete middlewares.traefik.io x", ["P411"]),
        ("kubectl delete pod x", []),
        ("redis-cli -a secret ping", ["P412"]),
        ("kubectl exec <pod> -- redis-cli --pass secret ping", ["P412"]),
        ("redis-cli -h a ping", []),
    ],
)
def test_a_command_against_the_facts(line: str, problems: list[str]) -> None:
    assert found(line) == problems


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("kubectl exec -it <pod> -- ls", ["P305"]),
        ("kubectl exec -i -t <pod> -- ls", ["P305", "P305"]),
        ("kubectl exec <pod> -- tar -t", []),
        ("ssh -t node-1 ls", ["P305"]),
        ("kubectl get pods -w", ["P306"]),
        ("kubectl apply -f manifests/present.yaml", []),
        ("tail -f /var/log/x", ["P306"]),
        ("watch kubectl get pods", ["P306"]),
        ("ping node-1", ["P306"]),
        ("ping -c 3 node-1", []),
        ("journalctl -f", ["P306"]),
        ("redis-cli MONITOR", ["P306"]),
        ("bash -c 'ls'", ["P302"]),
        ("sudo sh -c 'ls'", ["P302"]),
        ("kubectl exec <pod> -- sh -c 'ls'", []),
        ("kubectl exec <pod> -- sh -c 'ls <x>'", ["P307"]),
        ("kubectl exec <pod> -- bash -ec 'ls <x>'", ["P307"]),
        ("psql -c 'select <x>'", ["P307"]),
        ("psql -d <x> -c 'select 1'", []),
        ("ssh node-1 ls <x>", ["P307"]),
        ("ssh <node> ls", []),
    ],
)
def test_a_command_against_the_way_it_would_run(line: str, problems: list[str]) -> None:
    assert found(line) == problems


def test_a_step_that_blocks_must_not_open_the_door() -> None:
    rule = "hcloud firewall add-rule x --direction in --source-ips <ip>/32"
    assert found(f"# 1. Bloquer l'adresse\n{rule}") == ["P403"]
    assert found(f"# 1. Ouvrir le port du fournisseur\n{rule}") == []
    assert found(f"# 1. Bloquer l'adresse\n{rule.replace(' in ', ' out ')}") == []


def test_without_a_control_plane_kubectl_comes_after_something_outside() -> None:
    title = "Node 1 (control plane)"
    assert found("# 1. x\nkubectl get nodes\nkubectl get pods", title) == ["P409", "P409"]
    assert found("# 1. x\nkubectl get nodes --request-timeout=5s", title) == []
    assert found("# 1. x\nhcloud server describe node-1\n# 2. y\nkubectl get nodes", title) == []
    assert found("# 1. x\nkubectl get nodes", "Node 2 (worker)") == []


def test_errors_stand_on_the_command_and_keep_it_from_running() -> None:
    steps = read(document(scenario_of("# 1. x\npatronictl failover\npatronictl list"))).scenarios[0].steps
    assert [(c.runnable, codes(c.problems)) for c in steps[0].commands] == [(False, ["P401"]), (True, [])]


def test_warnings_stand_on_the_command_and_do_not() -> None:
    (command,) = read(document(scenario_of("kubectl logs -l a=b"))).scenarios[0].steps[0].commands
    assert (command.runnable, codes(command.problems)) == (True, ["P407"])
