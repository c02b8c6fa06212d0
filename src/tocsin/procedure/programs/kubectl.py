"""
kubectl: what each verb can do to a cluster (kubectl 1.32).

The surprises: reading Secrets is not R0; `--dry-run=server` makes a changing verb a reading one; deleting a pod is R2
(its controller brings it back), deleting anything else R3.
"""

from __future__ import annotations

import re

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Arguments, Argv, part
from tocsin.procedure.folding import names

_GLOBAL = (
    "-n --namespace --context --cluster --kubeconfig -s --server --token --user --as --as-group --as-uid "
    "--request-timeout --cache-dir --certificate-authority --client-certificate --client-key --tls-server-name -v --v "
    "--profile --profile-output --password --username --log-flush-frequency --vmodule"
)
_OF_VERBS = (
    "-c --container -l --selector -o --output -f --filename -k --kustomize --field-selector --sort-by --tail --since "
    "--since-time --template -p --patch --patch-file --type --replicas --grace-period --timeout --limit-bytes --raw "
    "--chunk-size --max-log-requests --pod-selector --to-revision --revision --image --target --copy-to --for "
    "-L --label-columns --subresource --field-manager --overrides --resource-version --current-replicas"
)
VALUED = names(f"{_GLOBAL} {_OF_VERBS}")
_GLOBAL_FLAGS = names(_GLOBAL)
# They never ask the cluster.
LOCAL_VERBS = names("config completion help kustomize options plugin")

_READS = names("get describe logs top version api-resources api-versions explain cluster-info diff events wait")
_DRY = names(
    "apply create delete patch scale label annotate replace taint drain cordon uncordon set expose run autoscale"
)
_VERBS: dict[str, Risk] = {
    "cordon": "R1",
    "uncordon": "R1",
    "label": "R1",
    "annotate": "R1",
    "apply": "R2",
    "scale": "R2",
    "patch": "R2",
    "drain": "R2",
    "taint": "R2",
}
_GROUPS: dict[str, dict[str, Risk]] = {
    "auth": {"can-i": "R0", "whoami": "R0"},
    "config": {"view": "R0", "get-contexts": "R0", "current-context": "R0", "get-clusters": "R0"},
    "rollout": {"status": "R0", "history": "R0", "restart": "R1", "pause": "R1", "resume": "R1"},
}
_SECRET = re.compile(r"(^|[,/])secrets?($|[,/.?])", re.IGNORECASE)
_RAW_READS = re.compile(r"/(readyz|livez|healthz|version|metrics)([/?].*)?")
_PODS = frozenset({"pod", "pods", "po"})


def kubectl(rest: Argv) -> Risk:
    """Judge every verb but exec and debug, whose harm is that of the program inside."""
    asked = part(rest, VALUED)
    if not asked.words or not _verb_is_plain(rest, asked.words[0]):
        return "R2"
    verb, *names = asked.words
    if verb in _READS or verb in _GROUPS:
        return _of_reading(verb, names, asked, rest)
    if verb in _DRY and asked.value("--dry-run") in ("client", "server"):
        return "R0"
    return _of_changing(verb, names, asked)


def _verb_is_plain(rest: Argv, verb: str) -> bool:
    """Before the verb only global flags may stand: any other flag could make kubectl take another word for the verb."""
    before = rest[: rest.index(verb)]
    return all(word.partition("=")[0] in _GLOBAL_FLAGS or not word.startswith("-") for word in before)


def _of_reading(verb: str, names: list[str], asked: Arguments, rest: Argv) -> Risk:
    if any(_SECRET.search(word) for word in rest) or (verb == "config" and asked.has("--raw")):
        return "R2"
    if verb == "get" and asked.has("--raw"):
        return "R0" if _RAW_READS.fullmatch(asked.value("--raw")) else "R2"
    if verb in _GROUPS:
        return _of_group(_GROUPS[verb], verb, names)
    return "R2" if verb == "cluster-info" and names else "R0"


def _of_group(verbs: dict[str, Risk], group: str, names: list[str]) -> Risk:
    """A rolling restart is reversible for a Deployment; a StatefulSet's or DaemonSet's has no spare copy."""
    risk = verbs.get(names[0], "R2") if names else "R2"
    if (
        group == "rollout"
        and risk == "R1"
        and not any(re.match(r"deploy(ments?)?([/.]|$)", name) for name in names[1:])
    ):
        return "R2"
    return risk


def _of_changing(verb: str, names: list[str], asked: Arguments) -> Risk:
    if verb == "delete":
        return _of_delete(names, asked)
    if verb == "patch" and names and re.match(r"middlewares?([./]|$)", names[0]):
        return "R1"
    if verb == "taint" and any("out-of-service" in name and not name.endswith("-") for name in names):
        return "R3"
    if verb == "drain" and asked.has("--force", "--delete-emptydir-data", "--delete-local-data", "--disable-eviction"):
        return "R3"
    if verb in ("apply", "replace") and asked.has("--force", "--prune"):
        return "R3"
    return _VERBS.get(verb, "R2")


def _of_delete(names: list[str], asked: Arguments) -> Risk:
    kinds = {name.partition("/")[0] for name in (names if any("/" in name for name in names) else names[:1])}
    harsh = asked.has(
        "--force", "--now", "--all", "-A", "--all-namespaces", "-l", "--selector", "-f", "--filename", "-k"
    )
    gentle = bool(kinds) and kinds <= _PODS and not harsh and asked.value("--grace-period") != "0"
    return "R2" if gentle else "R3"
