"""
Where in the cluster an alert's labels point to: a node, a pod's node, the nodes of a workload.

Labels come in, a `Place` goes out, with how it was found. The surprise is whose labels they are: what kube-state-metrics
tells of others carries its own `instance`, `container`, `service` and often `pod` beside the subject's labels; those
are thrown away first, or every pod's trouble would lie where kube-state-metrics runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tocsin.cluster.topology import Topology

NODE_LABELS = ("node", "kubernetes_node", "nodename", "hostname", "exported_node")
# They may name something else: they count when they name a node that is known.
_MAYBE_NODES = ("host", "agent.name", "agent_name", "agent", "server", "server_name", "target", "exported_instance")
_WORKLOADS = ("deployment", "statefulset", "daemonset", "workload")
_TELLER = "kube-state-metrics"
_TELLERS_OWN = ("instance", "service", "endpoint")


class Place(NamedTuple):
    """
    `how` is "named", "address_of", "pod_on", "workload_on", "target_on" or "" when nothing points anywhere; `workload` is
    "production/web" where labels name one, or the pod's.
    """

    how: str = ""
    nodes: tuple[str, ...] = ()
    workload: str = ""

    @property
    def node(self) -> str:
        """The one node, "" when it is none or several."""
        return self.nodes[0] if len(self.nodes) == 1 else ""


def place_of(labels: Mapping[str, str], topology: Topology) -> Place:
    """The most exact place that the labels name."""
    told = _without_teller(labels)
    if node := _named(told, topology):
        return Place("named", (node,))
    return (
        _of_pod(told, topology)
        or _of_workload(told, topology)
        or _of_address(told, topology)
        or _of_target(told, topology)
        or Place()
    )


def node_of(labels: Mapping[str, str], topology: Topology) -> str:
    """The node that labels speak of: their own word, else their `instance` address; "" when nothing tells."""
    told = _without_teller(labels)
    place = Place("named", (node,)) if (node := _named(told, topology)) else _of_address(told, topology)
    return place.node if place and place.how in ("named", "address_of") else ""


def _without_teller(labels: Mapping[str, str]) -> Mapping[str, str]:
    if labels.get("container") != _TELLER and labels.get("job") != _TELLER:
        return labels
    dropped = {*_TELLERS_OWN, *(["container"] if labels.get("container") == _TELLER else [])}
    if _TELLER in labels.get("pod", "") and any(labels.get(name) for name in (*NODE_LABELS, *_WORKLOADS)):
        dropped.add("pod")
    return {name: value for name, value in labels.items() if name not in dropped}


def _named(labels: Mapping[str, str], topology: Topology) -> str:
    for label in NODE_LABELS:
        if value := labels.get(label):
            return _known_node(value, topology) or value
    return next((node for label in _MAYBE_NODES if (node := _known_node(labels.get(label, ""), topology))), "")


def _known_node(value: str, topology: Topology) -> str:
    """The node of that name, short name or address."""
    if not value:
        return ""
    if value in topology.nodes:
        return value
    return topology.addresses.get(value, "") or next(
        (n for n in topology.nodes if n.split(".")[0] == value.split(".", maxsplit=1)[0]), ""
    )


def _of_pod(labels: Mapping[str, str], topology: Topology) -> Place | None:
    name = labels.get("pod") or labels.get("pod_name") or ""
    if not name:
        return None
    namespace = labels.get("namespace", "")
    key = f"{namespace}/{name}"
    if node := topology.pods.get(key):
        return Place("pod_on", (node,), topology.owners.get(key, ""))
    # A pod that came after the last look: its workload's name is the beginning of its own.
    while name := name.rpartition("-")[0]:
        if nodes := topology.workloads.get(f"{namespace}/{name}"):
            return Place("workload_on", nodes, f"{namespace}/{name}")
    return None


def _of_workload(labels: Mapping[str, str], topology: Topology) -> Place | None:
    name = next((labels[label] for label in _WORKLOADS if labels.get(label)), "")
    if not name:
        return None
    workload = f"{labels.get('namespace', '')}/{name}"
    return Place("workload_on", topology.workloads.get(workload, ()), workload)


def _of_address(labels: Mapping[str, str], topology: Topology) -> Place | None:
    host = labels.get("instance", "")
    host = host[1:].partition("]")[0] if host.startswith("[") else host.rsplit(":", 1)[0]
    if not host:
        return None
    # A pod on its node's own network has the node's address: then the node is meant.
    if "/" not in host and (node := _known_node(host, topology)):
        return Place("address_of", (node,))
    pod = topology.pod_addresses.get(host)
    return Place("pod_on", (topology.pods[pod],), topology.owners.get(pod, "")) if pod else None


def _of_target(labels: Mapping[str, str], topology: Topology) -> Place | None:
    workload = f"{labels.get('namespace', '')}/{labels.get('job', '')}"
    nodes = topology.workloads.get(workload)
    return Place("target_on", nodes, workload) if nodes else None
