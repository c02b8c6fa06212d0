"""
kubectl get: nodes, pods, workloads and namespaces, as tables, names, JSON or YAML.

The surprise is faithful: the pods of a dead node go on saying `1/1 Running` until they are evicted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import yaml
from msgspec import Struct

from tocsin.rehearsal.answers import Answer
from tocsin.rehearsal.kubectl.asked import Asked, not_found, not_played, wrong
from tocsin.rehearsal.kubectl.objects import KUBELET, Object, listed, node_object, pod_object, stamp
from tocsin.rehearsal.machines import Machine
from tocsin.rehearsal.tables import age, columns
from tocsin.rehearsal.workloads import PracticePod, Workload

KINDS = {
    **dict.fromkeys(("node", "nodes", "no"), "nodes"),
    **dict.fromkeys(("pod", "pods", "po"), "pods"),
    **dict.fromkeys(("namespace", "namespaces", "ns"), "namespaces"),
    **dict.fromkeys(("deployment", "deployments", "deploy", "deployments.apps"), "deployments"),
    **dict.fromkeys(("statefulset", "statefulsets", "sts", "statefulsets.apps"), "statefulsets"),
    **dict.fromkeys(("daemonset", "daemonsets", "ds", "daemonsets.apps"), "daemonsets"),
}
FORMATS = (
    "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,"
    "name,template,templatefile,wide,yaml"
)
NOTHING_SAID = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n\nerror: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n'
    "See 'kubectl get -h' for help and examples\n"
)


class Listing(Struct, frozen=True):
    """Objects of one kind: names for errors and `-o name`, rows without the namespace column, and JSON on demand."""

    kind: str
    singular: str
    header: tuple[str, ...]
    wide: tuple[str, ...]
    names: list[str]
    namespaces: list[str]
    rows: list[tuple[str, ...]]
    wide_rows: list[tuple[str, ...]]
    as_object: Callable[[int], Object]


def get(asked: Asked) -> Answer:
    """`kubectl get TYPE [NAME…]` or TYPE/NAME."""
    words = asked.line.words
    if not words:
        return Answer(err=NOTHING_SAID, code=1)
    word, _, slashed = words[0].partition("/")
    names = [slashed] if slashed else list(words[1:])
    if word not in KINDS:
        return wrong(f'the server doesn\'t have a resource type "{word}"')
    form = asked.line.last("output")
    if form.partition("=")[0] not in ("", *FORMATS.split(",")):
        return wrong(
            f'unable to match a printer suitable for the output format "{form}", allowed formats are: {FORMATS}'
        )
    listing = _listing(asked, KINDS[word])
    missing = [name for name in names if name not in listing.names]
    if missing:
        return not_found(
            listing.kind + ("" if listing.kind in ("nodes", "pods", "namespaces") else ".apps"), missing[0]
        )
    chosen = [place for place, name in enumerate(listing.names) if not names or name in names]
    return _shown(asked, listing, chosen, form, one=len(names) == 1)


def _shown(asked: Asked, listing: Listing, chosen: list[int], form: str, *, one: bool) -> Answer:
    if form in ("json", "yaml"):
        objects = [listing.as_object(place) for place in chosen]
        shown = objects[0] if one else listed(objects)
        text = json.dumps(shown, indent=4) + "\n" if form == "json" else yaml.safe_dump(shown)
        return Answer(out=text)
    if form == "name":
        return Answer(out="".join(f"{listing.singular}/{listing.names[place]}\n" for place in chosen))
    if form not in ("", "wide"):
        return not_played(f"kubectl get -o {form.partition('=')[0]}")
    if not chosen:
        where = f" in {asked.namespace} namespace" if asked.namespace and listing.kind != "nodes" else ""
        return Answer(err=f"No resources found{where}.\n" if where else "No resources found\n")
    return Answer(out=_table(asked, listing, chosen, wide=form == "wide"))


def _table(asked: Asked, listing: Listing, chosen: list[int], *, wide: bool) -> str:
    spread = asked.line.has("all-namespaces") and bool(listing.namespaces)
    header = (*(("NAMESPACE",) if spread else ()), *listing.header, *(listing.wide if wide else ()))
    rows = [
        (
            *((listing.namespaces[place],) if spread else ()),
            *listing.rows[place],
            *(listing.wide_rows[place] if wide else ()),
        )
        for place in chosen
    ]
    text = columns(header, rows)
    return text.partition("\n")[2] if asked.line.has("no-headers") else text


def _listing(asked: Asked, kind: str) -> Listing:
    if kind == "nodes":
        return _nodes(asked, list(asked.cluster.machines.values()))
    if kind == "pods":
        return _pods(asked, asked.pods())
    if kind == "namespaces":
        return _namespaces(asked)
    owner = {"deployments": "Deployment", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet"}[kind]
    return _workloads(
        asked,
        kind,
        [
            workload
            for _, workload in sorted(asked.cluster.workloads.items())
            if workload.owner == owner and asked.namespace in ("", workload.namespace)
        ],
    )


def _nodes(asked: Asked, machines: Sequence[Machine]) -> Listing:
    return Listing(
        kind="nodes",
        singular="node",
        header=("NAME", "STATUS", "ROLES", "AGE", "VERSION"),
        wide=("INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"),
        names=[machine.name for machine in machines],
        namespaces=[],
        rows=[
            (m.name, _node_status(m), ",".join(m.roles) or "<none>", age(asked.now - m.created_at), KUBELET)
            for m in machines
        ],
        wide_rows=[
            (m.internal, m.address, "Debian GNU/Linux 12 (bookworm)", "6.1.0-28-amd64", "containerd://1.6.20")
            for m in machines
        ],
        as_object=lambda place: node_object(machines[place], asked.now),
    )


def _node_status(machine: Machine) -> str:
    status = "Ready" if machine.ready == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if machine.cordoned else status


def _pods(asked: Asked, pods: Sequence[PracticePod]) -> Listing:
    return Listing(
        kind="pods",
        singular="pod",
        header=("NAME", "READY", "STATUS", "RESTARTS", "AGE"),
        wide=("IP", "NODE", "NOMINATED NODE", "READINESS GATES"),
        names=[pod.name for pod in pods],
        namespaces=[pod.workload.namespace for pod in pods],
        rows=[
            (pod.name, f"{int(pod.started)}/1", pod.status, str(pod.restarts), age(asked.now - pod.created_at))
            for pod in pods
        ],
        wide_rows=[
            ("<none>" if pod.waiting == "ContainerCreating" else pod.ip, pod.node, "<none>", "<none>") for pod in pods
        ],
        as_object=lambda place: pod_object(pods[place], asked.cluster),
    )


def _namespaces(asked: Asked) -> Listing:
    names = ["default", "ingress", "kube-system", "production"]
    created_at = asked.cluster.machines["node-1"].created_at
    return Listing(
        kind="namespaces",
        singular="namespace",
        header=("NAME", "STATUS", "AGE"),
        wide=(),
        names=names,
        namespaces=[],
        rows=[(name, "Active", age(asked.now - created_at)) for name in names],
        wide_rows=[()] * len(names),
        as_object=lambda place: {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"creationTimestamp": stamp(created_at), "name": names[place]},
            "status": {"phase": "Active"},
        },
    )


def _workloads(asked: Asked, kind: str, workloads: Sequence[Workload]) -> Listing:
    headers = {
        "deployments": ("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"),
        "statefulsets": ("NAME", "READY", "AGE"),
        "daemonsets": ("NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"),
    }
    return Listing(
        kind=kind,
        singular=f"{kind[:-1]}.apps",
        header=headers[kind],
        wide=("CONTAINERS", "IMAGES", "SELECTOR") if kind != "statefulsets" else ("CONTAINERS", "IMAGES"),
        names=[workload.name for workload in workloads],
        namespaces=[workload.namespace for workload in workloads],
        rows=[_workload_row(asked, workload) for workload in workloads],
        wide_rows=[
            (w.name, w.image, f"app={w.name}") if kind != "statefulsets" else (w.name, w.image) for w in workloads
        ],
        as_object=lambda place: _workload_object(asked, workloads[place]),
    )


def counts(asked: Asked, workload: Workload) -> tuple[int, int]:
    """How many pods of it serve, and how many it wants."""
    living = [pod for pod in asked.cluster.pods.values() if pod.workload is workload and not pod.deleted_at]
    wanted = {"web": 3}.get(workload.name, 2)
    return sum(asked.cluster.serves(pod) for pod in living), wanted


def _workload_row(asked: Asked, workload: Workload) -> tuple[str, ...]:
    ready, wanted = counts(asked, workload)
    old = age(asked.now - workload.created_at)
    if workload.owner == "Deployment":
        return workload.name, f"{ready}/{wanted}", str(wanted), str(ready), old
    if workload.owner == "StatefulSet":
        return workload.name, f"{ready}/{wanted}", old
    return workload.name, str(wanted), str(wanted), str(ready), str(wanted), str(ready), "<none>", old


def _workload_object(asked: Asked, workload: Workload) -> Object:
    ready, wanted = counts(asked, workload)
    return {
        "apiVersion": "apps/v1",
        "kind": workload.owner,
        "metadata": {
            "creationTimestamp": stamp(workload.created_at),
            "name": workload.name,
            "namespace": workload.namespace,
        },
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"app": workload.name}}},
        "status": {"readyReplicas": ready, "replicas": wanted},
    }
