"""
GET /practice, POST /practice/drills : drills that a newcomer starts and clicks through.

Only a whole house in practice has these pages: anywhere else they are not there. The surprise: starting one breaks the
practice cluster and nothing more; the incident comes by its alerts, a practice minute later, like a real one.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from tocsin.lexicon import Language
from tocsin.rehearsal.cluster import Fault
from tocsin.rehearsal.drills import FAULTS, Drills
from tocsin.web.visits import Pages, Visit

BROKEN_WITHIN = 10.0
TITLES: dict[Fault, tuple[str, str]] = {
    "node_down": ("Node 2 down", "Node 2 en panne"),
    "control_plane_down": ("Node 1 down (control plane)", "Node 1 en panne (control plane)"),
    "primary_down": ("PostgreSQL primary down", "Primaire PostgreSQL en panne"),
    "ddos": ("DDoS attack", "Attaque DDoS"),
}
SENTENCES = {
    "title": ("Drills", "Exercices"),
    "lead": (
        "Break the practice cluster, then handle the incident as if it were real.",
        "Cassez le cluster d'exercice, puis traitez l'incident comme s'il était vrai.",
    ),
    "clock": (
        "The practice clock runs 20 times faster than life: alerts come about three seconds later, a node takes some four "
        "seconds to boot. Calls go to a practice telephone; nobody is disturbed.",
        "L'horloge d'exercice va 20 fois plus vite : les alertes arrivent environ trois secondes après, un nœud redémarre "
        "en quatre secondes environ. Les appels vont à un téléphone d'exercice ; personne n'est dérangé.",
    ),
    "running": (
        "A drill is running: {drill}. Starting another ends it and repairs the cluster.",
        "Un exercice est en cours : {drill}. En lancer un autre y met fin et répare le cluster.",
    ),
    "start": ("Start", "Lancer"),
}


def add(pages: Pages) -> None:
    """Their addresses."""
    pages.get("/practice", show)
    pages.post("/practice/drills", begin)


def show(visit: Visit) -> Response:
    """What can be played, and what is being played."""
    running = _drills(visit).current
    return visit.page(
        "practice.html",
        faults=[(fault, _in(TITLES[fault], visit.language)) for fault in FAULTS],
        running=_in(SENTENCES["running"], visit.language).format(drill=_in(TITLES[running], visit.language))
        if running
        else "",
        said={key: _in(pair, visit.language) for key, pair in SENTENCES.items()},
    )


def begin(visit: Visit) -> Response:
    """Break the practice cluster in one of these ways, then go to the board and wait for the alerts."""
    drills = _drills(visit)
    fault = next((known for known in FAULTS if known == visit.form.get("fault")), None)
    if fault is None:
        raise HTTPException(400)
    drills.begin(fault).result(BROKEN_WITHIN)
    return visit.go("/")


def _drills(visit: Visit) -> Drills:
    if visit.house.drills is None:
        raise HTTPException(404)
    return visit.house.drills


def _in(pair: tuple[str, str], language: Language) -> str:
    return pair[language == "fr"]
