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
from tocsin.procedure.shell import Seen, digest_of, look
from tocsin.resolution.plan import find_command, valid_approval
from tocsin.web.pages.incident import found
from tocsin.web.visits import Pages, Visit


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get("/incidents/{number:int}/commands", prefilled, "respond")
    pages.post("/incidents/{number:int}/commands", preview)


def prefilled(visit: Visit) -> Response:
    """An empty line, a step's command to correct or complete, or one that was approved."""
    incident = found(visit)
    query = visit.request.query_params
    approval = _approved(incident, query.get("digest", ""))
    if approval is not None:
        return _shown(visit, incident, approval.text, None)
    step = find_command(query.get("step", ""), visit.house.text_of(incident))
    if step is None:
        return _shown(visit, incident, "", None)
    return _shown(visit, incident, step[1].text, step[0], only_text=True)


def preview(visit: Visit) -> Response:
    """What would run."""
    return _shown(visit, found(visit), visit.form.get("text", "").strip(), None)


def _approved(incident: Incident, digest: str) -> StepApproved | None:
    brought = (approval for approval in reversed(incident.approvals) if not approval.step)
    return next((approval for approval in brought if approval.digest == digest), None)


def _shown(visit: Visit, incident: Incident, text: str, step: Step | None, *, only_text: bool = False) -> Response:
    seen = look(text) if text and not only_text else Seen((), (), ())
    sentence = _objection(visit, seen)
    pipeline = () if sentence else seen.pipeline
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


def _objection(visit: Visit, seen: Seen) -> str:
    """Why this line can't run, "" when it can."""
    if seen.objections:
        first = seen.objections[0]
        return phrase(first.key, visit.language, word=first.word)
    if seen.placeholders:
        return visit.words.gettext("Fill in: %(names)s") % {"names": ", ".join(seen.placeholders)}
    return ""
