"""
How the sections and columns of a procedure are recognised, in French and English.

Words are folded (no accents, no capitals) and matched whole, anywhere in a heading. The team's own order, numbering
and further words do not matter.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from tocsin.lexicon import LANGUAGES, Language
from tocsin.procedure.folding import names, words_of

Kind = Literal[
    "priorities",
    "detection",
    "triage",
    "diagnosis",
    "resolution",
    "postmortem",
    "scenarios",
    "contacts",
    "alerts",
    "parameters",
    "maintenance",
    "obligations",
    "parts",
]


class Words(NamedTuple):
    """The folded phrases of one meaning; `both` are spelled alike in the two languages."""

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    both: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every phrase, whatever its language."""
        return self.fr + self.en + self.both


SECTIONS: dict[Kind, Words] = {
    "priorities": Words(
        fr=("priorite", "priorites", "gravite", "gravites", "severite", "criticite", "niveaux d incident"),
        en=("priority", "priorities", "severity", "severities", "incident levels"),
        both=("classification",),
    ),
    "detection": Words(fr=("sources d alerte", "sources d alertes"), en=("alerting",), both=("detection",)),
    "triage": Words(fr=("qualification",), both=("triage",)),
    "diagnosis": Words(fr=("diagnostic",), en=("diagnosis", "diagnostics"), both=("investigation",)),
    "resolution": Words(fr=("correction", "correctif"), en=("mitigation",), both=("resolution", "remediation")),
    "postmortem": Words(
        fr=("retour d experience", "rex"), en=("retrospective",), both=("post mortem", "postmortem", "post mortems")
    ),
    "scenarios": Words(
        fr=("fiches reflexes", "fiche reflexe"), en=("playbook", "playbooks"), both=("scenario", "scenarios")
    ),
    "contacts": Words(fr=("escalade", "astreinte"), en=("escalation", "on call"), both=("contact", "contacts")),
    "alerts": Words(fr=("alertes",), en=("alerts",)),
    "parameters": Words(fr=("parametres",), en=("parameters",)),
    "maintenance": Words(fr=("travaux prevus",), en=("planned work",), both=("maintenance",)),
    "obligations": Words(fr=("notifications legales",), en=("legal duties",), both=("obligations",)),
    "parts": Words(fr=("sommaire", "parties"), en=("contents", "parts")),
}

# The name of a section in a message.
NAMES: dict[Kind, tuple[str, str]] = {
    "priorities": ("Classification des incidents", "Incident classification"),
    "detection": ("Détection", "Detection"),
    "triage": ("Triage", "Triage"),
    "diagnosis": ("Diagnostic", "Diagnosis"),
    "resolution": ("Résolution", "Resolution"),
    "postmortem": ("Post-mortem", "Post-mortem"),
    "scenarios": ("Scénarios courants", "Common scenarios"),
    "contacts": ("Contacts d’escalade", "Escalation contacts"),
    "alerts": ("Alertes", "Alerts"),
    "parameters": ("Paramètres", "Parameters"),
    "maintenance": ("Travaux prévus", "Planned work"),
    "obligations": ("Notifications légales", "Legal duties"),
    "parts": ("Sommaire", "Contents"),
}

