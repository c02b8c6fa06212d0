"""
GET and POST /incidents/N/commands : a command that a person brings, shown as exactly what would run.

Nothing runs and nothing is recorded here: the page splits the line as the procedure's reader does, tells the risk,
and offers the two gestures (approve, run) with the pipeline and its digest. GET prefills it from a step of the plan
(`?step=`) or from an approval that was given (`?digest=`).
"""

from __future__ import annotations

import json

from starlette.responses import Response

from tocsin.incident.events import StepApproved
from tocsin.incident.state import Incident
from tocsin.procedure.messages import phrase
from tocsin.procedure.model import Step
from tocsin.procedure.risk import risk_of
from tocsin.procedure.shell import Seen, look
from tocsin.resolution.plan import find_command, valid_approval
from tocsin.resolution.steps import digest_of
from tocsin.web.forms import Pipeline, as_typed
from tocsin.web.pages.incident import found
from tocsin.web.visits import Pages, Visit


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get("/incidents/{number:int}/commands", prefilled, "respond")
    pages.post("/incidents/{number:int}/commands", preview)


def prefilled(visit: Visit) -> Response:
    """An empty line, a step's command to correct, or one that was approved."""
    incident = found(visit)
    query = visit.request.query_params
    approval = _approved(incident, query.get("digest", ""))
    if approval is not None:
        pipeline = approval.pipeline or look(approval.text).pipeline
        return _shown(visit, incident, as_typed(pipeline), pipeline)
    step = find_command(query.get("step", ""), visit.house.text_of(incident))
    if step is None:
        return _shown(visit, incident, "")
    return _shown(visit, incident, step[1].text, step=step[0])


def preview(visit: Visit) -> Response:
    """What would run."""
    incident = found(visit)
    text = visit.form.get("text", "").strip()
    seen = look(text)
    sentence = _objection(visit, seen)
    return _shown(visit, incident, text, () if sentence else seen.pipeline, sentence=sentence)


def _approved(incident: Incident, digest: str) -> StepApproved | None:
    brought = (approval for approval in reversed(incident.approvals) if not approval.step)
    return next((approval for approval in brought if approval.digest == digest), None)


def _objection(visit: Visit, seen: Seen) -> str:
    """Why this line can't run, "" when it can."""
    if seen.objections:
        first = seen.objections[0]
        return phrase(first.key, visit.language, word=first.word)
    if seen.placeholders:
        return visit.words.gettext("Fill in: %(names)s") % {"names": ", ".join(seen.placeholders)}
    return "" if seen.pipeline else visit.words.gettext("The command is empty.")


def _shown(
    visit: Visit,
    incident: Incident,
    text: str,
    pipeline: Pipeline = (),
    *,
    step: Step | None = None,
    sentence: str = "",
) -> Response:
    digest = digest_of(pipeline)
    return visit.page(
        "command.html",
        422 if sentence else 200,
        here=f"/incidents/{incident.number}",
        incident=incident,
        step=step,
        text=text,
        sentence=sentence,
        pipeline=pipeline,
        pipeline_json=json.dumps(pipeline),
        digest=digest,
        letter=risk_of(pipeline) if pipeline else "R0",
        approval=valid_approval("", digest, incident, visit.now) if pipeline else None,
    )
