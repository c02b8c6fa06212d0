"""
What the CLI says, in English and French.

Terms come from the lexicon and sentences about incidents from the API; here are only the CLI's own. The language is
the one asked for, else the environment's (LC_ALL, LC_MESSAGES, LANG), else English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.lexicon import Language

WORDS: dict[str, tuple[str, str]] = {
    "no_server": ("no Hetzner server known", "aucun serveur Hetzner connu"),
    "control_plane": ("control plane", "plan de contrôle"),
    "firewall": ("Firewall {name} ({id})", "Pare-feu {name} ({id})"),
    "contact_answers": ("{contact}: {channel} answers", "{contact} : {channel} répond"),
    "contact_silent": ("{contact}: {channel} does not answer: {why}", "{contact} : {channel} ne répond pas : {why}"),
    "balanced": ("behind a load balancer", "derrière un répartiteur de charge"),
    "unbalanced": ("no load balancer in front", "aucun répartiteur de charge devant"),
    "side_silent": ("{side} did not answer: {why}", "{side} n'a pas répondu : {why}"),
    "preflight_done": (
        "{lines} lines do something; missing or not allowed: {missing}",
        "{lines} lignes agissent ; absentes ou non permises : {missing}",
    ),
    "init_there": ("already there, nothing was written: {paths}", "existe déjà, rien n'a été écrit : {paths}"),
    "init_next": (
        "Now: names, addresses and contacts in {page}, then `tocsin check {folder}`.",
        "Ensuite : noms, adresses et contacts dans {page}, puis `tocsin check {folder}`.",
    ),
    "no_incident": ("No incident.", "Aucun incident."),
    "more": ("More: --before {before}", "Suite : --before {before}"),
    "opened": ("Incident {number} opened: {priority}, {title}", "Incident {number} ouvert : {priority}, {title}"),
    "joined": ("Added to incident {number}: {title}", "Ajouté à l'incident {number} : {title}"),
    "nobody_called": (
        "No server runs on this data: nobody is called until one does.",
        "Aucun serveur ne tourne sur ces données : personne ne sera appelé avant.",
    ),
    "nothing_changed": ("Nothing changed.", "Rien n'a changé."),
    "respond_by": ("respond by {at}", "à prendre avant {at}"),
    "taken_by": ("taken by {name} at {at}", "pris par {name} à {at}"),
    "why": ("Why: {reason}", "Pourquoi : {reason}"),
    "alerts": ("Alerts", "Alertes"),
    "findings": ("Findings", "Constats"),
    "steps": ("Steps: {title}", "Étapes : {title}"),
    "limit": ("Time limit:", "Limite de temps :"),
    "before": ("Before:", "Avant :"),
    "verify": ("Verify:", "Vérifier :"),
    "undo": ("Undo:", "Annuler :"),
    "not_run": ("Not run: nobody has run this yet", "Non exécuté : personne n’a encore lancé ceci"),
    "timeline": ("Timeline", "Main courante"),
    "earlier": (
        "{count} earlier lines: tocsin incident timeline {number}",
        "{count} lignes plus tôt : tocsin incident timeline {number}",
    ),
    "column_id": ("id", "n°"),
    "column_priority": ("prio", "prio"),
    "column_status": ("status", "état"),
    "column_opened": ("opened", "ouvert"),
    "column_respond_by": ("respond by", "avant"),
    "column_title": ("title", "titre"),
    "will_run": ("Will run: {argv}", "Sera exécutée : {argv}"),
    "risk": ("Risk: {letter}, {word}", "Risque : {letter}, {word}"),
    "approve": (
        "Approve exactly this command as {name}?",
        "Approuvez-vous exactement cette commande, en tant que {name} ?",
    ),
    "not_approved": ("Not approved: nothing was run.", "Non approuvée : rien n'a été exécuté."),
    "needs_yes": (
        "This command needs an approval, and nobody can be asked here: add --yes.",
        "Cette commande demande une validation et personne ne peut répondre ici : ajoutez --yes.",
    ),
    "no_such_step": ("The plan has no step {key}.", "Le plan n'a pas d'étape {key}."),
    "no_next_step": ("No step of the plan is left to run.", "Il ne reste aucune étape à exécuter."),
    "by_hand": (
        "This step has no command: do it, then `tocsin incident mark {number} {key}`.",
        "Cette étape n'a pas de commande : faites-la, puis `tocsin incident mark {number} {key}`.",
    ),
    "running": ("Running…", "En cours…"),
    "exit_code": ("Exit code {code}, {seconds} s", "Code de sortie {code}, {seconds} s"),
    "ended": ("It was ended: {why}", "Interrompue : {why}"),
    "outcome_unknown": (
        "Outcome unknown: {why}. Look, then tell it: tocsin incident outcome {number} {run} --done|--failed",
        "Issue inconnue : {why}. Vérifiez, puis dites-la : tocsin incident outcome {number} {run} --done|--failed",
    ),
    "still_running": (
        "Still running: see `tocsin incident show {number}`.",
        "Toujours en cours : voir `tocsin incident show {number}`.",
    ),
    "saved": ("Saved.", "Enregistré."),
    "token_made": (
        "Token for source {source} ({kind}); it is shown only here:",
        "Jeton pour la source {source} ({kind}) ; il n'est montré qu'ici :",
    ),
    "connected": (
        "Token {number} made for source {source}; it stands only in what follows.",
        "Jeton {number} créé pour la source {source} ; il ne figure que dans ce qui suit.",
    ),
    "signing_secret": ("Secret to sign with: {secret}", "Secret de signature : {secret}"),
    "api_token_made": (
        "API token of {name}; it is shown only here:",
        "Jeton d'API de {name} ; il n'est montré qu'ici :",
    ),
    "revoked": ("Token {number} is refused from now on.", "Le jeton {number} est désormais refusé."),
    "active": ("active", "actif"),
    "revoked_at": ("revoked {at}", "révoqué {at}"),
    "user_made": (
        "Account {name} ({role}). One-time link to choose a password, until {at}:",
        "Compte {name} ({role}). Lien à usage unique pour choisir un mot de passe, jusqu'au {at} :",
    ),
    "disabled": ("disabled", "désactivé"),
    "exported": (
        "{streams} timelines, {lines} lines, {blobs} texts: {file}",
        "{streams} mains courantes, {lines} lignes, {blobs} textes : {file}",
    ),
    "verified": (
        "Sound: {streams} timelines, {lines} lines, {blobs} texts; ledger heads checked: {heads}.",
        "Intègre : {streams} mains courantes, {lines} lignes, {blobs} textes ; têtes du registre contrôlées : {heads}.",
    ),
    "texts_gone": (
        "{count} texts are no longer kept; their digests stand in the timeline.",
        "{count} textes ne sont plus gardés ; leurs empreintes restent dans la main courante.",
    ),
    "flaws": ("Flaws: {count}", "Anomalies : {count}"),
    "backed_up": ("{size} bytes: {file}", "{size} octets : {file}"),
    "restored": ("Restored to {data}.", "Restauré dans {data}."),
    "exists": ("{file} exists already.", "{file} existe déjà."),
    "use_pg_dump": (
        "The data is in PostgreSQL, which has its own tool: {detail}",
        "Les données sont dans PostgreSQL, qui a son propre outil : {detail}",
    ),
    "no_database": ("There is no tocsin database in {data}.", "Il n'y a pas de base tocsin dans {data}."),
    "not_empty": (
        "{data} is not empty: restore into a new folder.",
        "{data} n'est pas vide : restaurez dans un nouveau dossier.",
    ),
    "not_a_backup": (
        "{file} is damaged, or not a backup of tocsin: {detail}",
        "{file} est abîmé, ou n'est pas une sauvegarde de tocsin : {detail}",
    ),
    "changed": (
        "{file}: timelines were changed after they were written.",
        "{file} : des mains courantes ont été modifiées après coup.",
    ),
    "busy": (
        "{data} is in use and no server answers yet: it is starting, or another command works on it. Try again.",
        "{data} est occupé et aucun serveur n'y répond encore : il démarre, ou une autre commande y travaille. Réessayez.",
    ),
    "no_answer": ("The server on {data} does not answer: {why}", "Le serveur sur {data} ne répond pas : {why}"),
    "no_procedure": (
        "No procedure was ever served with {data}: start the server first, or give --procedure.",
        "Aucune procédure n'a encore servi avec {data} : démarrez d'abord le serveur, ou donnez --procedure.",
    ),
    "no_house": (
        "There is nothing of tocsin in {data}. Is --data right? (A new folder is begun by `tocsin serve`.)",
        "Il n'y a rien de tocsin dans {data}. --data est-il juste ? (`tocsin serve` commence un nouveau dossier.)",
    ),
    "bad_since": (
        "{told} is no instant: 03:02, or 2026-11-23T03:02+01:00.",
        "{told} n'est pas un instant : 03:02, ou 2026-11-23T03:02+01:00.",
    ),
    "column_kind": ("kind", "type"),
    "column_state": ("state", "état"),
    "column_created": ("created", "créé"),
    "column_source": ("source", "source"),
    "column_name": ("name", "nom"),
    "column_role": ("role", "rôle"),
    "column_email": ("email", "courriel"),
    "column_display": ("shown as", "affiché"),
    "which_procedure": (
        "Which procedure? Give --procedure, or `procedure` in tocsin.toml.",
        "Quelle procédure ? Donnez --procedure, ou `procedure` dans tocsin.toml.",
    ),
    "procedure_refused": (
        "The procedure has errors, so nothing was started. --serve-anyway serves it as it is.",
        "La procédure contient des erreurs : rien n'a démarré. --serve-anyway la sert telle quelle.",
    ),
    "bad_span": ("{told} is no span of time: 45min, 2h.", "{told} n'est pas une durée : 45min, 2h."),
    "window_made": ("Maintenance {number}: {title}, until {ends}", "Maintenance {number} : {title}, jusqu'à {ends}"),
    "window_ended": ("Maintenance {number} is over.", "Maintenance {number} terminée."),
    "heartbeat_forgotten": ("{name} is no longer expected.", "{name} n'est plus attendu."),
    "column_begins": ("begins", "début"),
    "column_ends": ("ends", "fin"),
    "column_by": ("by", "par"),
    "column_matchers": ("matchers", "filtres"),
    "column_last_at": ("last", "dernier"),
    "column_silent_since": ("silent since", "muet depuis"),
    "bad_name": (
        "This name cannot stand in a timeline: {name}",
        "Ce nom ne peut figurer dans une main courante : {name}",
    ),
}


def language_of(asked: str | None, environ: Mapping[str, str]) -> Language:
    """The language to speak."""
    locale = asked or next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "fr" if locale.lower().startswith("fr") else "en"


def phrase(key: str, language: Language, /, **values: object) -> str:
    """One sentence; the values are put in as they are, never read as a template."""
    english, french = WORDS[key]
    text = french if language == "fr" else english
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)
