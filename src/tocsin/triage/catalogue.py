"""
tocsin's own table of alerts, read by the reader of every table of alerts.

A `Text` comes in (`procedure/catalogue.md`, shipped), rules in their order go out; the first whose matchers hold
decides. The surprise: what would be a warning in a team's procedure raises here, because the table is ours.
"""

from __future__ import annotations

from tocsin.procedure.matchers import spelled
from tocsin.procedure.model import AlertRule
from tocsin.procedure.read.alerts import read_alerts
from tocsin.procedure.read.page import page_of
from tocsin.procedure.source import Text


def read_catalogue(text: Text) -> tuple[AlertRule, ...]:
    """Read our tables of alerts; raises ValueError with the place of a row that is not understood or stands there twice."""
    found = read_alerts(page_of(text))
    if found.problems:
        raise ValueError(f"{found.problems[0].source}: {found.problems[0].message}")
    seen: set[str] = set()
    for rule in found.rules:
        if (name := spelled(rule.matchers)) in seen:
            raise ValueError(f"{rule.source}: {name} stands there twice")
        seen.add(name)
    return found.rules
