"""
What monitoring says when something breaks: a fault and a cluster in, signals with their true cause out.

Labels are of the shapes that upstream rules give. The traps are upstream's own: what kube-state-metrics tells carries
no node, or carries kube-state-metrics' own `instance`, `pod`, `container`, `service` beside the subject's labels;
TargetDown counts targets of a job and names none; a replica that survives is the one that complains about a dead one.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bench.storms.cluster import Cluster, Machine, Placed

SITE = "https://www.example.com/"
AT_ONCE = 60.0


@dataclass(frozen=True)
class Signal:
    """
    An alert that fires `at` seconds after the storm's beginning, until `ends` (None: it goes on).

    `workload` when it speaks of a workload as a whole, or of its members among each other, and not of one pod.
    """

    at: float
    labels: dict[str, str]
    cause: str
    ends: float | None = None
    workload: str = ""


@dataclass(frozen=True)
class Fault:
    """`cause` is the label of everything it makes; `begins` in seconds."""

    cause: str
    begins: float
    signals: Callable[[Cluster, random.Random], Iterator[Signal]]

    def play(self, cluster: Cluster, chance: random.Random) -> list[Signal]:
        return [
            replace(signal, at=self.begins + signal.at, cause=self.cause) for signal in self.signals(cluster, chance)
        ]


def node_death(node: str, begins: float = 0.0, *, spread: float = 400.0) -> Fault:
    """A worker dies: its kubelet, exporters, pods, members and agent with it. `spread`: how late the last child comes."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        roots = chance.uniform(0.1, 0.9) * spread
        yield from _node_itself(cluster, cluster.machine(node), chance, roots)
        yield from _children(cluster, node, chance, spread)

    return Fault(f"{node} down", begins, signals)


def control_plane_death(node: str, begins: float = 0.0, *, spread: float = 400.0) -> Fault:
    """The only machine with the control plane dies: the API goes, and Patroni's leader with it."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        yield from _node_itself(cluster, cluster.machine(node), chance, chance.uniform(0.1, 0.9) * spread)
        yield from _children(cluster, node, chance, spread)
        yield from _api_symptoms(cluster, chance, spread)
        yield from _leaderless(cluster, chance, spread)

    return Fault(f"{node} down", begins, signals)


def api_down(begins: float = 0.0, *, spread: float = 300.0) -> Fault:
    """The API server alone is gone; machines and pods go on."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        yield from _api_symptoms(cluster, chance, spread)

    return Fault("API down", begins, signals)


def primary_loss(begins: float = 0.0, *, spread: float = 240.0) -> Fault:
    """The PostgreSQL primary is lost while its machine lives."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        primary, *others = cluster.of("postgresql")
        yield from _leaderless(cluster, chance, spread)
        yield from _spread(chance, spread, _database_down(primary))
        yield from _spread(chance, spread, *(_lagging(replica) for replica in others))
        yield from _spread(chance, spread, _not_ready(primary), _crash_looping(cluster, primary))
        yield from _spread(chance, spread, _replicas(cluster, primary))

    return Fault("PostgreSQL primary lost", begins, signals)


def cache_loss(begins: float = 0.0, *, spread: float = 240.0) -> Fault:
    """The Redis master is lost while its machine lives."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        master, *others = cluster.of("redis")
        yield from _spread(
            chance, spread, _redis_down(master), {"alertname": "RedisMissingMaster", "severity": "critical"}
        )
        yield from _spread(chance, spread, *(_redis_broken(replica) for replica in others))
        yield from _spread(chance, spread, _not_ready(master), _replicas(cluster, master))

    return Fault("Redis master lost", begins, signals)


def firewall_down(begins: float = 0.0, *, spread: float = 180.0) -> Fault:
    """All pods of the WAF are gone: it fails closed, every request is a 502."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        pods = cluster.of("waf")
        yield from _spread(chance, spread, *(_not_ready(pod) for pod in pods))
        yield from _spread(chance, spread, *(_crash_looping(cluster, pod) for pod in pods))
        yield from _spread(chance, spread, _replicas(cluster, pods[0]), *_site_symptoms())

    return Fault("WAF down", begins, signals)


def bad_release(workload: str, begins: float = 0.0, *, dead: tuple[str, ...] = (), spread: float = 300.0) -> Fault:
    """A new version of one workload does not start, wherever its pods run (but on machines that are dead)."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        pods = [pod for pod in cluster.of(workload) if pod.node not in dead]
        for pod in pods:
            yield from _spread(chance, spread, _crash_looping(cluster, pod), _not_ready(pod), _waiting(cluster, pod))
        if pods:
            yield from _spread(chance, spread, _replicas(cluster, pods[0]), _stuck(cluster, pods[0]))

    return Fault(f"release of {workload}", begins, signals)


