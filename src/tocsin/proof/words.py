"""
The sentences of the home page and of `tocsin check --proof`, French and English.

A sentence is plain text with backticks around code; whoever shows it escapes it. Ages are told by their largest unit,
because nobody needs the minutes of "3 days ago".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tocsin.incident.events import ProofKind
from tocsin.lexicon import Language
from tocsin.proof.book import Known, Proof

NBSP = "\N{NO-BREAK SPACE}"
RUNG_WORDS: dict[ProofKind, tuple[str, str]] = {
    "read": ("seulement lue", "only read"),
    "bound": ("liée", "bound"),
    "checked": ("contrôlée", "checked"),
    "permitted": ("permise", "permitted"),
    "rehearsed": ("répétée", "rehearsed"),
    "ran": ("exécutée pour de vrai", "ran for real"),
}
_COUNTED: dict[ProofKind, tuple[str, str, str]] = {
    "read": ("seulement lue", "seulement lues", "only read"),
    "bound": ("liée", "liées", "bound"),
    "checked": ("contrôlée", "contrôlées", "checked"),
    "permitted": ("permise", "permises", "permitted"),
    "rehearsed": ("répétée", "répétées", "rehearsed"),
    "ran": ("exécutée", "exécutées", "ran"),
}
# Told even when it is none: these are what a team wants to see grow.
ALWAYS_TOLD: frozenset[ProofKind] = frozenset({"checked", "permitted", "rehearsed", "ran"})


def counts(lines: int, rungs: Mapping[ProofKind, int], failing: int, language: Language) -> str:
    """The head count; each line is counted once, at its highest state."""
    french = language == "fr"
    parts = [
        f"{rungs.get(kind, 0)} {_counted(kind, rungs.get(kind, 0), language)}"
        for kind in _COUNTED
        if kind in ALWAYS_TOLD or rungs.get(kind, 0)
    ]
    if french:
        head = f"{lines} ligne{'s' if lines > 1 else ''} agi{'ssen' if lines > 1 else ''}t"
        return f"{head}{NBSP}: {', '.join(parts)}{NBSP}; {failing} en échec"
    head = "1 line does something" if lines == 1 else f"{lines} lines do something"
    return f"{head}: {', '.join(parts)}; {failing} {'fails' if failing == 1 else 'fail'}"


def _counted(kind: ProofKind, count: int, language: Language) -> str:
    one, many, english = _COUNTED[kind]
    return english if language == "en" else one if count < 2 else many


def sentence(message: str) -> str:
    """A problem's message as the beginning of a line: without its full stop."""
    return message.rstrip(".")


def fails(message: str, language: Language) -> str:
    """Why a line does not hold."""
    return f"échoue{NBSP}: {sentence(message)}" if language == "fr" else f"fails: {sentence(message)}"


def both(one: str, other: str, language: Language) -> str:
    """Two halves of a sentence."""
    return f"{one}{NBSP}; {other}" if language == "fr" else f"{one}; {other}"


def nobody(priority: str, hours: str, language: Language) -> str:
    """The hours at which a priority calls nobody."""
    return f"{priority}, {hours}{NBSP}: personne" if language == "fr" else f"{priority}, {hours}: nobody"


def somebody(priority: str, language: Language) -> str:
    """At every hour somebody is called."""
    return f"{priority}{NBSP}: quelqu'un à toute heure" if language == "fr" else f"{priority}: somebody at every hour"


def reached(highest: ProofKind, known: Known, now: datetime, language: Language) -> str:
    """How far a command came: "permitted 2 h ago, never rehearsed"."""
    french = language == "fr"
    if highest in ("rehearsed", "ran"):
        return f"{rung(highest, language)} {age(known[highest].at, now, language)}{ended(known[highest], language)}"
    held = [rung(kind, language) for kind in ("bound", "permitted") if kind in known and known[kind].held]
    seen = max((known[kind].at for kind in ("bound", "permitted") if kind in known), default=None)
    told = f"{', '.join(held)} {age(seen, now, language)}" if held and seen else rung(highest, language)
    return f"{told}, {'jamais répétée' if french else 'never rehearsed'}"


def contact(answers: Proof | None, called: Proof | None, bound: bool, now: datetime, language: Language) -> str:
    """How a person can be reached: "reachable, tested 3 days ago"."""
    french = language == "fr"
    if called is not None:
        when = age(called.at, now, language)
        return f"joignable, dernier appel remis {when}" if french else f"reachable, last page taken {when}"
    if answers is not None:
        when = age(answers.at, now, language)
        return f"joignable, testé {when}, jamais appelé" if french else f"reachable, tested {when}, never called"
    if bound:
        return "a une adresse, jamais testée" if french else "has an address, never tested"
    return "aucune adresse" if french else "no address"


def failed_run(proof: Proof, now: datetime, language: Language) -> str:
    """The last time it ran, and how badly."""
    when = age(proof.at, now, language)
    if proof.kind == "ran":
        head = f"a échoué pour de vrai {when}" if language == "fr" else f"failed for real {when}"
    else:
        head = f"a échoué à l'exercice {when}" if language == "fr" else f"failed in a drill {when}"
    return f"{head}{ended(proof, language)}"


def age(at: datetime, now: datetime, language: Language) -> str:
    """ "just now", "5 min ago", "3 days ago"."""
    passed = max(now - at, timedelta())
    french = language == "fr"
    if passed < timedelta(minutes=1):
        return "à l'instant" if french else "just now"
    span = _span(passed, language)
    return f"il y a {span}" if french else f"{span} ago"


def _span(passed: timedelta, language: Language) -> str:
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)}{NBSP}min"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)}{NBSP}h"
    days = passed.days
    if language == "fr":
        return f"{days}{NBSP}jour{'s' if days > 1 else ''}"
    return f"{days} day{'s' if days > 1 else ''}"


def state(kind: ProofKind, language: Language) -> str:
    """The name of a state among others."""
    if kind == "read":
        return "lue" if language == "fr" else "read"
    return rung(kind, language)


def rung(kind: ProofKind, language: Language) -> str:
    """The name of a state that is the highest."""
    return RUNG_WORDS[kind][0 if language == "fr" else 1]


def ended(proof: Proof, language: Language) -> str:
    """How it ended, after a colon; "" when there is nothing to say."""
    french = language == "fr"
    code = proof.values.get("exit", "")
    spoken = (f"code {code}" if french else f"exit code {code}") if code else ""
    told = proof.detail or spoken
    if not told:
        return ""
    return f"{NBSP}: {told}" if french else f": {told}"
