"""
What an alert means: its priority, its scenario, and the line that says so.

The team's own words come first (the examples of the priority table, the titles of the scenarios), then tocsin's
catalogue, then "not classified": P2 when its source calls it critical, else P3. Topology may only raise. Nothing is
ever dropped: every alert gets a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from tocsin.cluster.places import node_of
from tocsin.cluster.topology import Topology
from tocsin.incident.alert import OURSELVES, Alert
from tocsin.incident.concepts import Concepts, concepts_of
from tocsin.incident.events import Priority
from tocsin.procedure.matchers import spelled
from tocsin.procedure.model import PRIORITIES, AlertRule, Procedure, Scenario
from tocsin.procedure.rule_index import rule_for
from tocsin.triage.place import is_control_plane, says_control_plane, scenario_for_node
from tocsin.world import World

CRITICAL = frozenset({"critical", "crit", "page", "emergency", "disaster", "fatal", "p1"})
# What each scenario of the catalogue is about, to find the team's own scenario for it.
_ABOUT: dict[str, Concepts] = {
    "cp-down": concepts_of("control plane node down"),
    "node-down": concepts_of("node down"),
    "pg-primary": concepts_of("postgresql primary down"),
    "ddos": concepts_of("ddos"),
    "redis": concepts_of("redis down"),
    "traefik": concepts_of("traefik down"),
    "disk": concepts_of("disk full"),
    "certs": concepts_of("certificate"),
    "sec": concepts_of("intrusion"),
}


class Verdict(Struct, frozen=True, kw_only=True):
    """
    What one alert means. `reason` is a key of `triage.words`, `detail` the word or name that matched.

    `scenario` is a slug of the team's procedure, "" when none fits; `line` the line of the procedure that decided.
    """

    priority: Priority
    scenario: str = ""
    line: str = ""
    reason: str = ""
    detail: str = ""
    classified: bool = True


def classify(alert: Alert, procedure: Procedure, world: World) -> Verdict:
    """The verdict on one alert, by the text that governs."""
    if alert.source == OURSELVES and (told := next((p for p in PRIORITIES if p == alert.severity), None)):
        return Verdict(priority=told, reason="ourselves")
    found = concepts_of(alert.name)
    node = node_of(alert.labels, world.topology) if "node" in found.subjects else ""
    named = rule_for(alert.name, alert.labels, world.catalogue)
    row = named or _alike(found, world.catalogue)
    own, trigger = rule_for(alert.name, alert.labels, procedure.alerts), _trigger(alert, procedure)
    scenario = _told_scenario(own, trigger, procedure) or _scenario(found, node, row, procedure, world.topology)
    verdict = (
        _by_table(own)
        or _by_trigger(trigger)
        or _by_example(found, procedure)
        or _by_catalogue(row, by_name=named is not None)
        or _unclassified(alert)
    )
    return _raised(replace(verdict, scenario=scenario.slug if scenario else ""), node, procedure, world.topology)


def classify_report(text: str, everything_down: bool, backed: bool, procedure: Procedure) -> Verdict:
    """
    The verdict on a person's words: the same examples, a looser comparison, and their tick « tout est en panne ».

    Without the tick, words alone call nobody: what would be P1 or P2 is P3 until a probe agrees (`backed`).
    """
    said = concepts_of(text)
    scenario = next((s for s in procedure.scenarios if said.mentions(concepts_of(s.title))), None)
    slug = scenario.slug if scenario else ""
    if everything_down:
        rule = procedure.rule("P1")
        return Verdict(priority="P1", scenario=slug, line=str(rule.source) if rule else "", reason="everything_down")
    for rule in procedure.priorities:
        for example in rule.examples:
            if said.mentions(concepts_of(example)):
                alone = rule.priority < "P3" and not backed
                return Verdict(
                    priority="P3" if alone else rule.priority,
                    scenario=slug,
                    line=str(rule.source),
                    reason="report_alone" if alone else "example",
                    detail=example,
                )
    return Verdict(priority="P3", scenario=slug, reason="report_unclassified", classified=False)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The most urgent; among equals the classified one, then one with a scenario, then the first."""
    return min(verdicts, key=lambda verdict: (verdict.priority, not verdict.classified, not verdict.scenario))