def disk_full(node: str, begins: float = 0.0) -> Fault:
    """A disk of a living machine fills up: three alerts, one matter."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        machine = cluster.machine(node)
        where = {**_exporter(machine), "device": "/dev/sda1", "fstype": "ext4", "mountpoint": "/"}
        yield from _spread(
            chance,
            AT_ONCE,
            {"alertname": "NodeFilesystemSpaceFillingUp", **where, "severity": "warning"},
            {"alertname": "NodeFilesystemAlmostOutOfSpace", **where, "severity": "critical"},
            {"alertname": "TocsinDisk70", **where, "severity": "info"},
        )

    return Fault(f"disk of {node}", begins, signals)


def volume_full(begins: float = 0.0) -> Fault:
    """A claim of the search's pods, which nothing else explains."""
    claim = {"namespace": "production", "persistentvolumeclaim": "media-store", "severity": "critical"}
    return single("volume media-store", {"alertname": "KubePersistentVolumeFillingUp", **claim}, begins)


def single(cause: str, labels: dict[str, str], begins: float = 0.0) -> Fault:
    """One alert that is a matter of its own."""
    return Fault(cause, begins, lambda cluster, chance: iter([Signal(chance.uniform(0, 30), labels, cause)]))


SINGLES: dict[str, dict[str, str]] = {
    "certificate": {
        "alertname": "BlackboxSslCertificateWillExpireSoon",
        "instance": "https://shop.example.com/",
        "severity": "warning",
    },
    "certificate of cert-manager": {
        "alertname": "CertManagerCertExpirySoon",
        "namespace": "production",
        "name": "shop-tls",
        "severity": "warning",
    },
    "slow queries": {"alertname": "PostgreSQLSlowQueries", "datname": "shop", "severity": "warning"},
    "checksums": {"alertname": "TocsinPgChecksumFailures", "datname": "shop", "severity": "critical"},
    "Redis memory": {"alertname": "RedisOutOfMemory", "severity": "warning", "service": "sessions"},
    "job": {"alertname": "KubeJobFailed", "namespace": "tools", "job_name": "nightly-export", "severity": "warning"},
    "clock": {"alertname": "NodeClockSkewDetected", "instance": "203.0.113.9:9100", "severity": "warning"},
    "intrusion": {"alertname": "Wazuh 40112", "agent.name": "bastion", "rule.id": "40112", "severity": "critical"},
    "queue": {"alertname": "QueueStuck", "queue": "invoices", "severity": "critical"},
    "backup": {"alertname": "BackupMissing", "backup": "object-store", "severity": "critical"},
    "quota": {"alertname": "KubeQuotaAlmostFull", "namespace": "staging", "severity": "info"},
    "mail": {"alertname": "MailDeliveryFailing", "relay": "smtp.example.net", "severity": "warning"},
    "DNS": {"alertname": "DomainExpiresSoon", "domain": "example.org", "severity": "warning"},
    "4xx": {"alertname": "TraefikHighHttp4xxErrorRateService", "service": "shop@kubernetes", "severity": "critical"},
}


def unexplained(count: int, begins: float = 0.0) -> Fault:
    """A provider's network stutters: many services complain in a minute, by names that nobody knows."""

    def signals(cluster: Cluster, chance: random.Random) -> Iterator[Signal]:
        for number in range(count):
            kind = chance.choice(("UpstreamTimeouts", "PartnerLinkSlow", "RemoteCallErrors", "EgressRetries"))
            labels = {"alertname": f"{kind}{number % 17}", "peer": f"peer-{number}", "severity": "warning"}
            yield Signal(chance.uniform(0, 45), labels, "")

    return Fault("provider's network", begins, signals)


# What dies with a machine


def _node_itself(cluster: Cluster, machine: Machine, chance: random.Random, at: float) -> Iterator[Signal]:
    """Two or three ways to say that it is gone; never all of them, never in order."""
    told = [
        {
            "alertname": "KubeNodeNotReady",
            **_kube_state(cluster),
            "node": machine.name,
            "condition": "Ready",
            "status": "true",
            "severity": "warning",
        },
        {
            "alertname": "KubeNodeUnreachable",
            **_kube_state(cluster),
            "node": machine.name,
            "key": "node.kubernetes.io/unreachable",
            "effect": "NoSchedule",
            "severity": "warning",
        },
        {"alertname": "TocsinNodeSilent", **_exporter(machine), "severity": "critical"},
        {"alertname": "TocsinNodeNotReady", "node": machine.name, "condition": "Ready", "severity": "critical"},
    ]
    for labels in chance.sample(told, chance.randint(2, 4)):
        yield Signal(at + chance.uniform(0, 90), labels, "")


