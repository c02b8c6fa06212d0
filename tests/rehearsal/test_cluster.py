"""What breaks, what mends it, and what follows by itself, in practice time."""

import json

import pytest

from tests.rehearsal.transcripts import START, after, ask
from tocsin.rehearsal.cluster import Cluster, UnknownServer

GET_ALL = "kubectl get pods --all-namespaces -o wide"


def node_status(cluster: Cluster, name: str, seconds: float) -> str:
    rows = ask(cluster, "kubectl get nodes", after(seconds)).out.splitlines()
    return next(row.split()[1] for row in rows if row.startswith(name))


def pods_on(cluster: Cluster, node: str, seconds: float) -> dict[str, str]:
    rows = [row.split() for row in ask(cluster, GET_ALL, after(seconds)).out.splitlines()[1:]]
    return {row[1]: f"{row[2]} {row[3]}" for row in rows if row[7] == node}


def members(cluster: Cluster, seconds: float, inside: str) -> dict[str, str]:
    said = ask(cluster, f"kubectl exec -n production {inside} -- patronictl list -f json", after(seconds))
    return {one["Member"]: f"{one['Role']} {one['State']}" for one in json.loads(said.out)}


def test_everything_is_well_before_anything_happens() -> None:
    cluster = Cluster(START)
    assert cluster.at(after(3600)).is_well
    assert members(cluster, 3600, "postgresql-0") == {
        "postgresql-0": "Replica streaming",
        "postgresql-1": "Leader running",
    }


def test_kubernetes_notices_a_dead_node_only_after_its_grace() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START)
    assert node_status(cluster, "node-2", 39) == "Ready"
    assert node_status(cluster, "node-2", 41) == "NotReady"
    assert node_status(cluster, "node-1", 41) == "Ready"


def test_the_pods_of_a_dead_node_go_on_saying_running() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START)
    assert set(pods_on(cluster, "node-2", 120).values()) == {"1/1 Running"}
    shown = json.loads(ask(cluster, "kubectl get pod postgresql-0 -n production -o json", after(120)).out)
    ready = {one["type"]: one["status"] for one in shown["status"]["conditions"]}
    assert (ready["Ready"], ready["ContainersReady"]) == ("False", "True")
    node = json.loads(ask(cluster, "kubectl get node node-2 -o json", after(120)).out)
    assert node["spec"]["taints"][0]["key"] == "node.kubernetes.io/unreachable"


def test_after_five_minutes_a_deployment_moves_and_a_stateful_set_waits() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START)
    on_2 = pods_on(cluster, "node-2", 360)
    assert on_2["postgresql-0"] == on_2["web-9d7bb4458-29vr7"] == "1/1 Terminating"
    assert on_2["traefik-5xk59"] == "1/1 Running"
    web_on_1 = [name for name in pods_on(cluster, "node-1", 360) if name.startswith("web-")]
    assert len(web_on_1) == 3
    assert not any(name.startswith("postgresql-0") for name in pods_on(cluster, "node-1", 3600))


def test_a_soft_reboot_brings_a_silent_node_back_and_its_pods_some_seconds_later() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START)
    assert ask(cluster, "hcloud server reboot node-2", after(100)).out == "Server 43 rebooted\n"
    assert node_status(cluster, "node-2", 105) == "NotReady"
    assert node_status(cluster, "node-2", 155) == "NotReady"
    assert node_status(cluster, "node-2", 169) == "Ready"
    assert pods_on(cluster, "node-2", 169)["postgresql-0"] == "0/1 Running"
    assert pods_on(cluster, "node-2", 190)["postgresql-0"] == "1/1 Running"
    assert not cluster.at(after(185)).is_well
    assert members(cluster, 200, "postgresql-0")["postgresql-0"] == "Replica streaming"
    assert cluster.at(after(200)).is_well


