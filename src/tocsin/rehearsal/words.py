"""What a scripted drill says at each moment, in French and English; and what was awaited when a moment did not come."""

from __future__ import annotations

from tocsin.lexicon import Language

WORDS: dict[str, tuple[str, str]] = {
    # key: (English, French)
    "broken": (
        "node-2 stops answering. Nobody knows yet.",
        "node-2 ne répond plus. Personne ne le sait encore.",
    ),
    "told": (
        "Alertmanager sends {count} bodies: {names}.",
        "Alertmanager envoie {count} messages : {names}.",
    ),
    "opened": (
        "Incident {number} is opened: {priority}, « {title} ».",
        "L'incident {number} est ouvert : {priority}, « {title} ».",
    ),
    "why": ("Why: {reason}", "Pourquoi : {reason}"),
    "respond_by": ("To be taken before {at}.", "À prendre avant {at}."),
    "scenario": ("Scenario: {title}.", "Scénario : {title}."),
    "paged": ("{contact} is called:", "{contact} est appelé :"),
    "taken": (
        "{name} opens the link and takes the incident. The calls stop.",
        "{name} ouvre le lien et prend l'incident. Les appels s'arrêtent.",
    ),
    "evidence": (
        "The triage has gathered its evidence:",
        "Le triage a réuni ses preuves :",
    ),
    "ended": ("{text}: ended, {why}", "{text} : interrompue, {why}"),
    "code": ("{text}: exit code {code}", "{text} : code de sortie {code}"),
    "triaged": ("{name} confirms the priority and the scenario.", "{name} confirme la priorité et le scénario."),
    "step_seen": ("Step {number}: {text}", "Étape {number} : {text}"),
    "read_note": ("read", "lu"),
    "approved": (
        "{name} approves exactly this command ({letter}, {risk}): {text}",
        "{name} valide exactement cette commande ({letter}, {risk}) : {text}",
    ),
    "ran": ("{text}: exit code {code}. {output}", "{text} : code de sortie {code}. {output}"),
    "accepted": (
        "Exit code 0 means that the action was accepted, not that the node is back. {name} looks again.",
        "Le code 0 dit que l'action est acceptée, pas que le nœud est revenu. {name} regarde encore.",
    ),
    "back": (
        "node-2 is Ready again, after {count} looks.",
        "node-2 est de nouveau Ready, après {count} regards.",
    ),
    "verified": ("Step {number}, verification: {text}", "Étape {number}, vérification : {text}"),
    "cleared": (
        "Alertmanager says that it is over: no alert is active.",
        "Alertmanager annonce la fin : aucune alerte n'est active.",
    ),
    "resolved": ("{name} resolves the incident.", "{name} résout l'incident."),
    "resolution_note": (
        "node-2 was rebooted; its pods are ready again.",
        "node-2 a redémarré ; ses pods sont de nouveau prêts.",
    ),
    "drafted": (
        "The draft of the post-mortem is written, {lines} lines:",
        "Le brouillon du post-mortem est écrit, {lines} lignes :",
    ),
    # what was awaited
    "await_told": ("Alertmanager's bodies were not taken", "les messages d'Alertmanager n'ont pas été pris"),
    "await_opened": ("no incident was opened", "aucun incident n'a été ouvert"),
    "await_priority": ("the incident got no priority", "l'incident n'a pas reçu de priorité"),
    "await_page": ("nobody was called", "personne n'a été appelé"),
    "await_taken": ("the link did not take the incident", "le lien n'a pas pris l'incident"),
    "await_evidence": ("the triage did not end", "le triage ne s'est pas terminé"),
    "await_command": (
        "the plan has no step `{text}`",
        "le plan n'a pas d'étape `{text}`",
    ),
    "await_run": ("`{text}` did not end", "`{text}` ne s'est pas terminée"),
    "await_success": ("`{text}` ended with {code}", "`{text}` s'est terminée avec {code}"),
    "await_back": ("node-2 did not come back", "node-2 n'est pas revenu"),
    "await_cleared": ("the alerts did not clear", "les alertes ne se sont pas levées"),
    "await_resolved": ("the incident was not resolved", "l'incident n'a pas été résolu"),
    "await_draft": ("no post-mortem was drafted", "aucun post-mortem n'a été rédigé"),
}


def phrase(key: str, language: Language, /, **values: object) -> str:
    """One of the sentences; raises KeyError for one that we do not have."""
    return WORDS[key][language == "fr"].format(**values)