def _children(cluster: Cluster, node: str, chance: random.Random, spread: float) -> Iterator[Signal]:
    machine = cluster.machine(node)
    kubelet = {
        "alertname": "KubeletInstanceUnreachable",
        "job": "kubelet",
        "node": node,
        "instance": f"{machine.address}:10250",
        "severity": "warning",
    }
    target = {
        "alertname": "TargetDown",
        "job": "node-exporter",
        "instance": f"{machine.address}:9100",
        "severity": "warning",
    }
    agent = {"alertname": "Wazuh 504", "agent.name": node, "rule.id": "504", "severity": "3"}
    balancer = {
        "alertname": "LoadBalancerTargetUnhealthy",
        "target": machine.address,
        "load_balancer": "lb-public",
        "severity": "warning",
    }
    yield from _spread(chance, spread, kubelet, target, agent, balancer)
    told: set[tuple[str, str]] = set()
    for pod in cluster.on(node):
        yield from _spread(chance, spread, *_of_pod(cluster, pod, chance))
        if (pod.namespace, pod.workload) not in told and chance.random() < 0.8:
            told.add((pod.namespace, pod.workload))
            yield from _spread(chance, spread, _replicas(cluster, pod))


def _of_pod(cluster: Cluster, pod: Placed, chance: random.Random) -> Iterator[dict[str, str]]:
    if chance.random() < 0.9:
        yield _not_ready(pod)
    if chance.random() < 0.3:
        yield {
            "alertname": "TargetDown",
            "job": pod.workload,
            "namespace": pod.namespace,
            "instance": f"{pod.ip}:8080",
            "severity": "warning",
        }
    if pod.workload == "postgresql":
        yield _database_down(pod)
        yield from (_lagging(other) for other in cluster.of("postgresql") if other != pod and chance.random() < 0.5)
    if pod.workload == "redis":
        yield _redis_down(pod)
        yield from (_redis_broken(other) for other in cluster.of("redis") if other != pod and chance.random() < 0.5)


def crowd_of_alerts(cluster: Cluster, node: str, count: int, chance: random.Random) -> list[Signal]:
    """So many alerts of one machine's death within a minute: its own, its children's, and each pod many times over."""
    fault = node_death(node, spread=50.0)
    signals = [replace(signal, at=min(signal.at, 59.0)) for signal in fault.play(cluster, chance)][:count]
    pods = cluster.on(node)
    for number in range(count - len(signals)):
        pod = pods[number % len(pods)]
        labels = {"namespace": pod.namespace, "pod": pod.name, "container": pod.containers[0], "severity": "warning"}
        signals.append(
            Signal(chance.uniform(0, 59), {"alertname": f"PodSilent{number // len(pods)}", **labels}, fault.cause)
        )
    return signals


# What several faults have in common


def _api_symptoms(cluster: Cluster, chance: random.Random, spread: float) -> Iterator[Signal]:
    root = {"alertname": chance.choice(("KubeAPIDown", "TocsinApiDown")), "job": "apiserver", "severity": "critical"}
    yield Signal(chance.uniform(0, spread), root, "")
    told = [
        {"alertname": "KubeControllerManagerDown", "job": "kube-controller-manager", "severity": "critical"},
        {"alertname": "KubeSchedulerDown", "job": "kube-scheduler", "severity": "critical"},
        {"alertname": "KubeAggregatedAPIDown", "name": "v1beta1.metrics.k8s.io", "severity": "warning"},
        {"alertname": "KubeStateMetricsListErrors", "job": "kube-state-metrics", "severity": "critical"},
        {"alertname": "KubeStateMetricsWatchErrors", "job": "kube-state-metrics", "severity": "critical"},
        {
            "alertname": "PrometheusKubernetesListWatchFailures",
            "job": "prometheus-main",
            "pod": "prometheus-main-0",
            "namespace": "monitoring",
            "severity": "warning",
        },
        {"alertname": "etcdMembersDown", "job": "kube-etcd", "severity": "warning"},
        {"alertname": "KubeAPIErrorBudgetBurn", "long": "1h", "short": "5m", "severity": "critical"},
    ]
    for pod in chance.sample(cluster.pods, min(len(cluster.pods), 12)):
        told.append(
            {"alertname": "KubeClientErrors", "job": pod.workload, "instance": f"{pod.ip}:8080", "severity": "warning"}
        )
    yield from _spread(chance, spread, *chance.sample(told, chance.randint(4, len(told))))


