"""
A made-up cluster, as a `Snapshot` would show it the minute before: machines, pods, database members, exporters, agents.

Sizes 2 to 50. What is decided by chance: how machines are named, where pods land, how many replicas a workload has,
whether one machine carries the control plane or three do. The same seed gives the same cluster.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.cluster.snapshot import Node, Pod, Snapshot

BEFORE = datetime(2026, 11, 24, 1, 50, tzinfo=UTC)
NAMINGS = ("node-{0}", "worker-{0:02}", "hz-fsn1-{0}", "ip-10-0-1-{0}", "k8s-prod-node{0}.example.net")
APPLICATIONS = ("web", "api", "checkout", "search", "mailer", "worker", "frontend", "billing", "reports", "auth", "cdn")
NAMESPACES = ("production", "production", "production", "staging", "tools")
LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True)
class Placed:
    """A pod and what made it: `kind` is deployment, statefulset or daemonset, `workload` its name."""

    namespace: str
    name: str
    node: str
    ip: str
    kind: str
    workload: str
    containers: tuple[str, ...]

    @property
    def owner(self) -> str:
        if self.kind == "deployment":
            return f"ReplicaSet/{self.name.rpartition('-')[0]}"
        return f"{'StatefulSet' if self.kind == 'statefulset' else 'DaemonSet'}/{self.workload}"


@dataclass(frozen=True)
class Machine:
    name: str
    address: str
    control_plane: bool


@dataclass(frozen=True)
class Cluster:
    machines: tuple[Machine, ...]
    pods: tuple[Placed, ...]

    def on(self, node: str) -> list[Placed]:
        return [pod for pod in self.pods if pod.node == node]

    def of(self, workload: str, namespace: str = "") -> list[Placed]:
        return [pod for pod in self.pods if pod.workload == workload and namespace in ("", pod.namespace)]

    def machine(self, name: str) -> Machine:
        return next(machine for machine in self.machines if machine.name == name)

    @property
    def workers(self) -> list[Machine]:
        return [machine for machine in self.machines if not machine.control_plane]

    @property
    def sole_control_plane(self) -> bool:
        return sum(machine.control_plane for machine in self.machines) == 1

    def snapshot(self) -> Snapshot:
        """What a photograph taken before the outage shows."""
        return Snapshot(
            taken_at=BEFORE,
            nodes=tuple(
                Node(
                    name=machine.name,
                    ready="True",
                    roles=("control-plane",) if machine.control_plane else (),
                    addresses=(machine.address, machine.name),
                )
                for machine in self.machines
            ),
            pods=tuple(_shown(pod) for pod in self.pods),
        )


def cluster(size: int, chance: random.Random, *, crowd: int = 0) -> Cluster:
    """A cluster of so many machines; `crowd` adds that many pods of one batch workload to the last machine."""
    naming = chance.choice(NAMINGS)
    control = 1 if size < 6 or chance.random() < 0.3 else 3
    machines = tuple(
        Machine(naming.format(number), f"10.0.{number // 200}.{number % 200 + 10}", number <= control)
        for number in range(1, size + 1)
    )
    placed = _Placing(machines, chance)
    _platform(placed)
    for name in chance.sample(APPLICATIONS, min(len(APPLICATIONS), 3 + size // 3)):
        placed.deployment(chance.choice(NAMESPACES), name, chance.randint(1, min(12, size + 1)), ("app",))
    for _ in range(crowd):
        placed.put("batch", "crunch", "deployment", f"crunch-6f7d9c-{placed.letters(5)}", machines[-1], ("crunch",))
    return Cluster(machines, tuple(placed.pods))


class _Placing:
    """Puts pods on machines and gives them names and addresses."""

    def __init__(self, machines: tuple[Machine, ...], chance: random.Random) -> None:
        self.machines = machines
        self.chance = chance
        self.pods: list[Placed] = []

    def letters(self, count: int) -> str:
        return "".join(self.chance.choice(LETTERS) for _ in range(count))

    def put(
        self, namespace: str, workload: str, kind: str, name: str, machine: Machine, containers: tuple[str, ...]
    ) -> None:
        host = workload == "node-exporter"
        number = len(self.pods) + 2
        ip = machine.address if host else f"10.244.{number // 250}.{number % 250 + 1}"
        self.pods.append(Placed(namespace, name, machine.name, ip, kind, workload, containers))

    def deployment(self, namespace: str, name: str, replicas: int, containers: tuple[str, ...]) -> None:
        template = self.letters(9)
        first = self.chance.randrange(len(self.machines))
        for number in range(replicas):
            machine = self.machines[(first + number) % len(self.machines)]
            self.put(namespace, name, "deployment", f"{name}-{template}-{self.letters(5)}", machine, containers)

    def statefulset(self, namespace: str, name: str, replicas: int, containers: tuple[str, ...]) -> None:
        order = self.chance.sample(self.machines, min(replicas, len(self.machines)))
        for number in range(replicas):
            self.put(namespace, name, "statefulset", f"{name}-{number}", order[number % len(order)], containers)

    def daemonset(self, namespace: str, name: str, containers: tuple[str, ...]) -> None:
        for machine in self.machines:
            self.put(namespace, name, "daemonset", f"{name}-{self.letters(5)}", machine, containers)


def _platform(placed: _Placing) -> None:
    """What every such cluster runs: database, cache, entrance, firewall, monitoring, agents."""
    size = len(placed.machines)
    placed.statefulset("production", "postgresql", 2 if size < 3 else 3, ("postgresql", "exporter"))
    placed.statefulset("production", "redis", 2 if size < 3 else 3, ("redis", "exporter"))
    placed.deployment("ingress", "traefik", min(2, size), ("traefik",))
    placed.deployment("ingress", "waf", min(2, size), ("modsecurity",))
    placed.deployment("monitoring", "kube-state-metrics", 1, ("kube-state-metrics",))
    placed.statefulset("monitoring", "prometheus-main", 1, ("prometheus",))
    placed.daemonset("monitoring", "node-exporter", ("node-exporter",))
    placed.daemonset("security", "wazuh-agent", ("agent",))
    placed.daemonset("kube-system", "kube-proxy", ("kube-proxy",))
    placed.deployment("kube-system", "coredns", 2, ("coredns",))


def _shown(pod: Placed) -> Pod:
    return Pod(
        namespace=pod.namespace,
        name=pod.name,
        node=pod.node,
        ip=pod.ip,
        phase="Running",
        ready=True,
        owner=pod.owner,
        containers=pod.containers,
        labels=_labels(pod),
    )


def _labels(pod: Placed) -> dict[str, str]:
    if pod.workload == "postgresql":
        return {"app.kubernetes.io/name": "postgresql", "cluster-name": "main"}
    return {"app.kubernetes.io/name": pod.workload}
