"""Rows of tables that stand on a page and come from the code, in both languages."""

from datetime import timedelta

from tocsin.escalation.ladder import LADDERS, Rung
from tocsin.incident.lifecycle import MOVES, OPEN, Status
from tocsin.lexicon import Language, say
from tocsin.procedure.durations import spelled

STATUSES: tuple[Status, ...] = (
    "detected",
    "acknowledged",
    "triaged",
    "mitigated",
    "resolved",
    "closed",
    "cancelled",
    "merged",
)
MOVES_IN_FRENCH = {
    "acknowledge": "prendre",
    "confirm": "confirmer",
    "mitigate": "atténuer",
    "resolve": "résoudre",
    "close": "clore",
    "cancel": "annuler",
    "reopen": "rouvrir",
}
WHO_IN_FRENCH = {"first": "le premier", "second": "le deuxième", "everyone": "tous"}


def move_rows(language: Language) -> list[str]:
    """One row for each status: its word, whether it is open, where each move leads."""
    rows = []
    for status in STATUSES:
        moves = [
            f"{MOVES_IN_FRENCH[move] if language == 'fr' else move} → {say(to, language)}"
            for (origin, move), to in MOVES.items()
            if origin == status
        ]
        state = {"en": ("open", "over"), "fr": ("ouvert", "terminé")}[language][status not in OPEN]
        rows.append(f"| {say(status, language)} | {state} | {', '.join(moves)} |")
    return rows


def ladder_rows(language: Language) -> list[str]:
    """One row for each priority: who is called when, and how it goes on."""
    rows = []
    for priority, ladder in LADDERS.items():
        rungs = [_rung(rung, language) for rung in ladder.rungs]
        if rungs:
            again = spelled(ladder.again)
            rungs.append(f"puis tous, toutes les {again}" if language == "fr" else f"then everyone, every {again}")
        rows.append(f"| {priority} | {', '.join(rungs) or ('personne' if language == 'fr' else 'nobody')} |")
    return rows


def _rung(rung: Rung, language: Language) -> str:
    at_once = "tout de suite" if language == "fr" else "at once"
    when = spelled(rung.after) if rung.after > timedelta() else at_once
    who = WHO_IN_FRENCH[rung.who] if language == "fr" else rung.who
    kind = f" ({say('notice', language)})" if rung.kind == "notice" else ""
    return f"{when}: {who}{kind}" if language == "en" else f"{when} : {who}{kind}"
