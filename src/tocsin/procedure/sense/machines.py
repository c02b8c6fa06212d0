"""Hetzner Cloud: a firewall that can only allow, a restart that only asks (hcloud 1.30 and 1.39 were run)."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.procedure.findings import Finding
from tocsin.procedure.folding import has_words
from tocsin.procedure.plans import Plan, WrittenStep
from tocsin.procedure.sense.asked import hcloud

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
_NOT_BLOCKING = ("debloquer", "deblocage", "unblock", "unblocking", "unban")


def firewall_action(plan: Plan) -> Iterator[Finding]:
    """P402: an unknown flag on both versions that were run."""
    for run in hcloud(plan, "firewall", "add-rule"):
        if flag := run.flag("--action"):
            yield Finding(run.command, "P402", flag)


def firewall_cannot_block(plan: Plan) -> Iterator[Finding]:
    """P403: a step that says "block" and a rule that can only allow."""
    for step in plan.steps:
        if _blocks(plan, step):
            own = Plan(plan.title, (step,), (), ())
            for run in hcloud(own, "firewall", "add-rule"):
                if not run.flag("--action") and "out" not in run.rest and "--direction=out" not in run.rest:
                    yield Finding(run.command, "P403", run.words[:3])


def _blocks(plan: Plan, step: WrittenStep) -> bool:
    """The step's own words first; the scenario's title speaks where the step says nothing of doors."""
    if has_words(step.text, _NOT_BLOCKING):
        return False
    return has_words(f"{plan.title} {step.text}", _BLOCKING)


def soft_reboot_alone(plan: Plan) -> Iterator[Finding]:
    """P406: nothing in the plan says what to do when the machine does not answer to the request."""
    if any(True for verb in ("reset", "poweroff") for _ in hcloud(plan, "server", verb)):
        return
    for run in hcloud(plan, "server", "reboot"):
        yield Finding(run.command, "P406", run.words[:3])
