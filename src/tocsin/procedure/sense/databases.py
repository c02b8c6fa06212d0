"""Patroni: what every version of patronictl refuses (2.1.7, 3.0.2 and 4.1.5 were run)."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.procedure.arguments import part
from tocsin.procedure.findings import Finding
from tocsin.procedure.plans import Plan
from tocsin.procedure.programs.databases import PATRONICTL_VALUED
from tocsin.procedure.sense.asked import of


def failover_without_candidate(plan: Plan) -> Iterator[Finding]:
    """P401: refused by every version that was run, with exit code 1."""
    for run in of(plan, "patronictl"):
        asked = part(run.rest, PATRONICTL_VALUED)
        if asked.words[:1] == ("failover",) and not asked.has("--candidate"):
            yield Finding(run.command, "P401", run.words, {"said": " ".join(word.value for word in run.words)})
