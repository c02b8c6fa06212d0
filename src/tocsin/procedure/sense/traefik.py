"""Traefik and the firewall behind it (3.7 was run with a WAF that answered 403)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.procedure.findings import Finding, Run
from tocsin.procedure.plans import Plan
from tocsin.procedure.sense.asked import kubectl


def modsecurity_in_traefik(plan: Plan) -> Iterator[Finding]:
    """P408: behind a WAF that answered 403, Traefik's logs held no line with that word."""
    for run in kubectl(plan, "logs"):
        if not run.inside and _reads_traefik(run):
            for stage in run.command.stages[1:]:
                found = tuple(word for word in stage[1:] if "modsec" in word.value.casefold())
                if found and stage[0].value == "grep" and not _leaves_out(tuple(word.value for word in stage)):
                    yield Finding(run.command, "P408", found)


def _reads_traefik(run: Run) -> bool:
    """The pods that it names or selects are Traefik's, and no other container of them is asked for."""
    parted = run.kubectl
    asked = (*parted.words[1:2], parted.value("-l", "--selector"))
    container = parted.value("-c", "--container") or parted.value("--container")
    other = parted.has("--all-containers") or (container and "traefik" not in container)
    return any("traefik" in word for word in asked) and not other


def _leaves_out(words: tuple[str, ...]) -> bool:
    return any(re.fullmatch(r"-\w*v\w*|--invert-match", word) for word in words)


def deletes_middleware(plan: Plan) -> Iterator[Finding]:
    """P411: Traefik does not build a router whose middleware is missing."""
    for run in kubectl(plan, "delete"):
        dry = run.kubectl.value("--dry-run") in ("client", "server")
        kinds = run.kubectl.words[1:] if any("/" in word for word in run.kubectl.words[1:]) else run.kubectl.words[1:2]
        if not dry and any(re.match(r"middlewares?([./]|$)", kind) for one in kinds for kind in one.split(",")):
            yield Finding(run.command, "P411", run.words)
