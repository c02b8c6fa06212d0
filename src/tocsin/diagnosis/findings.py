"""
What a snapshot shows, as findings and as sentences.

The surprise: a pod on a dead node is a finding although Kubernetes goes on calling it Running; it is counted under
its node, so that one dead machine reads as one line and not as twenty.
"""

from __future__ import annotations

from collections import Counter

from tocsin.cluster.snapshot import Node, Pod, Snapshot
from tocsin.incident.findings import Finding
from tocsin.lexicon import Language

CRASHES = frozenset(
    {"CrashLoopBackOff", "Error", "OOMKilled", "ImagePullBackOff", "ErrImagePull", "CreateContainerError"}
)

_WORDS: dict[str, tuple[str, str]] = {
    "api_silent": ("L'API Kubernetes ne répond pas : {detail}", "The Kubernetes API does not answer: {detail}"),
    "api_refused": ("L'API Kubernetes refuse : {detail}", "The Kubernetes API refuses: {detail}"),
    "node_not_ready": ("Le nœud {subject} n'est pas prêt ({detail})", "Node {subject} is not ready ({detail})"),
    "node_unknown": (
        "Le nœud {subject} ne donne plus de nouvelles depuis {detail}",
        "Node {subject} has given no sign of life since {detail}",
    ),
    "node_pressure": ("Le nœud {subject} est sous pression : {detail}", "Node {subject} is under pressure: {detail}"),
    "pod_not_ready": ("Le pod {subject} n'est pas prêt ({detail})", "Pod {subject} is not ready ({detail})"),
    "pod_crashing": ("Le pod {subject} s'arrête sans cesse ({detail})", "Pod {subject} keeps crashing ({detail})"),
    "pod_on_dead_node": (
        "{detail} sur {subject} ne servent plus, même affichés « Running »",
        "{detail} on {subject} no longer serve, even if shown as “Running”",
    ),
    "pod_pending": ("Le pod {subject} attend une place ({detail})", "Pod {subject} waits for a place ({detail})"),
    "usage_missing": ("Consommation inconnue : {detail}", "Usage unknown: {detail}"),
    "all_well": ("Tous les nœuds et les pods sont prêts", "All nodes and pods are ready"),
}


def words(finding: Finding, language: Language) -> str:
    """The finding as one sentence."""
    french, english = _WORDS[finding.code]
    sentence = french if language == "fr" else english
    return sentence.replace("{subject}", finding.subject).replace("{detail}", finding.detail)


def findings(snapshot: Snapshot) -> tuple[Finding, ...]:
    """What is wrong, the gravest first; `all_well` when nothing is."""
    dead = {node.name for node in snapshot.nodes if node.ready != "True"}
    found = [finding for node in snapshot.nodes for finding in _of_node(node)]
    found += _on_dead_nodes(snapshot.pods, dead)
    found += [finding for pod in snapshot.pods if pod.node not in dead for finding in _of_pod(pod)]
    if not found:
        found = [Finding("all_well")]
    if snapshot.usage_why:
        found.append(Finding("usage_missing", detail=snapshot.usage_why))
    return tuple(sorted(found, key=lambda finding: not finding.grave))


def _of_node(node: Node) -> list[Finding]:
    since = f"{node.since:%H:%M} UTC" if node.since else "?"
    found = [Finding("node_pressure", node.name, pressure) for pressure in node.pressures]
    if node.ready == "Unknown":
        return [Finding("node_unknown", node.name, since, grave=True), *found]
    if node.ready != "True":
        return [Finding("node_not_ready", node.name, since, grave=True), *found]
    return found


def _on_dead_nodes(pods: tuple[Pod, ...], dead: set[str]) -> list[Finding]:
    count = Counter(pod.node for pod in pods if pod.node in dead and not pod.finished)
    return [
        Finding("pod_on_dead_node", node, f"{number} pod{'s' if number > 1 else ''}", grave=True)
        for node, number in sorted(count.items())
    ]


def _of_pod(pod: Pod) -> list[Finding]:
    name = f"{pod.namespace}/{pod.name}"
    if pod.finished or pod.ready:
        return []
    if pod.reason in CRASHES:
        return [Finding("pod_crashing", name, f"{pod.reason}, {pod.restarts} ×")]
    if pod.phase == "Pending" and not pod.node:
        return [Finding("pod_pending", name, pod.reason or pod.phase)]
    return [Finding("pod_not_ready", name, pod.reason or pod.phase)]
