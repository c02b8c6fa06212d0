"""
Lines that say something of a step or a scenario: « Risque : R2 », "Verify: `kubectl get nodes` shows “Ready”".

A line of a paragraph, of a list item or of a comment comes in, with its marks; a `Field` goes out, or None for any
other line. The words before the colon must be one of the names, folded and whole, so a sentence that merely has a colon
stays a note.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from tocsin.procedure.folding import words_of
from tocsin.procedure.source import Source

FieldName = Literal["risk", "limit", "verify", "undo", "before", "not-run", "triggers", "priority", "runbook"]
OF_STEPS: frozenset[FieldName] = frozenset({"risk", "limit", "verify", "undo", "before", "not-run"})
OF_SCENARIOS: frozenset[FieldName] = frozenset({"triggers", "priority", "runbook"})

# By name: the French words, then the English ones; the first of each is what tocsin itself writes.
WORDS: Mapping[FieldName, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "risk": (("Risque",), ("Risk",)),
    "limit": (
        ("Limite", "Limite de temps", "Durée maximale", "Durée max", "Temps max"),
        ("Time limit", "Limit", "Timeout"),
    ),
    "before": (
        ("Avant", "Préalable", "Préalables", "Prérequis"),
        ("Before", "Requires", "Precondition", "Preconditions"),
    ),
    "verify": (("Vérifier", "Vérification", "Preuve"), ("Verify", "Verification", "Proof")),
    "undo": (("Annuler", "Pour annuler", "Retour arrière", "Défaire"), ("Undo", "To undo", "Rollback", "Roll back")),
    "not-run": (("Non exécuté", "Non exécutée", "Jamais exécuté", "Jamais exécutée"), ("Not run", "Never run")),
    "triggers": (("Déclencheurs", "Déclencheur", "Alertes"), ("Triggers", "Trigger", "Alerts")),
    "priority": (("Priorité",), ("Priority",)),
    "runbook": (("Fiche réflexe", "Fiche"), ("Runbook",)),
}
_NAMED: dict[str, FieldName] = {
    words_of(word): name for name, both in WORDS.items() for words in both for word in words
}
_KEY = re.compile(r"(?P<key>[^:`«“\"\n]{2,40}?):(?:\s|[*_]|$)")
_NOT_RUN = re.compile(r"(?:non executee?s?|jamais executee?s?|not run|never run)\b")
_MARKS = " *_\u00a0\t"


class Field(Struct, frozen=True):
    """`text` is the whole line, `value` what follows the colon (its marks kept), `source` the value's place."""

    name: FieldName
    text: str
    value: str
    source: Source


def field_of(written: str, source: Source) -> Field | None:
    """Read a line as a field; None for a sentence."""
    found = _KEY.match(written)
    name = _NAMED.get(words_of(found["key"])) if found else None
    if found is None or name is None:
        return Field("not-run", written.strip(), "", source) if _NOT_RUN.match(words_of(written)) else None
    value = re.sub(r"(?:\*\*|__)$", "", written[found.end("key") + 1 :].lstrip(_MARKS).rstrip())
    at = source.column + (written.find(value, found.end("key")) if value else 0)
    end = at + len(value) if value else source.end_column
    return Field(name, written.strip(), value, Source(source.path, source.line, at, end))


def meant(written: str) -> str:
    """The name that a line seems to mean without being it (« Vérfier : »), "" when there is none."""
    found = _KEY.match(written)
    key = words_of(found["key"]) if found else ""
    if len(key) < 5 or key in _NAMED:
        return ""
    similar = difflib.get_close_matches(key, [name for name in _NAMED if len(name) > 4], n=1, cutoff=0.86)
    return _spelled(similar[0]) if similar else ""


def _spelled(folded: str) -> str:
    return next(word for both in WORDS.values() for words in both for word in words if words_of(word) == folded)


def bare(value: str) -> str:
    """A value without the marks of Markdown, on one line."""
    return " ".join(re.sub(r"\*\*|__|`", "", value).split())
