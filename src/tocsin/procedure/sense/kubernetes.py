"""
kubectl on a cluster that is ill: what it hides, what it cannot ask (1.32 against a real two-node cluster).

The surprise that most of these share: for minutes after a node has died, the API goes on telling what its kubelet told
last, and every pod there is still "Running".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tocsin.procedure.commands import PlacedWord
from tocsin.procedure.findings import Finding, Run, runs_of
from tocsin.procedure.folding import has_words
from tocsin.procedure.plans import Plan
from tocsin.procedure.removed_apis import removed_group
from tocsin.procedure.sense.asked import kubectl, needs_the_api, of

_CONTROL_PLANE = ("control plane", "plan de controle", "api server", "apiserver", "master down", "cluster down")
# In these the API answers, whatever the title says of it.
_STILL_THERE = (
    "certificat", "certificats", "certificate", "certificates", "lent", "lente", "slow", "latence", "latency", "upgrade",
    "mise a jour", "sauvegarde", "backup", "maintenance",
)  # fmt: skip
_CRDS = frozenset({"crd", "crds", "customresourcedefinition", "customresourcedefinitions"})
_PODS = frozenset({"pod", "pods", "po"})
_PHASE = re.compile(r"(^|,)status\.phase!=Running(,|$)")


def hides_dead_pods(plan: Plan) -> Iterator[Finding]:
    """P405: the phase of a dead node's pods stays Running until they are evicted, that of a crashing pod always."""
    for run in kubectl(plan, "get"):
        if run.inside or not _PODS & set(",".join(run.kubectl.words[1:2]).split(",")):
            continue
        if _PHASE.search(run.kubectl.value("--field-selector")):
            said = "--field-selector=status.phase!=Running"
            yield Finding(run.command, "P405", run.flag("--field-selector"), {"said": said})
        for stage in run.command.stages[1:]:
            if _leaves_out_running(stage):
                yield Finding(run.command, "P405", stage, {"said": " ".join(word.value for word in stage)})


def _leaves_out_running(stage: tuple[PlacedWord, ...]) -> bool:
    values = [word.value for word in stage]
    turned = any(re.fullmatch(r"-\w*v\w*|--invert-match", value) for value in values[1:])
    return values[0] == "grep" and turned and any("running" in value.casefold() for value in values[1:])


def old_group(plan: Plan) -> Iterator[Finding]:
    """P414: a resource named with a group that is gone ("middlewares.traefik.containo.us"), not its definition."""
    for run in of(plan, "kubectl"):
        for word in run.kubectl.words[1:] if not _CRDS & set(run.kubectl.words[1:2]) else ():
            row = removed_group(word.partition("/")[0].partition(".")[2])
            if row:
                fields = {"said": word, "since": row.since, "instead": row.instead.partition("/")[0]}
                yield Finding(run.command, "P414", run.word(word), fields)


def ten_lines_only(plan: Plan) -> Iterator[Finding]:
    """P407: with a selector, kubectl sends tailLines=10 (seen in the request)."""
    for run in kubectl(plan, "logs"):
        if run.kubectl.has("-l", "--selector") and not run.kubectl.has("--tail"):
            yield Finding(run.command, "P407", run.flag("-l", "--selector"))


def api_is_down(plan: Plan) -> Iterator[Finding]:
    """P409: in a scenario of the control plane, kubectl before anything has been done outside the cluster."""
    if not has_words(plan.title, _CONTROL_PLANE) or has_words(plan.title, _STILL_THERE):
        return
    for run in runs_of(plan):
        if run.program != "kubectl":
            return
        if needs_the_api(run) and not run.kubectl.has("--request-timeout"):
            yield Finding(run.command, "P409", run.words)


def fixed_pod(plan: Plan) -> Iterator[Finding]:
    """P410: the pod may be on the dead node, and need not be the leader. Whoever asks two of a set asks them all."""
    asked = [(run, named[0]) for run in kubectl(plan, "exec") if (named := run.kubectl.words[1:2])]
    fixed = [(run, pod) for run, pod in asked if re.fullmatch(r"(pods?/)?[a-z0-9.-]+-\d+", pod)]
    members = Counter(whole for whole, _ in {(_set_of(run, pod), pod) for run, pod in fixed})
    for run, pod in fixed:
        if members[_set_of(run, pod)] == 1:
            yield Finding(run.command, "P410", run.word(pod), {"pod": pod})


def _set_of(run: Run, pod: str) -> tuple[str, str]:
    return run.kubectl.value("-n", "--namespace"), pod.rpartition("/")[2].rpartition("-")[0]
