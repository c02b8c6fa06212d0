"""
What an alert's name is about: which kind of matter, and whether it is an outage or something of another kind.

A dead node explains that a pod on it is silent. It does not explain that a certificate expires, that a disk fills up or
that somebody breaks in, whatever the labels say: such a matter stands alone, also in the middle of a storm. Only names
are read, by the same words as everywhere (`incident.concepts`) and a few more.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from tocsin.incident.concepts import concepts_of, plain

Kind = Literal["node", "api", "database", "cache", "site", "disk", "crash", "outage", "own", "unknown"]


class Nature(NamedTuple):
    """
    `kind` is what the matter is: "outage" something that does not answer, "crash" a program that does not start, "own" a
    matter that nothing else explains, "unknown" a name that says nothing. `is_root` when the name says that the thing
    itself is gone, and not only something that shows it. `reads_api` when it fails with the cluster's API.
    """

    kind: Kind
    is_root: bool = False
    reads_api: bool = False


def _words(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


_OWN = _words(
    "cert", "certs", "certificate", "certificates", "ssl", "tls", "expir\\w*", "intrusion", "wazuh", "crowdsec", "security",
    "brute force", "checksum\\w*", "corrupt\\w*", "slow\\w*", "latency", "throttling", "deadlocks?", "dead locks", "locks",
    "rollbacks", "bloat\\w*", "vaccumed", "vacuumed", "queries", "hit ratio", "cache hit", "4xx\\w*", "high http4xx\\w*",
    "memory", "quota\\w*", "overcommit", "connections", "clock", "backup\\w*", "job failed", "job not completed", "version",
    "paused", "eviction", "raid\\w*", "saturation", "cpu", "utilization", "hpa", "misscheduled", "mis scheduled", "dead tuples",
    "slots?", "config\\w*", "errs", "interface", "bonding",
)  # fmt: skip
_DISK = _words("disk\\w*", "filesystem\\w*", "persistent volume\\w*", "volume", "inodes", "files", "out of space")
_CRASH = _words(
    "crash looping",
    "crash loop",
    "deployment rollout stuck",
    "container waiting",
    "image pull\\w*",
    "oom killed",
    "generation mismatch",
)
_SITE = _words(
    "probe failed",
    "probe http failure",
    "public probe",
    "http5xx\\w*",
    "5xx\\w*",
    "traefik service down",
    "backend down",
)
_READS_API = _words(
    "api", "apiserver", "etcd\\w*", "controller manager", "scheduler", "kube client errors", "list watch failures",
    "list errors", "watch errors", "kubelet down", "operator \\w+ errors", "aggregated",
)  # fmt: skip
_API_ROOT = _words(
    "kube api down", "api down", "apiserver down", "api server down", "etcd no leader", "etcd insufficient members"
)
_LEADER = _words("no leader", "has no leader", "no primary", "missing master", "missing leader", "has no primary")
_LEADERLESS_WORDS = ("down", "primary", "failover", "restart")
_REPLICATION = _words(
    "replication\\w*", "lag\\w*", "replica", "replicas", "standby", "slaves", "failover", "down", "split brain"
)
# Wazuh's own words for an agent that does not answer any more.
_AGENT_GONE = frozenset({"504", "506"})


def nature_of(name: str, rule: str = "") -> Nature:
    """The nature of an alert; `rule` is the number of a Wazuh rule, whose name says little."""
    return Nature("outage") if rule in _AGENT_GONE else _by_name(name)


@lru_cache(maxsize=4096)
def _by_name(name: str) -> Nature:
    said = plain(name)
    found = concepts_of(name)
    reads_api = bool(_READS_API.search(said))
    if _DISK.search(said):
        return Nature("disk")
    if _API_ROOT.search(said) and not re.search(r"\baggregated\b", said):
        return Nature("api", is_root=True, reads_api=True)
    if reads_api:
        return Nature("api", reads_api=True)
    if _OWN.search(said):
        return Nature("own")
    if found.subjects == {"node"}:
        return Nature("node", is_root=True) if "down" in found.states else Nature("own")
    if _SITE.search(said) or found.subjects == {"proxy"}:
        return Nature("site")
    if kind := _store(found.subjects, said):
        return Nature(kind, is_root=bool(_LEADER.search(said)))
    if _CRASH.search(said):
        return Nature("crash")
    return Nature("outage") if _is_outage(found.subjects, found.states, said) else Nature("unknown")


def _store(subjects: frozenset[str], said: str) -> Literal["database", "cache"] | None:
    """The database's or the cache's availability; their other troubles stand alone."""
    if not (_REPLICATION.search(said) or _LEADER.search(said)):
        return None
    if subjects & {"database", "pgbouncer"}:
        return "database"
    return "cache" if "cache" in subjects else None


_SYMPTOMS = _words(
    "target down", "targets down", "pod not ready", "replicas mismatch", "rollout", "unhealthy", "unreachable", "silent",
    "not ready", "down", "missing", "absent", "disconnected", "stopped", "lost", "failing targets", "pdb not enough healthy pods",
)  # fmt: skip


def _is_outage(subjects: frozenset[str], states: frozenset[str], said: str) -> bool:
    return "down" in states or bool(_SYMPTOMS.search(said))