COLUMNS: dict[str, Words] = {
    "level": Words(fr=("niveau", "priorite", "gravite", "severite"), en=("level", "priority", "severity")),
    "respond": Words(
        fr=("temps de reponse", "delai", "delai de reponse", "temps de prise en charge", "reponse"),
        en=("response time", "respond within", "response", "time to respond", "acknowledge within", "target"),
    ),
    "description": Words(fr=("signification",), en=("meaning",), both=("description", "definition", "impact")),
    "examples": Words(fr=("exemples", "exemple"), en=("examples", "example")),
    "role": Words(fr=("fonction", "qui", "nom"), en=("who", "name"), both=("role",)),
    "address": Words(
        fr=("adresse", "courriel", "telephone", "coordonnees"),
        en=("address", "phone"),
        both=("contact", "email", "mail"),
    ),
    "availability": Words(
        fr=("disponibilite", "disponibilites", "horaires", "heures"), en=("availability", "hours", "available")
    ),
    "alert": Words(fr=("alerte", "alertes"), en=("alert", "alerts"), both=("matcher", "matchers", "alertname")),
    "condition": Words(en=("when",), fr=("quand", "lorsque"), both=("condition",)),
    "raised": Words(fr=("monte a", "montee a", "relevee a"), en=("raised to", "raise to", "becomes")),
    "scenario": Words(both=("scenario", "playbook")),
    "runbook": Words(fr=("fiche", "fiche reflexe"), both=("runbook",)),
    "reason": Words(fr=("raison", "pourquoi"), en=("reason", "why")),
    "after": Words(fr=("apres", "au bout de"), en=("after",)),
    "call": Words(fr=("appeler", "appel", "astreinte", "d astreinte"), en=("call", "calls", "on call", "on duty")),
    "how": Words(fr=("comment", "moyen"), en=("how",)),
    "begins": Words(fr=("du", "debut", "a partir du"), en=("from", "start", "begins", "starts")),
    "ends": Words(fr=("au", "fin", "jusqu au"), en=("to", "until", "end", "ends")),
    "days": Words(fr=("jour", "jours"), en=("day", "days")),
    "weeks": Words(fr=("semaine", "semaines"), en=("week", "weeks")),
    "work": Words(fr=("travaux", "fenetre", "fenetre de maintenance"), en=("window", "work"), both=("maintenance",)),
    "regime": Words(fr=("obligation", "loi"), en=("duty", "law", "regulation"), both=("regime",)),
    "recipient": Words(fr=("destinataire", "autorite"), en=("recipient", "authority")),
    "deadline": Words(fr=("echeance",), en=("deadline", "within")),
    "counted": Words(fr=("a compter de", "depuis"), en=("counted from", "since")),
    "parameter": Words(fr=("parametre", "parametres"), en=("parameter", "parameters", "placeholder")),
    "kind": Words(both=("type",)),
}

# Small words that give a language away, for headings that are spelled alike in both.
FUNCTION_WORDS: dict[Language, frozenset[str]] = {
    "fr": names("le la les des du de et en un une pour par est avec sur dans au aux selon tout chaque"),
    "en": names("the of and in a an for by is with on to at every each all from when after this"),
}
TITLE_WORDS: dict[Language, frozenset[str]] = {
    "fr": names("procedure gestion reponse processus courants niveau exemples astreinte"),
    "en": names("management response process runbook common procedures handling"),
}
_ACCENTS = re.compile("[àâçèéêëîïôùûœÀÂÇÈÉÊÎÔ]")


def kinds_of(heading: str) -> tuple[Kind, ...]:
    """Tell which sections a heading opens; most open none or one."""
    folded = f" {words_of(heading)} "
    return tuple(kind for kind, words in SECTIONS.items() if any(f" {phrase} " in folded for phrase in words.all))


def column_of(header: str) -> str:
    """Tell what a column holds by its header, "" when unknown; the longest phrase wins."""
    folded = f" {words_of(header)} "
    fits = [(len(p), name) for name, words in COLUMNS.items() for p in words.all if f" {p} " in folded]
    return max(fits)[1] if fits else ""


def language_of(headings: list[str], prose: list[str]) -> Language:
    """
    Tell French from English: by the words of the headings first, then by the small words and accents of everything;
    else English.
    """
    everything = headings + prose
    by_headings = {
        name: _score(headings, [table[name] for table in (_section_words(), TITLE_WORDS)]) for name in LANGUAGES
    }
    by_small_words = {name: _score(everything, [FUNCTION_WORDS[name]]) for name in LANGUAGES}
    by_small_words["fr"] += sum(len(_ACCENTS.findall(text)) for text in everything)
    for scores in (by_headings, by_small_words):
        if scores["fr"] != scores["en"]:
            return "fr" if scores["fr"] > scores["en"] else "en"
    return "en"


def _section_words() -> dict[Language, frozenset[str]]:
    return {
        "fr": frozenset(word for words in SECTIONS.values() for phrase in words.fr for word in phrase.split()),
        "en": frozenset(word for words in SECTIONS.values() for phrase in words.en for word in phrase.split()),
    }


def _score(texts: list[str], tables: list[frozenset[str]]) -> int:
    words = [word for text in texts for word in words_of(text).split()]
    return sum(word in table for word in words for table in tables)
