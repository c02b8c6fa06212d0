"""
Words to concepts, so that an alert's name can be compared with what people wrote.

"1 node down", KubeNodeNotReady and « nœud indisponible » are the same thing said three ways. A text becomes two sets:
subjects (what is it about) and states (what is wrong with it). The surprise: only names and titles are read this way,
never descriptions: those mention everything.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_SUBJECTS: dict[str, tuple[str, ...]] = {
    "monitoring": (
        "alertmanager", "prometheus", "watchdog", "node exporter", "kube state metrics", "exporter", "target", "infoinhibitor",
    ),
    "control_plane": ("control plane", "controlplane", "master node", "plan de controle"),
    "api": ("api server", "apiserver", "kube api", "api"),
    "etcd": ("etcd",),
    "kubelet": ("kubelet",),
    "database": ("postgresql", "postgres", "postgre sql", "patroni", "pg", "db", "database", "base de donnees", "bdd"),
    "pgbouncer": ("pgbouncer",),
    "cache": ("redis", "cache", "sentinel"),
    "proxy": ("traefik", "ingress", "reverse proxy"),
    "ddos": ("ddos", "d do s", "dos attack", "attaque par deni", "deni de service"),
    "disk": ("disk", "disque", "filesystem", "file system", "volume", "persistent volume", "out of space"),
    "certificate": ("certificate", "certificat", "cert", "ssl", "tls"),
    "node": ("node", "noeud", "host", "serveur", "server", "machine"),
    "pod": ("pod", "container", "conteneur"),
    "cluster": ("cluster", "grappe"),
    "logs": ("logs", "log", "journaux"),
    "site": ("site", "public probe", "probe http", "application", "service"),
    "security": ("intrusion", "wazuh", "security", "securite"),
}  # fmt: skip
_STATES: dict[str, tuple[str, ...]] = {
    "down": (
        "down", "not ready", "notready", "unreachable", "silent", "indisponible", "injoignable", "tombe", "tombee",
        "en panne", "perdu", "absent", "missing", "no leader", "no primary", "ne repond plus", "ne repond pas", "hs",
    ),
    "primary": ("primary", "leader", "primaire", "maitre"),
    "corrupt": ("corrupt", "corruption", "corrompue", "corrompu", "corrompues", "checksum"),
    "failover": ("failover", "role changed", "basculement", "bascule", "switchover"),
    "restart": ("restart", "restarts", "restarted", "restarting", "crash loop", "crash looping", "redemarrage", "redemarre"),
    "miss": ("miss", "misses", "hit ratio low", "hit rate low"),
    "warning": ("warning", "avertissement"),
    "flapping": ("flapping", "instable"),
    "slow": ("slow", "lent", "lente", "latency", "latence"),
    "full": ("full", "plein", "filling", "almost out", "sature"),
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)")
_NUMBER = re.compile(r"(\d+) ?%|(?<=disk )(\d+)\b")


class Concepts(NamedTuple):
    """What a text is about and what it says is wrong."""

    subjects: frozenset[str]
    states: frozenset[str]

    def covers(self, other: Concepts) -> bool:
        """Whether this text says at least what the other says, of the same subjects."""
        return bool(other.subjects) and self.subjects == other.subjects and other.states <= self.states

    def mentions(self, other: Concepts) -> bool:
        """The looser comparison for a person's free text: the other's subjects and states are all in it."""
        return (
            bool(other.subjects)
            and bool(other.states)
            and other.subjects <= self.subjects
            and other.states <= self.states
        )


def plain(text: str) -> str:
    """Lower case, no accents, CamelCase and punctuation split by single spaces."""
    split = _CAMEL.sub(" ", text.replace("SQL", "sql").replace("œ", "oe"))
    ascii_only = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9%]+", ascii_only.casefold()))


@lru_cache(maxsize=4096)
def concepts_of(text: str) -> Concepts:
    """The concepts of a name, a title or a sentence, French or English."""
    words = f" {plain(text)} "
    subjects = {subject for subject, phrases in _SUBJECTS.items() if any(f" {phrase} " in words for phrase in phrases)}
    states = {state for state, phrases in _STATES.items() if any(f" {phrase} " in words for phrase in phrases)}
    states |= {f"{a or b}%" for a, b in _NUMBER.findall(words)}
    return Concepts(frozenset(_narrow(subjects, words)), frozenset(states))


def _narrow(subjects: set[str], words: str) -> set[str]:
    """A node exporter is not a node, a node's disk is a disk, the API server is not a server."""
    if "monitoring" in subjects and " node exporter " in words:
        subjects.discard("node")
    if "disk" in subjects or "api" in subjects or "control_plane" in subjects:
        subjects -= {"node"} if " node down" not in words else set()
    if "control_plane" in subjects:
        subjects = (subjects - {"control_plane"}) | {"node"}
    if "kubelet" in subjects:
        subjects.discard("node")
    return subjects
