"""An incident on a terminal: a step says how long it may take, what comes before, and how it is undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.procedure.written import document, read, scenario_of
from tocsin.cli.doors import Visitor
from tocsin.cli.incident_views import show_incident
from tocsin.cli.options import Desk
from tocsin.resolution.plan import Plan, PlanItem
from tocsin.web.api.views import plan_view

WRITTEN = "# 1. X\n# Limite : 90 s\n# Avant : `kubectl get nodes` répond\n# Annuler : rien\nkubectl cordon a"
BARE = {
    "id": "INC-1",
    "priority": "P1",
    "status_word": "open",
    "title": "X",
    "acknowledged_at": None,
    "respond_by": None,
    "priority_reason": "",
    "report": "",
    "alerts": [],
    "findings": [],
}


@pytest.mark.parametrize(
    ("language", "limit"), [("en", "Time limit: 1 min 30 s"), ("fr", "Limite de temps : 1 min 30 s")]
)
def test_a_step_shows_its_time_limit(capsys, language, limit) -> None:
    (step,) = read(document(scenario_of(WRITTEN))).scenarios[0].steps
    item = PlanItem(key="1", step=step, command=step.commands[0], state="todo")
    steps = plan_view(Plan(source="scenario", title="Panne", items=(item,)), language)
    desk = Desk(Visitor(data=Path(), person="alice", language=language))
    show_incident(desk, {**BARE, "plan": steps}, [])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[lines.index("1. X") + 1] == limit
    assert "kubectl get nodes" in lines[lines.index("1. X") + 2]
