"""Why an incident has its priority, as a sentence in French and English."""

from __future__ import annotations

from tocsin.incident.events import PriorityAssigned
from tocsin.lexicon import Language

_WORDS: dict[str, tuple[str, str]] = {
    "table": ("la table des alertes de la procédure : {detail}", "the procedure's table of alerts: {detail}"),
    "trigger": ("un déclencheur du scénario « {detail} »", "a trigger of the scenario “{detail}”"),
    "example": ("l'exemple « {detail} » de la procédure", "the procedure's example “{detail}”"),
    "catalogue": ("le catalogue de tocsin pour {detail}", "tocsin's catalogue for {detail}"),
    "alike": (
        "le catalogue de tocsin : dit la même chose que {detail}",
        "tocsin's catalogue: says the same as {detail}",
    ),
    "unknown_critical": (
        "non classée : alerte inconnue que sa source dit « {detail} »",
        "not classified: an unknown alert that its source calls “{detail}”",
    ),
    "unknown": ("non classée : alerte inconnue", "not classified: an unknown alert"),
    "report_unclassified": ("signalement d'une personne, non classé", "a person's report, not classified"),
    "report_alone": (
        "l'exemple « {detail} », d'après une personne ; aucune sonde n'est d'accord pour l'instant",
        "the example “{detail}”, by a person's word; no probe agrees so far",
    ),
    "everything_down": ("la personne dit que tout est en panne", "the person says that everything is down"),
    "ourselves": ("tocsin le dit de lui-même", "tocsin says it of itself"),
    "control_plane": ("{detail} porte le plan de contrôle", "{detail} carries the control plane"),
}


def reason(assigned: PriorityAssigned, language: Language) -> str:
    """The sentence, with the line of the procedure that decided when there is one."""
    french, english = _WORDS.get(assigned.reason, ("", ""))
    sentence = (french if language == "fr" else english).replace("{detail}", assigned.detail)
    return f"{sentence} ({assigned.because.line})" if assigned.because.line else sentence
