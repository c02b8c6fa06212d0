"""
What the rules of sense ask of a plan: the runs of one tool, without those that only ask for help.

`kubectl --help` in the middle of an incident is no mistake, so no rule sees it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.procedure.arguments import part
from tocsin.procedure.findings import Run, runs_of
from tocsin.procedure.plans import Plan
from tocsin.procedure.programs.kubectl import LOCAL_VERBS
from tocsin.procedure.programs.machines import HCLOUD_VALUED


def kubectl(plan: Plan, *verbs: str) -> Iterator[Run]:
    """The runs of kubectl with one of these verbs."""
    return (run for run in of(plan, "kubectl") if run.kubectl.words[:1] in [(verb,) for verb in verbs])


def hcloud(plan: Plan, *words: str) -> Iterator[Run]:
    """The runs of hcloud whose first words are these."""
    return (run for run in of(plan, "hcloud") if part(run.rest, HCLOUD_VALUED).words[: len(words)] == words)


def of(plan: Plan, program: str) -> Iterator[Run]:
    """The runs of a program that do something."""
    return (run for run in runs_of(plan) if run.program == program and not asks_for_help(run))


def asks_for_help(run: Run) -> bool:
    """It prints what it could do, and ends."""
    own = run.rest[: run.rest.index("--")] if "--" in run.rest else run.rest
    return "--help" in own or own[:1] in (("help",), ("--version",))


def needs_the_api(run: Run) -> bool:
    """Whether this run of kubectl talks to the cluster at all."""
    parted = run.kubectl
    local = parted.words[:1] == ("version",) and parted.has("--client")
    return bool(parted.words) and parted.words[0] not in LOCAL_VERBS and not local and not asks_for_help(run)
