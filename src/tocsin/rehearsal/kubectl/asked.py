"""One kubectl command line, read, together with the cluster it asks; and the errors that all verbs share."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec import Struct

from tocsin.rehearsal.answers import Answer, Parsed
from tocsin.rehearsal.cluster import CONTROL_PLANE, Cluster
from tocsin.rehearsal.workloads import PracticePod

HANDSHAKE = timedelta(seconds=15.2)
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Asked(Struct, frozen=True):
    """`verb` is "get" or "rollout restart"; `line` its words, flags and what follows "--". `now` is UTC."""

    verb: str
    line: Parsed
    cluster: Cluster
    now: datetime

    @property
    def namespace(self) -> str:
        """The one that was asked for; "" for all of them."""
        if self.line.has("all-namespaces"):
            return ""
        return self.line.last("namespace", "default")

    def pods(self) -> list[PracticePod]:
        """Those of the namespace and the label selector, in the order that the API lists them."""
        wanted = labels_of(self.line.last("selector"))
        found = [
            pod
            for pod in self.cluster.pods.values()
            if self.namespace in ("", pod.workload.namespace)
            and all(labels(pod).get(name) == value for name, value in wanted.items())
        ]
        return sorted(found, key=lambda pod: pod.key)

    def pod(self, name: str) -> PracticePod | None:
        """One pod by its name, "pod/name" or "deploy/name" (its first pod)."""
        kind, _, bare = name.rpartition("/")
        if kind in ("", "pod", "pods", "po"):
            return self.cluster.pods.get(f"{self.namespace}/{bare}")
        return next((p for p in self.pods() if p.workload.name == bare), None)


def labels(pod: PracticePod) -> dict[str, str]:
    """The labels a pod carries."""
    app = {"app": pod.workload.name}
    if pod.workload.owner == "Deployment":
        return {**app, "pod-template-hash": pod.template}
    revision = f"{pod.workload.name}-{pod.template}" if pod.workload.owner == "StatefulSet" else pod.template
    named = {"statefulset.kubernetes.io/pod-name": pod.name} if pod.workload.owner == "StatefulSet" else {}
    return {**app, "controller-revision-hash": revision, **named}


def labels_of(selector: str) -> dict[str, str]:
    """ "app=web,tier==x" as a mapping; other operators are not played and match nothing."""
    pairs = (part.replace("==", "=").partition("=") for part in selector.split(",") if part)
    return {name: value for name, _, value in pairs}


def span(text: str) -> timedelta | None:
    """ "5s", "1m30s", "250ms" or bare seconds; None when it is none of these."""
    if re.fullmatch(r"\d+", text):
        return timedelta(seconds=int(text))
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return timedelta(seconds=sum(float(number) * UNITS[unit] for number, unit in parts))


def wrong(text: str) -> Answer:
    """An error of kubectl itself."""
    return Answer(err=f"error: {text}\n", code=1)


def from_server(text: str, reason: str = "") -> Answer:
    """An error that the API server (or what stands behind it) gave."""
    return Answer(err=f"Error from server{f' ({reason})' if reason else ''}: {text}\n", code=1)


def not_found(kind: str, name: str) -> Answer:
    """No such object."""
    return from_server(f'{kind} "{name}" not found', "NotFound")


def not_played(what: str) -> Answer:
    """The practice cluster's own words, the only ones that the real tool would not say."""
    return Answer(err=f"practice cluster: {what} is not played here; nothing was changed\n", code=1)


def without_api(asked: Asked) -> Answer | None:
    """What every verb says while the API gives no answer; None while it does."""
    address = asked.cluster.machines[CONTROL_PLANE].address
    if asked.cluster.api == "answers":
        return None
    if asked.cluster.api == "refused":
        return Answer(err=_refused(address, asked.now), code=1)
    limit = span(asked.line.last("request-timeout", "0"))
    if limit:
        # Recorded: with a limit of 5 s it took 10 s.
        return Answer(err="Unable to connect to the server: context deadline exceeded\n", code=1, takes=2 * limit)
    return Answer(err="Unable to connect to the server: net/http: TLS handshake timeout\n", code=1, takes=HANDSHAKE)


def _refused(address: str, now: datetime) -> str:
    url = f"https://{address}:6443/api?timeout=32s"
    why = f'Get \\"{url}\\": dial tcp {address}:6443: connect: connection refused'
    place = f"E{now:%m%d %H:%M:%S.%f}   10509 memcache.go:265]"
    line = f'{place} "Unhandled Error" err="couldn\'t get current server API group list: {why}"\n'
    end = f"The connection to the server {address}:6443 was refused - did you specify the right host or port?\n"
    return line * 5 + end


def dead_kubelet(asked: Asked, pod: PracticePod) -> str:
    """How the API server tells that a pod's node does not take its connection; "" when it does."""
    machine = asked.cluster.machines[pod.node]
    if machine.is_up and machine.heartbeat_at is None:
        return ""
    return f"dial tcp {machine.internal}:10250: connect: connection refused"
