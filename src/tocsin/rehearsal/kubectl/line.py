"""
A kubectl command line: which verb, which flags it knows, and who answers.

The order of checks is the real one's: the verb, its flags, and only then the cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from tocsin.rehearsal.answers import Answer, WrongUsage, parse
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.kubectl import change, get, inside, top
from tocsin.rehearsal.kubectl.asked import Asked, not_played, without_api, wrong

EVERYWHERE = {
    **dict.fromkeys(("-n", "--namespace"), "namespace"),
    "--request-timeout": "request-timeout",
    "--context": "context",
    "--kubeconfig": "kubeconfig",
    "--cluster": "cluster",
    "--user": "user",
    **dict.fromkeys(("-s", "--server"), "server"),
    "--token": "token",
    "--as": "as",
    **dict.fromkeys(("-v", "--v"), "v"),
}
SELECTOR = dict.fromkeys(("-l", "--selector"), "selector")
OUTPUT = dict.fromkeys(("-o", "--output"), "output")
ALL_NAMESPACES = dict.fromkeys(("-A", "--all-namespaces"), "all-namespaces")
CONTAINER = dict.fromkeys(("-c", "--container"), "container")
HELP = dict.fromkeys(("-h", "--help"), "help")
# Verbs that kubectl has and the practice cluster does not play.
OTHER_VERBS = frozenset(
    {
        "annotate",
        "api-resources",
        "api-versions",
        "attach",
        "auth",
        "autoscale",
        "certificate",
        "cluster-info",
        "completion",
        "config",
        "cp",
        "create",
        "debug",
        "describe",
        "diff",
        "edit",
        "events",
        "explain",
        "expose",
        "kustomize",
        "label",
        "options",
        "patch",
        "plugin",
        "port-forward",
        "proxy",
        "replace",
        "run",
        "scale",
        "set",
        "taint",
        "wait",
    }
)


class Verb(Struct, frozen=True):
    """Its flags besides those known everywhere, and who answers."""

    answer: Callable[[Asked], Answer]
    values: dict[str, str] = {}
    switches: dict[str, str] = {}


def _version(asked: Asked) -> Answer:
    if asked.line.has("client"):
        return Answer(out="Client Version: v1.32.3\nKustomize Version: v5.5.0\n")
    skew = "WARNING: version difference between client (1.32) and server (1.20) exceeds the supported minor version skew of +/-1\n"
    return Answer(out="Client Version: v1.32.3\nKustomize Version: v5.5.0\nServer Version: v1.20.2\n", err=skew)


SORT_BY = {"--sort-by": "sort-by"}
FORCED = {**dict.fromkeys(("--force",), "force"), "--now": "now"}
DRAIN = {"--ignore-daemonsets": "ignore-daemonsets", "--delete-emptydir-data": "delete-emptydir-data", **FORCED}
VERBS = {
    "get": Verb(
        get.get,
        {**SELECTOR, **OUTPUT, **SORT_BY, "--field-selector": "field-selector"},
        {**ALL_NAMESPACES, "--no-headers": "no-headers", "--show-labels": "show-labels"},
    ),
    "top node": Verb(top.nodes, {**SELECTOR, **SORT_BY}, {"--no-headers": "no-headers"}),
    "top pod": Verb(
        top.pods,
        {**SELECTOR, **SORT_BY},
        {**ALL_NAMESPACES, "--no-headers": "no-headers", "--containers": "containers"},
    ),
    "exec": Verb(
        inside.run,
        CONTAINER,
        {**dict.fromkeys(("-i", "--stdin"), "stdin"), **dict.fromkeys(("-t", "--tty"), "tty"), "-it": "stdin"},
    ),
    "logs": Verb(
        inside.logs,
        {**SELECTOR, **CONTAINER, "--tail": "tail", "--since": "since"},
        {
            "--prefix": "prefix",
            "--timestamps": "timestamps",
            "--all-containers": "all-containers",
            "--ignore-errors": "ignore-errors",
            **dict.fromkeys(("-p", "--previous"), "previous"),
        },
    ),
    "apply": Verb(change.apply, dict.fromkeys(("-f", "--filename"), "filename"), {"--server-side": "server-side"}),
    "rollout restart": Verb(change.rollout, SELECTOR),
    "rollout status": Verb(change.rollout, {**SELECTOR, "--timeout": "timeout"}),
    "rollout undo": Verb(change.rollout, {"--to-revision": "to-revision"}),
    "rollout history": Verb(change.rollout, {"--revision": "revision"}),
    "delete": Verb(change.delete, {**SELECTOR, "--grace-period": "grace-period"}, FORCED),
    "cordon": Verb(change.cordon, SELECTOR),
    "uncordon": Verb(change.cordon, SELECTOR),
    "drain": Verb(change.drain, {"--timeout": "timeout", "--grace-period": "grace-period"}, DRAIN),
    "version": Verb(_version, OUTPUT, {"--client": "client"}),
}
SYNONYMS = {"top nodes": "top node", "top no": "top node", "top pods": "top pod", "top po": "top pod"}
FAMILIES = ("top", "rollout")


def answer(argv: Sequence[str], cluster: Cluster, now: datetime) -> Answer:
    """What kubectl says to these arguments (without the program's own name), and what it does to the cluster."""
    verb, rest = _verb(argv)
    if not verb:
        return not_played("kubectl without a verb")
    if verb not in VERBS:
        return _unknown(verb)
    known = VERBS[verb]
    try:
        line = parse(rest, {**EVERYWHERE, **known.values}, {**HELP, **known.switches})
    except WrongUsage as why:
        return wrong(f"{why}\nSee 'kubectl {verb} --help' for usage.")
    if line.has("help"):
        return not_played(f"kubectl {verb} --help")
    asked = Asked(verb, line, cluster.at(now), now)
    return _early(asked) or without_api(asked) or known.answer(asked)


def _early(asked: Asked) -> Answer | None:
    """What kubectl finds wrong before it asks anybody."""
    if asked.verb == "version" and asked.line.has("client"):
        return _version(asked)
    if asked.verb == "apply" and asked.line.last("filename") not in asked.cluster.manifests:
        return change.apply(asked)
    return None


def _verb(argv: Sequence[str]) -> tuple[str, list[str]]:
    """The verb, with its second word where it has one, and everything else in order."""
    left, before = list(argv), []
    while left and left[0].startswith("-"):
        flag = left.pop(0)
        before.append(flag)
        if flag in EVERYWHERE and left:
            before.append(left.pop(0))
    if not left:
        return "", before
    verb = left.pop(0)
    if verb in FAMILIES and left and not left[0].startswith("-"):
        verb = f"{verb} {left.pop(0)}"
    return SYNONYMS.get(verb, verb), [*before, *left]


def _unknown(verb: str) -> Answer:
    family, _, second = verb.partition(" ")
    if family in FAMILIES:
        if not second:
            return not_played(f"kubectl {family} without a verb")
        return wrong(f"unknown command \"{second}\"\nSee 'kubectl {family} -h' for help and examples")
    if verb in OTHER_VERBS:
        return not_played(f"kubectl {verb}")
    return wrong(f'unknown command "{verb}" for "kubectl"')
