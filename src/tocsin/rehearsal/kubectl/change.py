"""kubectl's verbs that change something: apply, rollout, delete pod, cordon, uncordon, drain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import yaml

from tocsin.rehearsal.answers import Answer
from tocsin.rehearsal.kubectl.asked import Asked, not_found, not_played, wrong
from tocsin.rehearsal.kubectl.get import KINDS, counts
from tocsin.rehearsal.workloads import STARTS_AFTER, Workload

GROUPS = {
    "Deployment": "deployment.apps",
    "StatefulSet": "statefulset.apps",
    "DaemonSet": "daemonset.apps",
    "ConfigMap": "configmap",
    "Service": "service",
    "Secret": "secret",
    "Ingress": "ingress.networking.k8s.io",
    "NetworkPolicy": "networkpolicy.networking.k8s.io",
    "Middleware": "middleware.traefik.io",
    "IngressRoute": "ingressroute.traefik.io",
}


def apply(asked: Asked) -> Answer:
    """`kubectl apply -f PATH`: the paths are those of the practice world's own manifests."""
    path = asked.line.last("filename")
    if not path:
        return wrong("must specify one of -f and -k")
    text = asked.cluster.manifests.get(path)
    if text is None:
        return wrong(f'the path "{path}" does not exist')
    try:
        documents = [found for found in yaml.safe_load_all(text) if isinstance(found, Mapping)]
    except yaml.YAMLError as why:
        return wrong(f"error parsing {path}: {why}")
    if not documents:
        return wrong("no objects passed to apply")
    said = [_applied(asked, path, document) for document in documents]
    return Answer(
        out="".join(answer.out for answer in said),
        err="".join(answer.err for answer in said),
        code=max(answer.code for answer in said),
        takes=timedelta(milliseconds=300),
    )


def _applied(asked: Asked, path: str, document: Mapping[str, object]) -> Answer:
    kind, version = str(document.get("kind", "")), str(document.get("apiVersion", ""))
    metadata = document.get("metadata")
    name = str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
    where = str(metadata.get("namespace", "")) if isinstance(metadata, Mapping) else ""
    if kind not in GROUPS:
        return Answer(
            err=f'error: resource mapping not found for name: "{name}" namespace: "{where}" from "{path}": '
            f'no matches for kind "{kind}" in version "{version}"\nensure CRDs are installed first\n',
            code=1,
        )
    outcome = asked.cluster.apply(kind, f"{where}/{name}", yaml.safe_dump(dict(document)), asked.now)
    return Answer(out=f"{GROUPS[kind]}/{name} {outcome}\n")


def rollout(asked: Asked) -> Answer:
    """`kubectl rollout restart|status TYPE/NAME`."""
    verb = asked.verb.partition(" ")[2]
    if verb not in ("restart", "status"):
        return not_played(f"kubectl {asked.verb}")
    words = asked.line.words
    if not words:
        return wrong("required resource not specified")
    kind, _, name = words[0].partition("/")
    if not name:
        kind, name = words[0], words[1] if len(words) > 1 else ""
    if kind not in KINDS:
        return wrong(f'the server doesn\'t have a resource type "{kind}"')
    owner = KINDS[kind]
    workload = asked.cluster.workloads.get(f"{asked.namespace}/{name}")
    if workload is None or f"{workload.owner.lower()}s" != owner:
        return not_found(f"{owner}.apps", name)
    if verb == "restart":
        asked.cluster.restart(workload.key, asked.now)
        return Answer(out=f"{workload.owner.lower()}.apps/{name} restarted\n")
    return _status(asked, workload)


def _status(asked: Asked, workload: Workload) -> Answer:
    """Waits, as the real one: it is told here how long the pods that are missing will take."""
    ready, wanted = counts(asked, workload)
    kind, name = workload.owner.lower(), workload.name
    if workload.owner == "StatefulSet":
        done = f"partitioned roll out complete: {wanted} new pods have been updated...\n"
    else:
        done = f'{kind.replace("daemonset", "daemon set")} "{name}" successfully rolled out\n'
    if ready >= wanted:
        return Answer(out=done)
    waiting = f'Waiting for {kind} "{name}" rollout to finish: {ready} of {wanted} updated replicas are available...\n'
    return Answer(out=waiting + done, takes=(wanted - ready) * STARTS_AFTER)


def delete(asked: Asked) -> Answer:
    """`kubectl delete pod NAME…`."""
    words = asked.line.words
    if not words or words[0].partition("/")[0] not in ("pod", "pods", "po"):
        return not_played("kubectl delete of anything but a pod")
    names = [words[0].partition("/")[2]] if "/" in words[0] else list(words[1:])
    if not names:
        return wrong("resource(s) were provided, but no name was specified")
    said = ""
    for name in names:
        pod = asked.pod(name)
        if pod is None:
            missing = not_found("pods", name)
            return Answer(out=said, err=missing.err, code=1)
        asked.cluster.delete_pod(pod, asked.now)
        said += f'pod "{name}" deleted\n'
    return Answer(out=said, takes=timedelta(seconds=3))


def cordon(asked: Asked) -> Answer:
    """`kubectl cordon|uncordon NODE`."""
    verb = asked.verb
    if not asked.line.words:
        return wrong(f"USAGE: {verb} NODE [flags]\nSee 'kubectl {verb} -h' for help and examples")
    name = asked.line.words[0].removeprefix("node/")
    if name not in asked.cluster.machines:
        return not_found("nodes", name)
    changed = asked.cluster.cordon(name, verb == "cordon", asked.now)
    return Answer(out=f"node/{name} {'' if changed else 'already '}{verb}ed\n")


def drain(asked: Asked) -> Answer:
    """`kubectl drain NODE --ignore-daemonsets`: evicts what may be moved."""
    if not asked.line.words:
        return wrong("USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples")
    name = asked.line.words[0].removeprefix("node/")
    if name not in asked.cluster.machines:
        return not_found("nodes", name)
    if not asked.line.has("ignore-daemonsets"):
        return not_played("kubectl drain without --ignore-daemonsets")
    changed = asked.cluster.cordon(name, True, asked.now)
    pods = sorted((pod for pod in asked.cluster.pods.values() if pod.node == name), key=lambda pod: pod.key)
    daemons = ", ".join(pod.key for pod in pods if pod.workload.owner == "DaemonSet")
    said = f"node/{name} {'' if changed else 'already '}cordoned\n"
    for pod in (pod for pod in pods if pod.workload.owner != "DaemonSet"):
        asked.cluster.delete_pod(pod, asked.now)
        said += f"evicting pod {pod.key}\npod/{pod.name} evicted\n"
    warning = f"Warning: ignoring DaemonSet-managed Pods: {daemons}\n" if daemons else ""
    return Answer(out=said + f"node/{name} drained\n", err=warning, takes=timedelta(seconds=10.2))
