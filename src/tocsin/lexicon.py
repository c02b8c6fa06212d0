"""
The words: one meaning each, in English and French, with a definition.

Read by the procedure's reader, the pages, the CLI and the docs. The identifier is the word used in code. The surprise:
the organisation's own procedure wins over this table wherever it names the thing itself.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


class Word(NamedTuple):
    """A term: how it is written on a page in English and French, and what it means in both."""

    en: str
    fr: str
    meaning_en: str = ""
    meaning_fr: str = ""


WORDS: dict[str, Word] = {
    # the thing and its signals
    "incident": Word(
        "incident",
        "incident",
        "what people handle: the fold of its timeline",
        "ce que l'on traite : le cumul de sa main courante",
    ),
    "alert": Word("alert", "alerte", "one signal from one source", "un signal d'une source"),
    "firing": Word("firing", "active", "the source says it is happening", "la source dit que cela dure"),
    "cleared": Word("cleared", "levée", "the source says it is over", "la source dit que c'est fini"),
    "severity": Word("severity", "gravité", "how grave, as the source's label tells it", "la gravité selon la source"),
    "priority": Word(
        "priority", "priorité", "how urgent, decided by the procedure", "l'urgence, décidée par la procédure"
    ),
    "timeline": Word(
        "timeline", "main courante", "the record, only ever appended to", "le journal, auquel on ne fait qu'ajouter"
    ),
    "drill": Word(
        "drill", "exercice", "the same story in the practice world", "la même histoire dans le monde d'exercice"
    ),
    "maintenance": Word(
        "maintenance", "maintenance", "planned work: nobody is paged", "travaux prévus : personne n'est appelé"
    ),
    # statuses
    "detected": Word("detected", "détecté", "nobody has it yet", "personne ne l'a encore pris"),
    "acknowledged": Word("acknowledged", "pris en charge", "a person has it", "une personne s'en occupe"),
    "triaged": Word(
        "triaged",
        "qualifié",
        "a person confirmed priority and scenario",
        "une personne a confirmé priorité et scénario",
    ),
    "mitigated": Word("mitigated", "atténué", "users are no longer harmed", "les utilisateurs ne sont plus touchés"),
    "resolved": Word("resolved", "résolu", "normal service again", "le service est rétabli"),
    "closed": Word("closed", "clos", "nothing is left to do", "plus rien à faire"),
    "cancelled": Word("cancelled", "annulé", "a false alarm or a duplicate", "fausse alerte ou doublon"),
    "merged": Word("merged", "fusionné", "part of another incident", "partie d'un autre incident"),
    # people
    "acknowledge": Word(
        "I take it", "Je prends", "take the incident: the climb stops", "prendre l'incident : l'escalade s'arrête"
    ),
    "contact": Word("contact", "contact", "a person of the procedure", "une personne de la procédure"),
    "channel": Word("channel", "moyen de contact", "a way to reach a person", "une façon de joindre une personne"),
    "page": Word("page", "appel", "a call that needs an acknowledgement", "un appel qui demande une prise en charge"),
    "notice": Word("notice", "avis", "information only", "une simple information"),
    "escalation": Word("escalation", "escalade", "who is called next, and when", "qui est appelé ensuite, et quand"),
    "level": Word("level", "niveau", "one rung of the escalation", "un échelon de l'escalade"),
    "rota": Word("on-call rota", "planning d'astreinte", "who is on duty, when", "qui est d'astreinte, quand"),
    "responder": Word("responder", "intervenant", "may handle incidents", "peut traiter les incidents"),
    "admin": Word(
        "administrator", "administrateur", "may also manage accounts and tokens", "gère aussi comptes et jetons"
    ),
    # what is done
    "runbook": Word(
        "runbook", "fiche réflexe", "the page to follow for one component", "la fiche à suivre pour un composant"
    ),
    "scenario": Word(
        "scenario", "scénario", "the steps for one kind of incident", "les étapes pour un type d'incident"
    ),
    "step": Word("step", "étape", "one item of a scenario", "un élément d'un scénario"),
    "risk": Word("risk", "risque", "what a command may cost", "ce qu'une commande peut coûter"),
    "R0": Word("read", "lecture", "changes nothing", "ne change rien"),
    "R1": Word("reversible", "réversible", "can be undone", "peut être défait"),
    "R2": Word("outage", "coupure", "affects the service", "touche le service"),
    "R3": Word("possible loss", "perte possible", "may lose data", "peut perdre des données"),
    "approval": Word("approval", "validation", "consent to exactly one command", "l'accord pour une commande précise"),
    "run": Word("run", "exécution", "one following of one command", "une exécution d'une commande"),
    "snapshot": Word("snapshot", "instantané", "what the cluster looked like", "l'état du cluster à un instant"),
    "finding": Word("finding", "constat", "what the snapshot shows", "ce que l'instantané montre"),
    "evidence": Word("evidence", "preuve", "an output kept with the incident", "une sortie gardée avec l'incident"),
    "note": Word("note", "note", "a line written by hand", "une ligne écrite à la main"),
    "outcome_unknown": Word("outcome unknown", "issue inconnue", "nobody saw how it ended", "personne n'a vu la fin"),
    # clocks
    "respond_by": Word("respond by", "à prendre avant", "the target of the procedure", "l'échéance de la procédure"),
    "breached": Word("response time exceeded", "temps de réponse dépassé", "", ""),
    # after
    "postmortem": Word(
        "post-mortem", "post-mortem", "what happened and what changes", "ce qui s'est passé et ce qui change"
    ),
    "root_cause": Word("root cause", "cause racine", "", ""),
    "corrective": Word("corrective action", "action corrective", "", ""),
    "preventive": Word("preventive improvement", "amélioration préventive", "", ""),
    # stages
    "detection": Word("detection", "détection", "", ""),
    "triage": Word("triage", "triage", "", ""),
    "diagnosis": Word("diagnosis", "diagnostic", "", ""),
    "resolution": Word("resolution", "résolution", "", ""),
}


def say(word: str, language: Language) -> str:
    """A term in that language; raises KeyError for a word that is not in the lexicon."""
    entry = WORDS[word]
    return entry.fr if language == "fr" else entry.en