def _trigger(alert: Alert, procedure: Procedure) -> tuple[Scenario, AlertRule] | None:
    """The first scenario that this alert triggers, by its own lines."""
    for scenario in procedure.scenarios:
        if rule := rule_for(alert.name, alert.labels, scenario.triggers):
            return scenario, rule
    return None


def _told_scenario(
    own: AlertRule | None, trigger: tuple[Scenario, AlertRule] | None, procedure: Procedure
) -> Scenario | None:
    """The scenario that the team's text names for it."""
    named = procedure.scenario(own.scenario) if own and own.scenario else None
    return named or (trigger[0] if trigger else None)


def _by_table(rule: AlertRule | None) -> Verdict | None:
    """The team's own table of alerts comes before anything else."""
    if rule is None or rule.priority is None:
        return None
    return Verdict(priority=rule.priority, line=str(rule.source), reason="table", detail=spelled(rule.matchers))


def _by_trigger(trigger: tuple[Scenario, AlertRule] | None) -> Verdict | None:
    if trigger is None or (priority := trigger[0].priority or trigger[1].priority) is None:
        return None
    scenario, rule = trigger
    return Verdict(priority=priority, line=str(rule.source), reason="trigger", detail=scenario.title)


def _by_example(found: Concepts, procedure: Procedure) -> Verdict | None:
    for rule in procedure.priorities:
        for example in rule.examples:
            wanted = concepts_of(example)
            if wanted.states and found.covers(wanted):
                return Verdict(priority=rule.priority, line=str(rule.source), reason="example", detail=example)
    return None


def _by_catalogue(row: AlertRule | None, *, by_name: bool) -> Verdict | None:
    """A sign of life and what is ignored have no priority of their own: when one gets here, it waits for a person."""
    if row is None:
        return None
    reason = "catalogue" if by_name else "alike"
    return Verdict(priority=row.priority or "P4", reason=reason, detail=spelled(row.matchers))


def _unclassified(alert: Alert) -> Verdict:
    critical = alert.severity.casefold() in CRITICAL
    return Verdict(
        priority="P2" if critical else "P3",
        reason="unknown_critical" if critical else "unknown",
        detail=alert.severity,
        classified=False,
    )


def _alike(found: Concepts, catalogue: Iterable[AlertRule]) -> AlertRule | None:
    """A row whose name says exactly the same: PostgreSQLNoPrimary is PatroniHasNoLeader."""
    if not found.subjects or not found.states:
        return None
    rows = (row for row in catalogue if row.priority and concepts_of(spelled(row.matchers)) == found)
    return min(rows, key=lambda row: (row.priority or "P4", spelled(row.matchers)), default=None)


def _scenario(
    found: Concepts, node: str, row: AlertRule | None, procedure: Procedure, topology: Topology
) -> Scenario | None:
    """The team's scenario by its own title, else by what the catalogue's scenario is about."""
    if found.subjects == {"node"} and "down" in found.states:
        return scenario_for_node(node, topology, procedure)
    own = next((s for s in procedure.scenarios if _titled(found, s)), None)
    if own or row is None or row.scenario not in _ABOUT:
        return own
    if row.scenario in ("node-down", "cp-down"):
        return scenario_for_node(node, topology, procedure) if node else _control_plane_scenario(row, procedure)
    about = _ABOUT[row.scenario]
    return next((s for s in procedure.scenarios if concepts_of(s.title).subjects == about.subjects), None)


def _titled(found: Concepts, scenario: Scenario) -> bool:
    title = concepts_of(scenario.title)
    return title.subjects != {"node"} and found.covers(title)


def _control_plane_scenario(row: AlertRule, procedure: Procedure) -> Scenario | None:
    """The API is gone: the scenario of the control plane's node, without a node's name to go by."""
    if row.scenario != "cp-down":
        return None
    return next((s for s in procedure.scenarios if says_control_plane(s)), None)


def _raised(verdict: Verdict, node: str, procedure: Procedure, topology: Topology) -> Verdict:
    """A node that carries the control plane takes the cluster with it: P1."""
    why = is_control_plane(node, topology, procedure)
    if not why or verdict.priority == "P1":
        return verdict
    line = why if ":" in why else verdict.line
    return replace(verdict, priority="P1", reason="control_plane", detail=node, line=line, classified=True)