def test_a_hung_node_takes_no_notice_of_a_soft_reboot_and_comes_back_after_a_reset() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START, hung=True)
    assert ask(cluster, "hcloud server reboot node-2", after(60)).code == 0
    assert node_status(cluster, "node-2", 250) == "NotReady"
    ask(cluster, "hcloud server reset node-2", after(250))
    assert node_status(cluster, "node-2", 320) == "Ready"


def test_a_late_reboot_ends_what_was_terminating() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START)
    ask(cluster, "hcloud server reboot node-2", after(400))
    pods = pods_on(cluster, "node-2", 520)
    assert pods["postgresql-0"] == "1/1 Running"
    assert not any(name.startswith("web-") for name in pods)
    assert cluster.at(after(540)).is_well


def test_the_hoster_sees_a_machine_not_what_runs_in_it() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-2", START, hung=True)
    assert "node-2   running" in ask(cluster, "hcloud server list", after(300)).out
    ask(cluster, "hcloud server poweroff node-2", after(301))
    assert "node-2   off" in ask(cluster, "hcloud server list", after(303)).out
    ask(cluster, "hcloud server poweron node-2", after(310))
    assert node_status(cluster, "node-2", 380) == "Ready"


def test_without_the_control_plane_nobody_answers_until_it_has_started() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-1", START)
    assert ask(cluster, "kubectl get nodes", after(10)).err.startswith("Unable to connect to the server")
    ask(cluster, "hcloud server reboot node-1", after(60))
    assert ask(cluster, "kubectl get nodes", after(100)).err.startswith("Unable to connect to the server")
    assert "was refused" in ask(cluster, "kubectl get nodes", after(124)).err
    assert node_status(cluster, "node-1", 130) == "Ready"
    assert cluster.at(after(200)).is_well


def test_nobody_is_promoted_while_the_control_plane_is_down() -> None:
    cluster = Cluster(START)
    cluster.node_down("node-1", START)
    assert cluster.at(after(120)).database.leader == "postgresql-1"
    assert not cluster.at(after(120)).database.writable


def test_a_dead_primary_is_shown_as_leader_until_its_key_runs_out() -> None:
    cluster = Cluster(START)
    cluster.primary_down(START)
    assert members(cluster, 20, "postgresql-0") == {"postgresql-0": "Replica running", "postgresql-1": "Leader running"}
    assert members(cluster, 35, "postgresql-0") == {"postgresql-0": "Leader running"}
    history = ask(cluster, "kubectl exec -n production postgresql-0 -- patronictl history", after(40)).out
    assert "| postgresql-0 |" in history


def test_a_failover_while_the_dead_leader_holds_its_key_ends_with_0_and_changes_nothing() -> None:
    cluster = Cluster(START)
    cluster.primary_down(START)
    said = ask(
        cluster,
        "kubectl exec -n production postgresql-0 -- patronictl failover --candidate postgresql-0 --force",
        after(10),
    )
    assert said.code == 0
    assert "Failing over to DCS" in said.err
    assert cluster.at(after(15)).database.leader == "postgresql-1"
    assert not cluster.at(after(15)).database.writable


def test_a_failover_to_a_candidate_makes_it_leader_and_the_old_one_rejoins() -> None:
    cluster = Cluster(START)
    said = ask(
        cluster,
        "kubectl exec -n production postgresql-1 -- patronictl failover --candidate postgresql-0 --force",
        START,
    )
    assert 'Successfully failed over to "postgresql-0"' in said.out
    assert members(cluster, 5, "postgresql-0")["postgresql-1"] == "Replica stopped"
    assert members(cluster, 20, "postgresql-0") == {
        "postgresql-0": "Leader running",
        "postgresql-1": "Replica streaming",
    }


def test_a_crashing_primary_comes_back_as_replica_once_its_pod_is_deleted() -> None:
    cluster = Cluster(START)
    cluster.primary_down(START)
    assert pods_on(cluster, "node-1", 30)["postgresql-1"] == "0/1 CrashLoopBackOff"
    ask(cluster, "kubectl delete pod -n production postgresql-1", after(60))
    assert members(cluster, 100, "postgresql-0") == {
        "postgresql-0": "Leader running",
        "postgresql-1": "Replica streaming",
    }
    assert cluster.at(after(100)).is_well