def _leaderless(cluster: Cluster, chance: random.Random, spread: float) -> Iterator[Signal]:
    name = chance.choice(("PatroniHasNoLeader", "TocsinPatroniNoLeader"))
    yield Signal(chance.uniform(0, spread), {"alertname": name, "scope": "main", "severity": "critical"}, "")


def _site_symptoms() -> tuple[dict[str, str], ...]:
    return (
        {"alertname": "BlackboxProbeFailed", "instance": SITE, "job": "blackbox", "severity": "critical"},
        {"alertname": "TraefikHighHttp5xxErrorRateService", "service": "web@kubernetes", "severity": "critical"},
    )


# The shapes of single alerts


def _kube_state(cluster: Cluster) -> dict[str, str]:
    """What kube-state-metrics' own target leaves on what it tells of others."""
    teller = cluster.of("kube-state-metrics")[0]
    return {
        "container": "kube-state-metrics",
        "endpoint": "http",
        "instance": f"{teller.ip}:8080",
        "job": "kube-state-metrics",
        "namespace": "monitoring",
        "pod": teller.name,
        "service": "kube-prometheus-stack-kube-state-metrics",
    }


def _exporter(machine: Machine) -> dict[str, str]:
    return {"job": "node-exporter", "instance": f"{machine.address}:9100", "namespace": "monitoring"}


def _not_ready(pod: Placed) -> dict[str, str]:
    return {
        "alertname": "KubePodNotReady",
        "job": "kube-state-metrics",
        "namespace": pod.namespace,
        "pod": pod.name,
        "severity": "warning",
    }


def _crash_looping(cluster: Cluster, pod: Placed) -> dict[str, str]:
    own = {"namespace": pod.namespace, "pod": pod.name, "container": pod.containers[0], "reason": "CrashLoopBackOff"}
    return {"alertname": "KubePodCrashLooping", **_kube_state(cluster), **own, "severity": "warning"}


def _waiting(cluster: Cluster, pod: Placed) -> dict[str, str]:
    own = {"namespace": pod.namespace, "pod": pod.name, "container": pod.containers[0], "reason": "CrashLoopBackOff"}
    return {"alertname": "KubeContainerWaiting", **_kube_state(cluster), **own, "severity": "warning"}


def _replicas(cluster: Cluster, pod: Placed) -> dict[str, str]:
    """The workload misses replicas: its own name beside kube-state-metrics' pod."""
    name = {
        "deployment": "KubeDeploymentReplicasMismatch",
        "statefulset": "KubeStatefulSetReplicasMismatch",
        "daemonset": "KubeDaemonSetRolloutStuck",
    }[pod.kind]
    own = {"namespace": pod.namespace, pod.kind: pod.workload}
    return {"alertname": name, **_kube_state(cluster), **own, "severity": "warning"}


def _stuck(cluster: Cluster, pod: Placed) -> dict[str, str]:
    own = {"namespace": pod.namespace, pod.kind: pod.workload}
    return {"alertname": "KubeDeploymentRolloutStuck", **_kube_state(cluster), **own, "severity": "warning"}


def _database_down(pod: Placed) -> dict[str, str]:
    return {
        "alertname": "PostgreSQLDown",
        "job": "postgresql",
        "instance": f"{pod.ip}:9187",
        "namespace": pod.namespace,
        "severity": "warning",
    }


def _lagging(pod: Placed) -> dict[str, str]:
    return {
        "alertname": "PostgresqlReplicationLag",
        "job": "postgresql",
        "instance": f"{pod.ip}:9187",
        "namespace": pod.namespace,
        "severity": "warning",
    }


def _redis_down(pod: Placed) -> dict[str, str]:
    return {
        "alertname": "RedisDown",
        "job": "redis",
        "instance": f"{pod.ip}:9121",
        "namespace": pod.namespace,
        "severity": "critical",
    }


def _redis_broken(pod: Placed) -> dict[str, str]:
    return {
        "alertname": "RedisReplicationBroken",
        "job": "redis",
        "instance": f"{pod.ip}:9121",
        "namespace": pod.namespace,
        "severity": "critical",
    }


def _spread(chance: random.Random, spread: float, *told: dict[str, str]) -> Iterator[Signal]:
    for labels in told:
        yield Signal(chance.uniform(0, spread), labels, "", workload=_whole(labels))


def _whole(labels: dict[str, str]) -> str:
    """The workload that an alert speaks of as a whole."""
    named = next((labels[kind] for kind in ("deployment", "statefulset", "daemonset") if kind in labels), "")
    among = {"PostgresqlReplicationLag": "postgresql", "RedisReplicationBroken": "redis"}
    return named or among.get(labels["alertname"], "")
