"""GET /proof/DIGEST : one line of the procedure with everything that is known of it: when, by what, how it ended."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from starlette.responses import Response

from tocsin.incident.events import ProofKind
from tocsin.procedure.messages import problem
from tocsin.proof import words
from tocsin.proof.book import Proof
from tocsin.proof.standing import RUNGS, Standing
from tocsin.web.visits import Pages, Visit


class ShownState(Struct, frozen=True):
    """One state: its name, whether it holds, since when and when it was last seen so, by what, and how it ended."""

    name: str
    held: bool
    at: datetime | None = None
    since: datetime | None = None
    by: str = ""
    incident: int = 0
    ended: str = ""


def add(pages: Pages) -> None:
    """Its address."""
    pages.get("/proof/{digest}", show)


def show(visit: Visit) -> Response:
    """The same words may stand on several lines: what is known of them is one thing."""
    digest = visit.request.path_params["digest"]
    found = [one for one in visit.house.standings(visit.language) if one.line.digest == digest]
    if not found:
        sentence = visit.words.gettext("The procedure in force has no such line; an edit begins a new one.")
        return visit.page("absent.html", 404, sentence=sentence)
    known = visit.house.proofs.book().known(digest)
    states = [_state(kind, known.get(kind), found[0], visit) for kind in RUNGS if kind == "read" or kind in known]
    return visit.page("line.html", standing=found[0], places=[one.line.source for one in found], states=states)


def _state(kind: ProofKind, proof: Proof | None, standing: Standing, visit: Visit) -> ShownState:
    name = words.state(kind, visit.language)
    if proof is None:
        return ShownState(name, True)
    why = words.ended(proof, visit.language).lstrip("\N{NO-BREAK SPACE}: ")
    if proof.code:
        why = problem(proof.code, standing.line.source, visit.language, fields=proof.values).message
    by = "" if proof.incident else proof.by
    return ShownState(name, proof.held, proof.at, proof.since, by, proof.incident, why)
