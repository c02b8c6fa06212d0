"""What decides a priority, in its order: the team's table, a trigger, an example, tocsin's catalogue, nobody."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.story import DAY, Story, alert
from tocsin.cluster.topology import Topology
from tocsin.edge.procedure_files import shipped_catalogue
from tocsin.procedure.matchers import named
from tocsin.procedure.model import AlertRule, Matcher
from tocsin.procedure.source import Source
from tocsin.triage.catalogue import read_catalogue
from tocsin.triage.classify import classify
from tocsin.world import World

HERE = Source("incidents.md", 12, 1)


def _verdict(procedure, name, *, topology=None, severity="warning", **labels):
    world = World(procedure=procedure, catalogue=read_catalogue(shipped_catalogue()), topology=topology or Topology())
    return classify(alert(name, DAY, severity=severity, **labels), procedure, world)


def _with(procedure, *rules):
    return replace(procedure, alerts=rules)


def test_the_teams_table_comes_before_everything(procedure):
    """The catalogue calls a dead node P2, and so does the procedure's example."""
    rule = AlertRule(matchers=named("KubeNodeNotReady"), source=HERE, priority="P3")
    verdict = _verdict(_with(procedure, rule), "KubeNodeNotReady", node="node-2")
    assert (verdict.priority, verdict.reason, verdict.line) == ("P3", "table", "incidents.md:12")


def test_the_first_row_whose_matchers_hold_decides(procedure):
    rows = (
        AlertRule(matchers=(*named("QueueStuck"), Matcher("queue", "=~", "pay.*")), source=HERE, priority="P1"),
        AlertRule(matchers=(Matcher("queue", "!=", ""),), source=HERE, priority="P2"),
        AlertRule(matchers=named("QueueStuck"), source=HERE, priority="P4"),
    )
    asked = [{"queue": "payments"}, {"queue": "mail"}, {}]
    given = [_verdict(_with(procedure, *rows), "QueueStuck", **labels).priority for labels in asked]
    assert given == ["P1", "P2", "P4"]


def test_a_row_names_its_scenario(procedure):
    slug = procedure.scenarios[0].slug
    rule = AlertRule(matchers=named("QueueStuck"), source=HERE, priority="P2", scenario=slug)
    assert _verdict(_with(procedure, rule), "QueueStuck").scenario == slug


def test_a_scenarios_trigger_comes_before_an_example_and_picks_the_scenario(procedure):
    first = replace(
        procedure.scenarios[0], triggers=(AlertRule(matchers=named("KubeNodeNotReady"), source=HERE),), priority="P1"
    )
    told = replace(procedure, scenarios=(first, *procedure.scenarios[1:]))
    verdict = _verdict(told, "KubeNodeNotReady", node="node-9")
    assert (verdict.priority, verdict.reason, verdict.scenario) == ("P1", "trigger", first.slug)
    table = AlertRule(matchers=named("KubeNodeNotReady"), source=HERE, priority="P4")
    assert _verdict(_with(told, table), "KubeNodeNotReady", node="node-9").reason == "table"


def test_topology_raises_and_never_lowers(procedure):
    places = Topology(nodes=("n1", "n2"), control_plane=("n1",))
    low = AlertRule(matchers=named("KubeNodeNotReady"), source=HERE, priority="P4")
    high = AlertRule(matchers=named("KubeNodeNotReady"), source=HERE, priority="P1")
    raised = _verdict(_with(procedure, low), "KubeNodeNotReady", topology=places, node="n1")
    assert (raised.priority, raised.reason) == ("P1", "control_plane")
    assert _verdict(_with(procedure, low), "KubeNodeNotReady", topology=places, node="n2").priority == "P4"
    assert _verdict(_with(procedure, high), "KubeNodeNotReady", topology=places, node="n2").priority == "P1"


@pytest.mark.parametrize(("severity", "priority"), [("critical", "P2"), ("warning", "P3"), ("", "P3")])
def test_what_nobody_knows_is_not_classified(procedure, severity, priority):
    verdict = _verdict(procedure, "NobodyKnowsThis", severity=severity)
    assert (verdict.priority, verdict.classified, verdict.line) == (priority, False, "")


@pytest.mark.parametrize("what", ["ignored", "heartbeat"])
def test_what_the_table_ignores_or_calls_a_sign_of_life_opens_nothing(procedure, what):
    rule = AlertRule(matchers=named("InfoInhibitor"), source=HERE, **{what: True})
    story = Story(_with(procedure, rule))
    story.fires("InfoInhibitor")
    assert story.incidents == {}
    story.fires("SomethingElse")
    assert len(story.incidents) == 1
