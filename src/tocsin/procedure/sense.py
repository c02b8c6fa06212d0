"""
Whether a command does what its step hopes: facts of the tools, one rule each (P4xx).

Each fact was seen by running the tool (kubectl 1.32, patronictl 4.1, hcloud 1.39, Traefik 3.7); the hint quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.procedure.arguments import part
from tocsin.procedure.findings import Finding, Rule, Run, runs_of
from tocsin.procedure.folding import has_words
from tocsin.procedure.plans import Plan
from tocsin.procedure.programs.databases import PATRONICTL_VALUED

_BLOCKING = (
    "bloquer",
    "bloque",
    "bloquez",
    "blocage",
    "bannir",
    "interdire",
    "block",
    "blocking",
    "ban",
    "deny",
    "drop",
)
_CONTROL_PLANE = ("control plane", "plan de controle", "api server", "apiserver", "master down", "cluster down")
_PODS = frozenset({"pod", "pods", "po"})


def _kubectl(plan: Plan, *verbs: str) -> Iterator[Run]:
    return (run for run in runs_of(plan) if run.program == "kubectl" and run.kubectl.words[:1] in [(v,) for v in verbs])


def _hcloud(plan: Plan, *words: str) -> Iterator[Run]:
    return (run for run in runs_of(plan) if run.program == "hcloud" and run.rest[: len(words)] == words)


def failover_without_candidate(plan: Plan) -> Iterator[Finding]:
    """P401: refused by every version (2.1.7, 3.0.2, 4.1.5 were run), exit code 1."""
    for run in runs_of(plan):
        asked = part(run.rest, PATRONICTL_VALUED)
        if run.program == "patronictl" and asked.words[:1] == ("failover",) and not asked.has("--candidate"):
            yield Finding(run.command, "P401", run.words, {"said": " ".join(word.value for word in run.words)})


def firewall_action(plan: Plan) -> Iterator[Finding]:
    """P402: an unknown flag on both versions that were run."""
    for run in _hcloud(plan, "firewall", "add-rule"):
        if flag := run.flag("--action"):
            yield Finding(run.command, "P402", flag)


def firewall_cannot_block(plan: Plan) -> Iterator[Finding]:
    """P403: a step that says "block" and a rule that can only allow."""
    for step in plan.steps:
        if not has_words(f"{plan.title} {step.text}", _BLOCKING):
            continue
        own = Plan(plan.title, (step,), (), ())
        for run in _hcloud(own, "firewall", "add-rule"):
            if not run.flag("--action") and "out" not in run.rest:
                yield Finding(run.command, "P403", run.words[:3])


def hides_dead_pods(plan: Plan) -> Iterator[Finding]:
    """P405: the phase of a dead node's pods stays Running until they are evicted."""
    for run in _kubectl(plan, "get"):
        if not run.inside and _PODS & set(run.kubectl.words[1:2]):
            for stage in run.command.stages[1:]:
                values = [word.value for word in stage]
                if values[0] == "grep" and "Running" in values and any(re.match(r"-\w*v", v) for v in values):
                    yield Finding(run.command, "P405", stage)


def soft_reboot_alone(plan: Plan) -> Iterator[Finding]:
    """P406: nothing in the plan says what to do when the machine does not answer to the request."""
    if any(run.rest[1:2] in (("reset",), ("poweroff",)) for run in _hcloud(plan, "server")):
        return
    for run in _hcloud(plan, "server", "reboot"):
        yield Finding(run.command, "P406", run.words[:3])


def ten_lines_only(plan: Plan) -> Iterator[Finding]:
    """P407: with a selector, kubectl sends tailLines=10 (seen in the request)."""
    for run in _kubectl(plan, "logs"):
        if run.kubectl.has("-l", "--selector") and not run.kubectl.has("--tail"):
            yield Finding(run.command, "P407", run.flag("-l", "--selector"))


def modsecurity_in_traefik(plan: Plan) -> Iterator[Finding]:
    """P408: behind a WAF that answered 403, Traefik's logs held no line with that word."""
    for run in _kubectl(plan, "logs"):
        if any("traefik" in word for word in run.rest) and not run.inside:
            for stage in run.command.stages[1:]:
                found = tuple(word for word in stage[1:] if "modsecurity" in word.value.casefold())
                if found and stage[0].value == "grep":
                    yield Finding(run.command, "P408", found)


def api_is_down(plan: Plan) -> Iterator[Finding]:
    """P409: in a scenario of the control plane, kubectl before anything has been done outside the cluster."""
    if not has_words(plan.title, _CONTROL_PLANE):
        return
    for run in runs_of(plan):
        if run.program != "kubectl":
            return
        if not run.kubectl.has("--request-timeout"):
            yield Finding(run.command, "P409", run.words)


def fixed_pod(plan: Plan) -> Iterator[Finding]:
    """P410: the pod may be on the dead node, and need not be the leader."""
    for run in _kubectl(plan, "exec"):
        pod = run.kubectl.words[1:2]
        if pod and re.fullmatch(r"(pods?/)?[a-z0-9.-]+-\d+", pod[0]):
            yield Finding(run.command, "P410", run.word(pod[0]), {"pod": pod[0]})


def deletes_middleware(plan: Plan) -> Iterator[Finding]:
    """P411: Traefik does not build a router whose middleware is missing."""
    for run in _kubectl(plan, "delete"):
        if any(re.match(r"middlewares?([./]|$)", word) for word in run.kubectl.words[1:]):
            yield Finding(run.command, "P411", run.words)


def password_in_command(plan: Plan) -> Iterator[Finding]:
    """P412: redis-cli takes it from REDISCLI_AUTH."""
    for run in runs_of(plan):
        if run.program == "redis-cli" and (flag := run.flag("-a", "--pass")):
            yield Finding(run.command, "P412", flag)


RULES: tuple[Rule, ...] = (
    failover_without_candidate,
    firewall_action,
    firewall_cannot_block,
    hides_dead_pods,
    soft_reboot_alone,
    ten_lines_only,
    modsecurity_in_traefik,
    api_is_down,
    fixed_pod,
    deletes_middleware,
    password_in_command,
)