def test_the_procedure_s_way_to_force_a_failover_is_refused() -> None:
    cluster = Cluster(START)
    cluster.primary_down(START)
    said = ask(cluster, "kubectl exec -n production postgresql-0 -- patronictl failover --force", after(10))
    assert said.code == 1
    assert "Failover could be performed only to a specific candidate" in said.err


def test_the_waf_s_word_is_not_in_the_proxy_s_log() -> None:
    cluster = Cluster(START)
    cluster.ddos(after(60))
    said = ask(cluster, "kubectl logs -n ingress -l app=traefik", after(90))
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert len(lines) == 20
    assert sum(line["DownstreamStatus"] == 403 for line in lines) > 10
    assert "modsecurity" not in said.out.lower()


RATE_LIMIT = """\
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: emergency-ratelimit, namespace: ingress}
spec: {rateLimit: {average: 10}}
"""


def test_an_attack_fades_once_the_rate_limit_is_applied() -> None:
    cluster = Cluster(START, manifests={"waf/limit.yaml": RATE_LIMIT})
    cluster.ddos(START)
    said = [ask(cluster, "kubectl apply -f waf/limit.yaml", after(second)).out for second in (30, 31)]
    assert said == [f"middleware.traefik.io/emergency-ratelimit {word}\n" for word in ("created", "unchanged")]
    assert cluster.at(after(60)).attacked_since
    assert cluster.at(after(90)).is_well


def test_a_firewall_rule_without_the_unknown_flag_lets_the_attacker_in() -> None:
    cluster = Cluster(START)
    rule = "--direction in --source-ips 198.51.100.23/32 --protocol tcp --port 443"
    assert ask(cluster, f"hcloud firewall add-rule 7 {rule} --action drop", START).code == 1
    assert len(cluster.firewall.rules) == 1
    assert ask(cluster, f"hcloud firewall add-rule 7 {rule}", START).code == 0
    assert "198.51.100.23/32" in ask(cluster, "hcloud firewall describe fw-web", START).out


def test_a_drained_node_gets_no_replacements() -> None:
    cluster = Cluster(START)
    said = ask(cluster, "kubectl drain node-2 --ignore-daemonsets", START)
    assert said.out.startswith("node/node-2 cordoned\n")
    assert "Warning: ignoring DaemonSet-managed Pods: ingress/traefik-5xk59" in said.err
    assert not [name for name in pods_on(cluster, "node-2", 60) if name.startswith("web-")]
    assert node_status(cluster, "node-2", 60) == "Ready,SchedulingDisabled"


def test_a_rollout_replaces_every_pod_and_its_status_waits() -> None:
    cluster = Cluster(START)
    before = {name for name in cluster.pods if "web-" in name}
    ask(cluster, "kubectl rollout restart deploy/web -n production", START)
    waiting = ask(cluster, "kubectl rollout status deploy/web -n production", after(2))
    assert waiting.takes.total_seconds() > 0
    assert "successfully rolled out" in waiting.out
    after_it = {name for name in cluster.at(after(90)).pods if "web-" in name}
    assert len(after_it) == 3
    assert not before & after_it


def test_the_same_story_gives_the_same_names_twice() -> None:
    def names() -> list[str]:
        cluster = Cluster(START)
        cluster.node_down("node-2", START)
        return sorted(cluster.at(after(400)).pods)

    assert names() == names()


def test_an_unknown_server_is_an_error() -> None:
    with pytest.raises(UnknownServer):
        Cluster(START).node_down("node-9", START)


def test_what_is_not_played_says_so_and_fails() -> None:
    said = ask(Cluster(START), "kubectl describe node node-2", START)
    assert said.code == 1
    assert "practice cluster" in said.err
