"""
Which runbook fits, and why.

The diagnosis section names one runbook per component; the incident's alerts, its report and its scenario name the
component. A runbook whose file the team has not written is offered as tocsin's own, and says so.
"""

from __future__ import annotations

from tocsin.incident.concepts import concepts_of
from tocsin.incident.state import Incident
from tocsin.procedure.model import Procedure, Runbook


def fitting(incident: Incident, procedure: Procedure) -> tuple[Runbook, str] | None:
    """The runbook and the words it was recognised by; None when no component is named."""
    scenario = procedure.scenario(incident.scenario)
    spoken = [
        *dict.fromkeys(alert.name for alert in incident.held.kinds.values()),
        incident.report,
        scenario.title if scenario else "",
    ]
    for text in spoken:
        subjects = concepts_of(text).subjects
        for runbook in procedure.runbooks:
            if concepts_of(runbook.title).subjects & subjects:
                return runbook, text
    return None
