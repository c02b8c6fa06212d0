"""
The bodies that Alertmanager would send: webhook version 4, as kube-prometheus-stack's rules make them.

One body per group (alertname and namespace), firing and later resolved. A fingerprint depends on the labels alone, so
a resolved alert has its firing one's. The surprise, real too: a pod's alert doesn't carry its node, only a namespace
and a name; `instance` is the address of what measured it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import quote_plus

from msgspec import Struct

from tocsin.rehearsal.cluster import Cluster, Fault

NOT_YET = "0001-01-01T00:00:00Z"
EXTERNAL_URL = "http://alertmanager.monitoring:9093"
PROMETHEUS = "http://prometheus.monitoring:9090"
METRICS = {
    "container": "kube-state-metrics",
    "endpoint": "http",
    "instance": "10.241.0.12:8080",
    "job": "kube-state-metrics",
    "service": "kube-state-metrics",
}
COMMON = {"cluster": "exercice", "prometheus": "monitoring/k8s"}
RECEIVER = "tocsin"


class Alarm(Struct, frozen=True):
    """An alert of the practice world. `labels` with its name and severity; `expression` is its rule's."""

    labels: Mapping[str, str]
    summary: str
    description: str
    expression: str
    starts_at: datetime

    @property
    def name(self) -> str:
        """Its alertname."""
        return self.labels["alertname"]

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that depend on the labels alone."""
        return sha256("\xff".join(f"{k}\xfe{v}" for k, v in sorted(self.labels.items())).encode()).hexdigest()[:16]


def alarms(fault: Fault, cluster: Cluster, at: datetime, node: str = "node-2") -> list[Alarm]:
    """What fires for a fault that began at `at`; `node` is the one that is down."""
    match fault:
        case "node_down":
            return _node_alarms(cluster, node, at)
        case "control_plane_down":
            return [*_node_alarms(cluster, "node-1", at), _api_down(at)]
        case "primary_down":
            return _database_alarms(at)
        case "ddos":
            return _attack_alarms(at)


def bodies(found: Sequence[Alarm], status: Literal["firing", "resolved"], at: datetime) -> list[bytes]:
    """One webhook body per group; `at` is when resolved alerts ended."""
    groups: dict[tuple[str, str], list[Alarm]] = {}
    for alarm in found:
        groups.setdefault((alarm.name, alarm.labels.get("namespace", "")), []).append(alarm)
    return [_body(name, namespace, group, status, at) for (name, namespace), group in groups.items()]


def _node_alarms(cluster: Cluster, node: str, at: datetime) -> list[Alarm]:
    machine = cluster.machine(node)
    on_node = sorted((pod for pod in cluster.pods.values() if pod.node == node), key=lambda pod: pod.key)
    late = at + timedelta(seconds=5)
    found = [
        _alarm(
            "KubeNodeNotReady",
            {**METRICS, "condition": "Ready", "namespace": "monitoring", "node": node, "status": "true"},
            "Node is not ready.",
            f"{node} has been unready for more than 15 minutes.",
            'kube_node_status_condition{condition="Ready",status="true"} == 0',
            at,
        ),
        _alarm(
            "KubeNodeUnreachable",
            {
                **METRICS,
                "effect": "NoSchedule",
                "key": "node.kubernetes.io/unreachable",
                "namespace": "monitoring",
                "node": node,
            },
            "Node is unreachable.",
            f"{node} is unreachable and some workloads may be rescheduled.",
            'kube_node_spec_taint{effect="NoSchedule",key="node.kubernetes.io/unreachable"} == 1',
            at,
        ),
        _alarm(
            "TargetDown",
            {"instance": f"{machine.internal}:9100", "job": "node-exporter"},
            f"node-exporter {machine.internal}:9100 down",
            f"{machine.internal}:9100 of job node-exporter gives no answer.",
            "up == 0",
            late,
        ),
    ]
    if machine.roles:
        return found
    return [
        *found,
        *(
            _alarm(
                "KubePodNotReady",
                {"namespace": pod.workload.namespace, "pod": pod.name},
                "Pod has been in a non-ready state for more than 15 minutes.",
                f"Pod {pod.key} has been in a non-ready state for longer than 15 minutes.",
                "sum by (namespace, pod, cluster) (kube_pod_status_phase) > 0",
                late,
            )
            for pod in on_node
        ),
    ]


def _api_down(at: datetime) -> Alarm:
    return _alarm(
        "KubeAPIDown",
        {"job": "apiserver"},
        "Target disappeared from Prometheus target discovery.",
        "KubeAPI has disappeared from Prometheus target discovery.",
        'absent(up{job="apiserver"})',
        at,
        severity="critical",
    )


def _database_alarms(at: datetime) -> list[Alarm]:
    return [
        _alarm(
            "PatroniHasNoLeader",
            {"job": "patroni", "scope": "main"},
            "Patroni has no Leader",
            "No leader node (neither primary nor standby) can be found inside the cluster main",
            "(max by (scope) (patroni_master) < 1)",
            at,
            severity="critical",
        ),
        _alarm(
            "PostgreSQLDown",
            {"instance": "10.241.0.5:9187", "job": "postgres-exporter", "namespace": "production"},
            "PostgreSQL is not processing queries.",
            "PostgreSQL is not processing queries: 10.241.0.5:9187",
            "pg_up != 1",
            at,
            severity="warning",
        ),
    ]


def _attack_alarms(at: datetime) -> list[Alarm]:
    return [
        _alarm(
            "DDoSAttackSuspected",
            {"job": "traefik", "namespace": "ingress", "service": "traefik"},
            "Requests are 12 times the usual rate and most are refused.",
            "Traefik takes 2400 requests per second from few addresses; 80 % are answered 403.",
            'sum(rate(traefik_entrypoint_requests_total{code="403"}[2m])) > 500',
            at,
            severity="critical",
        ),
    ]


def _alarm(
    name: str,
    labels: Mapping[str, str],
    summary: str,
    description: str,
    expression: str,
    at: datetime,
    severity: str = "warning",
) -> Alarm:
    return Alarm(
        labels={"alertname": name, **COMMON, **labels, "severity": severity},
        summary=summary,
        description=description,
        expression=expression,
        starts_at=at,
    )


def _body(name: str, namespace: str, group: Sequence[Alarm], status: str, at: datetime) -> bytes:
    """Keys in the order that Alertmanager writes them."""
    labels = {"alertname": name, **({"namespace": namespace} if namespace else {})}
    key = ", ".join(f'{label}="{value}"' for label, value in labels.items())
    return json.dumps(
        {
            "receiver": RECEIVER,
            "status": status,
            "alerts": [_sent(alarm, status, at) for alarm in group],
            "groupLabels": labels,
            "commonLabels": _shared([alarm.labels for alarm in group]),
            "commonAnnotations": _shared([_annotations(alarm) for alarm in group]),
            "externalURL": EXTERNAL_URL,
            "version": "4",
            "groupKey": f"{{}}:{{{key}}}",
            "truncatedAlerts": 0,
        }
    ).encode()


def _sent(alarm: Alarm, status: str, at: datetime) -> dict[str, Any]:
    return {
        "status": status,
        "labels": dict(sorted(alarm.labels.items())),
        "annotations": _annotations(alarm),
        "startsAt": _stamp(alarm.starts_at),
        "endsAt": _stamp(at) if status == "resolved" else NOT_YET,
        "generatorURL": f"{PROMETHEUS}/graph?g0.expr={quote_plus(alarm.expression)}&g0.tab=1",
        "fingerprint": alarm.fingerprint,
    }


def _annotations(alarm: Alarm) -> dict[str, str]:
    return {"description": alarm.description, "summary": alarm.summary}


def _shared(maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {key: value for key, value in sorted(maps[0].items()) if all(one.get(key) == value for one in maps)}


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
