"""
Every problem's code, severity and words, in French and English.

One row per code; a code is for ever, and each has a page in docs/problems. The fields between braces come from the
procedure and are shown as they are: only our own sentences are templates. The surprise: the language is the
procedure's, not the reader's, because the person who can repair the line wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tocsin.lexicon import Language
from tocsin.procedure.problems import Problem, Severity
from tocsin.procedure.source import Source

LONGEST_FIELD = 80


class Wording(NamedTuple):
    """How one code speaks: the sentence, and the hint below the carets ("" for none)."""

    severity: Severity
    fr: str
    en: str
    fr_hint: str = ""
    en_hint: str = ""


WORDINGS: dict[str, Wording] = {
    # P1xx: structure
    "P101": Wording(
        "error",
        "aucun tableau de priorités n’a été trouvé",
        "no table of priorities was found",
        "attendu : un tableau avec les colonnes Niveau, Description, Temps de réponse, Exemples",
        "expected: a table with the columns Level, Description, Response time, Examples",
    ),
    "P102": Wording(
        "error",
        "la priorité {priority} manque dans le tableau",
        "priority {priority} is missing from the table",
        "les quatre priorités P1 à P4 doivent y être, une par ligne",
        "the four priorities P1 to P4 must be there, one on each row",
    ),
    "P103": Wording(
        "error",
        "la priorité {priority} est définie deux fois (déjà à la ligne {line})",
        "priority {priority} is defined twice (already on line {line})",
        "seule la première définition compte",
        "only the first definition counts",
    ),
    "P104": Wording(
        "error",
        "temps de réponse illisible : « {text} »",
        "unreadable response time: “{text}”",
        "écrire par exemple « < 15 min », « 2h », « 1 jour »",
        "write for instance “< 15 min”, “2h”, “1 day”",
    ),
    "P105": Wording(
        "error",
        "cette ligne ne nomme aucune des priorités P1 à P4 : « {text} »",
        "this row names none of the priorities P1 to P4: “{text}”",
    ),
    "P106": Wording(
        "warning",
        "{other} répond plus vite que {urgent}, pourtant plus urgente",
        "{other} responds faster than {urgent}, which is more urgent",
    ),
    "P107": Wording(
        "warning",
        "ce tableau ressemble à une règle mais n’est pas compris : tocsin ne l’applique pas",
        "this table looks like a rule but is not understood: tocsin does not apply it",
        "tableaux compris : priorités (niveau, temps de réponse), contacts (rôle, contact), alertes (alerte, priorité)",
        "tables that are understood: priorities (level, response time), contacts (role, contact), alerts (alert, priority)",
    ),
    "P108": Wording(
        "warning",
        "aucune section « {section} » n’a été trouvée",
        "no section “{section}” was found",
    ),
    "P109": Wording(
        "warning",
        "la section ne dit pas quelles priorités demandent un post-mortem",
        "the section does not say which priorities need a post-mortem",
        "écrire par exemple « Pour tout incident P1/P2 »",
        "write for instance “For every P1/P2 incident”",
    ),
    "P110": Wording(
        "error",
        "lien rompu : {target} n’existe pas",
        "broken link: {target} does not exist",
        "{instead}",
        "{instead}",
    ),
    "P111": Wording(
        "warning",
        "le scénario « {title} » n’a aucune étape",
        "the scenario “{title}” has no step",
    ),
    "P112": Wording(
        "warning",
        "le numéro d’étape {number} sert deux fois : cette étape devient la {given}",
        "step number {number} is used twice: this step becomes {given}",
    ),
    "P113": Wording(
        "error",
        "ce bloc de code n’est jamais fermé : il avale tout ce qui suit",
        "this code block is never closed: it swallows all that follows",
        "le fermer par une ligne ```",
        "close it with a line ```",
    ),
    "P114": Wording(
        "warning",
        "alerte non comprise : « {text} » ; tocsin n’applique pas cette ligne",
        "alert not understood: “{text}”; tocsin does not apply this row",
        'écrire son nom, ou des critères d’Alertmanager : alertname=~"Kube.*", severity="critical"',
        'write its name, or matchers of Alertmanager: alertname=~"Kube.*", severity="critical"',
    ),
    "P115": Wording(
        "warning",
        "priorité non comprise : « {text} » ; tocsin n’applique pas cette ligne",
        "priority not understood: “{text}”; tocsin does not apply this row",
        "compris : P1 à P4, « signe de vie », « ignorée »",
        "understood: P1 to P4, “heartbeat”, “ignored”",
    ),
    "P116": Wording(
        "warning",
        "cette ligne ne dit rien de l’alerte « {text} » : ni priorité, ni scénario, ni fiche",
        "this row says nothing of the alert “{text}”: no priority, no scenario, no runbook",
    ),
    "P117": Wording(
        "warning",
        "limite de temps illisible : « {text} »",
        "unreadable time limit: “{text}”",
        "écrire par exemple « 30 s », « 2 min », « 1 h »",
        "write for instance “30 s”, “2 min”, “1 h”",
    ),
    "P118": Wording(
        "warning",
        "risque non compris : « {text} »",
        "risk not understood: “{text}”",
        "compris : R0 (lecture), R1 (réversible), R2 (coupure), R3 (perte possible)",
        "understood: R0 (read), R1 (reversible), R2 (outage), R3 (possible loss)",
    ),
    "P119": Wording(
        "warning",
        "le texte annonce {stated}, mais cette commande compte pour {risk} : {command}",
        "the text claims {stated}, but this command counts as {risk}: {command}",
        "tocsin garde {risk} : un risque annoncé peut alourdir une commande connue, jamais l’alléger",
        "tocsin keeps {risk}: a stated risk can make a known command graver, never milder",
    ),
    "P120": Wording(
        "warning",
        "cette vérification change quelque chose ({risk}) : {command}",
        "this verification changes something ({risk}): {command}",
        "vérifier par une commande qui ne fait que lire",
        "verify with a command that only reads",
    ),
    "P121": Wording(
        "warning",
        "cette ligne ressemble à une règle mais n’est pas comprise : « {text} »",
        "this line looks like a rule but is not understood: “{text}”",
        "vouliez-vous dire « {similar} : » ?",
        "did you mean “{similar}:”?",
    ),
    "P122": Wording(
        "warning",
        "cette ligne du scénario n’est pas comprise : « {text} »",
        "this line of the scenario is not understood: “{text}”",
        "compris : « Déclencheurs : » avec des noms ou critères, « Priorité : P1 », « Fiche : » avec un lien ou un nom",
        "understood: “Triggers:” with names or matchers, “Priority: P1”, “Runbook:” with a link or a name",
    ),
    "P123": Wording(
        "warning",
        "date non comprise : « {text} » ; tocsin n’applique pas cette ligne",
        "date not understood: “{text}”; tocsin does not apply this row",
        "écrire par exemple « 2026-12-21 22:00 » ou « 21/12/2026 22:00 », la fin après le début",
        "write for instance “2026-12-21 22:00”, the end after the start",
    ),
    "P124": Wording(
        "warning",
        "dans quel fuseau horaire : « {text} » ? tocsin n’applique pas cette ligne",
        "in which time zone: “{text}”? tocsin does not apply this row",
        "écrire une fois « Fuseau horaire : Europe/Paris », ou « UTC » dans la cellule",
        "write “Time zone: Europe/Paris” once, or “UTC” in the cell",
    ),
    "P125": Wording(
        "warning",
        "échéance non comprise : « {text} » ; tocsin n’en compte pas le temps",
        "deadline not understood: “{text}”; tocsin does not count its time",
        "écrire par exemple « 24 h », « 72 h », « 1 jour », ou « sans délai »",
        "write for instance “24 h”, “72 h”, “1 day”, or “without delay”",
    ),
    "P126": Wording(
        "warning",
        "type de paramètre non compris : « {text} »",
        "type of parameter not understood: “{text}”",
        "compris : ip, cidr, nom, serveur, nombre, texte, « choix : a, b »",
        "understood: ip, cidr, name, server, number, text, “choice: a, b”",
    ),
    "P130": Wording(
        "warning",
        "cette ligne ne sert jamais : « {other} » ({line}) prend déjà toute alerte « {text} »",
        "this row is never used: “{other}” ({line}) already takes every alert “{text}”",
        "la première ligne qui convient décide : mettre la plus précise au-dessus",
        "the first row that fits decides: put the more precise one above",
    ),
    "P131": Wording(
        "warning",
        "la procédure n’a pas de scénario « {name} »",
        "the procedure has no scenario “{name}”",
        "{hint}",
        "{hint}",
    ),
    "P132": Wording(
        "warning",
        "la section de diagnostic ne mène à aucune fiche « {name} »",
        "the section of diagnosis leads to no runbook “{name}”",
        "{hint}",
        "{hint}",
    ),
    # P2xx: people
    "P201": Wording(
        "error",
        "« {role} » n’a pas d’adresse : {address} est à remplir",
        "“{role}” has no address: {address} is still to be filled in",
        "l’écrire ici, ou le relier dans tocsin.toml : [contacts.{slug}]",
        "write it here, or bind it in tocsin.toml: [contacts.{slug}]",
    ),
    "P202": Wording(
        "warning",
        "« {role} » n’est relié à aucun moyen de contact",
        "“{role}” is bound to no channel",
        "ajouter [contacts.{slug}] dans tocsin.toml",
        "add [contacts.{slug}] to tocsin.toml",
    ),
    "P203": Wording(
        "warning",
        "{priority}, {hours} : personne n’est appelable (cible : {target})",
        "{priority}, {hours}: nobody can be called (target: {target})",
        "donner à un contact « 24/7 » ou « 24/7 pour {priority} »",
        "give a contact “24/7” or “24/7 for {priority}”",
    ),
    "P204": Wording(
        "warning",
        "disponibilité non comprise : « {text} » ; lue comme « heures ouvrées »",
        "availability not understood: “{text}”; read as “business hours”",
        "compris : « 24/7 », « 24/7 pour P1 », « heures ouvrées », « lun-ven 8h-20h (Europe/Paris) »",
        "understood: “24/7”, “24/7 for P1”, “business hours”, “Mon-Fri 8:00-20:00 (Europe/Paris)”",
    ),
    "P205": Wording(
        "error",
        "la procédure ne nomme personne que tocsin puisse appeler",
        "the procedure names nobody whom tocsin may call",
        "attendu : un tableau avec les colonnes Rôle, Contact, Disponibilité",
        "expected: a table with the columns Role, Contact, Availability",
    ),
    "P206": Wording(
        "warning",
        "deux contacts ont le rôle « {role} » : celui-ci s’appelle {slug}",
        "two contacts have the role “{role}”: this one is called {slug}",
    ),
    "P207": Wording(
        "warning",
        "les réglages relient « {slug} », qui n’est pas un contact de la procédure",
        "the settings bind “{slug}”, which is no contact of the procedure",
    ),
    "P208": Wording(
        "error",
        "public_url = {url} : cette adresse ne mène à tocsin que depuis la machine elle-même",
        "public_url = {url}: this address leads to tocsin from the machine itself only",
        "les appels portent un lien pour prendre l’incident : il doit s’ouvrir sur un téléphone",
        "pages carry a link to take the incident: it must open on a phone",
    ),
    "P209": Wording(
        "error",
        "des moyens de contact sont réglés ({channels}) mais pas public_url",
        "channels are set up ({channels}) but public_url is not",
        "les appels portent un lien pour prendre l’incident : sans adresse, il n’y a pas de lien",
        "pages carry a link to take the incident: without an address there is no link",
    ),
    "P210": Wording(
        "warning",
        "« {name} » n’est pas un contact de la procédure : cette ligne n’est pas appliquée",
        "“{name}” is no contact of the procedure: this row is not applied",
        "{hint}",
        "{hint}",
    ),
    "P211": Wording(
        "warning",
        "moment non compris : « {text} » ; cette priorité garde l’escalade de tocsin",
        "moment not understood: “{text}”; this priority keeps tocsin’s own ladder",
        "compris : « immédiatement », « 5 min », « toutes les 10 min »",
        "understood: “at once”, “5 min”, “every 10 min”",
    ),
    "P212": Wording(
        "warning",
        "cette ligne du planning d’astreinte n’est pas comprise : elle n’est pas appliquée",
        "this row of the on-call rota is not understood: it is not applied",
        "compris : un contact ; « Du »/« Au » avec des dates, ou « Jours » (lun-ven) et « Heures » (18h-9h), « Semaine » paire",
        "understood: one contact; “From”/“To” with dates, or “Days” (Mon-Fri) and “Hours” (18:00-9:00), “Week” even",
    ),
    "P213": Wording(
        "warning",
        "fuseau horaire inconnu : « {name} »",
        "unknown time zone: “{name}”",
        "écrire par exemple « Europe/Paris »",
        "write for instance “Europe/Paris”",
    ),
    "P220": Wording(
        "warning",
        "l’échelle de {priority} n’envoie que des avis : personne n’est appelé, et elle s’arrête là",
        "the ladder of {priority} only sends notices: nobody is called, and it ends there",
        "ajouter un échelon qui appelle, ou une ligne « toutes les 30 min »",
        "add a rung that calls, or a row “every 30 min”",
    ),
    "P221": Wording(
        "info",
        "l’échelle de {priority} finit à {after} : tocsin appelle ensuite tout le monde toutes les {again}",
        "the ladder of {priority} ends at {after}: tocsin then calls everyone every {again}",
        "l’écrire si c’est autre chose : une ligne « toutes les 10 min »",
        "write it if it is something else: a row “every 10 min”",
    ),
    "P222": Wording(
        "warning",
        "l’échelon à {after} n’appelle personne",
        "the rung at {after} calls nobody",
        "un fournisseur n’est jamais appelé par tocsin, et « l’astreinte » demande un planning",
        "tocsin never calls a supplier, and “on call” needs a rota",
    ),
    # P3xx: commands
    "P301": Wording(
        "error",
        "ceci n’est pas une commande complète : {reason}",
        "this is not a complete command: {reason}",
    ),
    "P302": Wording(
        "error",
        "il faudrait un shell : {feature}",
        "this needs a shell: {feature}",
        "tocsin lance les programmes sans shell : une commande par ligne, valeurs écrites, <nom> pour un paramètre",
        "tocsin runs programs without a shell: one command on a line, values spelled out, <name> for a parameter",
    ),
    "P303": Wording(
        "error",
        "`{word}` ne peut pas suivre un tube ici",
        "`{word}` cannot follow a pipe here",
        "tocsin filtre lui-même : grep [-vciwnEF] MOTIF, head -n N, tail -n N, wc -l, sort [-rnu]",
        "tocsin filters by itself: grep [-vciwnEF] PATTERN, head -n N, tail -n N, wc -l, sort [-rnu]",
    ),
    "P304": Wording(
        "info",
        "<{name}> sera demandé avant l’exécution",
        "<{name}> will be asked for before it runs",
    ),
    "P305": Wording(
        "warning",
        "`{word}` demande un terminal, et tocsin n’en donne pas",
        "`{word}` asks for a terminal, and tocsin gives none",
        "l’enlever : la commande n’attend aucune frappe",
        "leave it out: the command waits for no typing",
    ),
    "P306": Wording(
        "warning",
        "`{word}` ne se termine jamais : la limite de temps l’arrêtera",
        "`{word}` never ends: the time limit will stop it",
    ),
    "P307": Wording(
        "error",
        "<{name}> se trouve dans un texte que `{program}` interprète : sa valeur pourrait y ajouter des commandes",
        "<{name}> stands in a text that `{program}` interprets: its value could add commands to it",
        "donner la valeur comme argument séparé",
        "give the value as an argument of its own",
    ),
    "P311": Wording(
        "error",
        "`{program}` n’a pas de sous-commande `{word}`",
        "`{program}` has no subcommand `{word}`",
    ),
    "P312": Wording(
        "error",
        "`{program}` n’a pas d’option `{word}`",
        "`{program}` has no flag `{word}`",
    ),
    "P313": Wording(
        "error",
        "`{word}` est donné deux fois",
        "`{word}` is given twice",
    ),
    "P314": Wording(
        "error",
        "`{program}` : {missing}",
        "`{program}`: {missing}",
    ),
    "P315": Wording(
        "error",
        "`{program}` ne prend pas cet argument de plus : `{word}`",
        "`{program}` does not take this further argument: `{word}`",
    ),
    "P316": Wording(
        "error",
        "`{word}` de `{program}` : {missing}",
        "`{word}` of `{program}`: {missing}",
    ),
    "P317": Wording(
        "error",
        "`{word}` n’existe pas dans {version}, seulement dans {others}",
        "`{word}` does not exist in {version}, only in {others}",
    ),
    # P4xx: sense
    "P401": Wording(
        "error",
        "`{said}` demande --candidate",
        "`{said}` needs --candidate",
        "patronictl 4.1 refuse : « Failover could be performed only to a specific candidate »",
        "patronictl 4.1 refuses it: “Failover could be performed only to a specific candidate”",
    ),
    "P402": Wording(
        "error",
        "`hcloud firewall add-rule` n’a pas d’option --action",
        "`hcloud firewall add-rule` has no flag --action",
        "hcloud répond « unknown flag: --action » ; sans elle, la règle AUTORISE l’adresse (une règle ne peut qu’autoriser)",
        "hcloud answers “unknown flag: --action”; without it the rule ALLOWS the address (rules can only allow)",
    ),
    "P403": Wording(
        "error",
        "cette règle autorise l’adresse qu’elle devrait bloquer",
        "this rule allows the address that it should block",
        "un pare-feu Hetzner Cloud n’a que des règles qui autorisent ; bloquer par exemple avec `cscli decisions add`",
        "a Hetzner Cloud firewall has allowing rules only; block for instance with `cscli decisions add`",
    ),
    "P404": Wording(
        "warning",
        "le fichier {file} n’est pas auprès de la procédure",
        "the file {file} is not beside the procedure",
        'kubectl répond « the path "{file}" does not exist »',
        'kubectl answers “the path "{file}" does not exist”',
    ),
    "P405": Wording(
        "warning",
        "`{said}` cache les pods d’un nœud mort",
        "`{said}` hides the pods of a dead node",
        "pendant des minutes, kubectl les affiche encore « 1/1 Running » ; lire les conditions Ready (-o json)",
        "for minutes kubectl goes on printing “1/1 Running” for them; read the Ready conditions (-o json)",
    ),
    "P406": Wording(
        "warning",
        "`hcloud server reboot` demande au système de redémarrer : une machine bloquée l’ignore",
        "`hcloud server reboot` asks the system to restart: a machine that hangs ignores it",
        "prévoir la suite : sans retour après 3 min, `hcloud server reset` (coupure, perte possible)",
        "say what follows: when it is not back after 3 min, `hcloud server reset` (a power cut, data may be lost)",
    ),
    "P407": Wording(
        "warning",
        "`kubectl logs` avec un sélecteur ne montre que dix lignes par pod",
        "`kubectl logs` with a selector shows only ten lines of each pod",
        "kubectl envoie tailLines=10 ; ajouter --tail=-1 --since=30m --prefix",
        "kubectl sends tailLines=10; add --tail=-1 --since=30m --prefix",
    ),
    "P408": Wording(
        "warning",
        "le journal de Traefik ne contient aucune ligne « ModSecurity »",
        "Traefik’s log holds no line with “ModSecurity”",
        "le WAF est un autre pod : lire ses journaux à lui (Traefik ne montre que le code 403)",
        "the WAF is another pod: read its own logs (Traefik shows the status 403 only)",
    ),
    "P409": Wording(
        "warning",
        "kubectl interroge l’API qui, dans ce scénario, ne répond pas",
        "kubectl asks the API which, in this scenario, does not answer",
        "commencer hors du cluster : `hcloud server describe`, sonde publique ; et donner --request-timeout=10s",
        "begin outside the cluster: `hcloud server describe`, a public probe; and give --request-timeout=10s",
    ),
    "P410": Wording(
        "warning",
        "{pod} est un pod précis : s’il est sur le nœud mort, la commande échoue",
        "{pod} is one fixed pod: when it is on the dead node, the command fails",
        "kubectl répond « error dialing backend » ; choisir un pod Ready, par exemple <pod>",
        "kubectl answers “error dialing backend”; choose a Ready pod, for instance <pod>",
    ),
    "P411": Wording(
        "warning",
        "supprimer un Middleware référencé fait répondre 404 aux routes qui le nomment",
        "deleting a Middleware that is in use makes the routes that name it answer 404",
        "le désarmer plutôt : appliquer sa version inerte",
        "disarm it instead: apply its inert version",
    ),
    "P412": Wording(
        "warning",
        "un mot de passe dans une commande se voit dans la liste des processus et dans la main courante",
        "a password in a command is seen in the list of processes and in the timeline",
        "{instead}",
        "{instead}",
    ),
    "P413": Wording(
        "warning",
        "aucune route ne nomme le Middleware « {name} » : l’appliquer ne change rien",
        "no route names the Middleware “{name}”: applying it changes nothing",
        "l’attacher d’avance, sous une forme inerte : {namespace}-{name}@kubernetescrd dans la liste des middlewares",
        "attach it beforehand, in an inert form: {namespace}-{name}@kubernetescrd in the list of middlewares",
    ),
    "P414": Wording(
        "warning",
        "{said} n’existe plus {since}",
        "{said} is gone {since}",
        "écrire {instead}",
        "write {instead}",
    ),
    "P415": Wording(
        "info",
        "sans limite de temps, commandes de ce fichier : {count} (lignes {lines})",
        "no time limit, commands of this file: {count} (lines {lines})",
        "kubectl --request-timeout=10s, `timeout 30 patronictl …`, ou une ligne « Limite : 30 s » sous l’étape ; sinon "
        "tocsin arrête la commande à la limite de ses réglages",
        "kubectl --request-timeout=10s, `timeout 30 patronictl …`, or a line “Time limit: 30 s” below the step; else "
        "tocsin ends the command at the limit of its settings",
    ),
    "P416": Wording(
        "warning",
        "rien ne vérifie l’effet de cette commande : le code 0 n’est pas une preuve",
        "nothing verifies the effect of this command: exit code 0 is no proof",
        "lire ensuite l’état, ou une ligne « Vérifier : `…` affiche « … » » sous l’étape",
        "read the state afterwards, or add a line “Verify: `…` shows “…”” below the step",
    ),
    "P417": Wording(
        "warning",
        "dans ce texte, le tube cache l’échec de ce qui le précède",
        "in this text the pipe hides the failure of what stands before it",
        "un shell rend le code du dernier programme : `bash -c 'set -o pipefail; …'`, ou deux commandes",
        "a shell gives the code of the last program: `bash -c 'set -o pipefail; …'`, or two commands",
    ),
    # P6xx: live, what the cluster, Hetzner and the channels answer
    "P601": Wording(
        "error",
        "Hetzner n’a pas de serveur {name}",
        "Hetzner has no server {name}",
        "connus : {known}",
        "known: {known}",
    ),
    "P602": Wording(
        "error",
        "le cluster n’a pas de namespace {name}",
        "the cluster has no namespace {name}",
        "connus : {known}",
        "known: {known}",
    ),
    "P603": Wording(
        "error",
        "le cluster n’a pas de {kind} {name} dans {namespace}",
        "the cluster has no {kind} {name} in {namespace}",
        "connus : {known}",
        "known: {known}",
    ),
    "P604": Wording(
        "error",
        "le pod {name} n’a pas de conteneur {container}",
        "the pod {name} has no container {container}",
        "connus : {known}",
        "known: {known}",
    ),
    "P605": Wording(
        "error",
        "Hetzner n’a pas de pare-feu {name}",
        "Hetzner has no firewall {name}",
        "connus : {known}",
        "known: {known}",
    ),
    "P606": Wording(
        "error",
        "aucun pod ne porte {selector} dans {namespace}",
        "no pod carries {selector} in {namespace}",
        "la commande ne montrerait rien et se terminerait par 0",
        "the command would show nothing and end with 0",
    ),
    "P607": Wording(
        "error",
        "le cluster ne connaît pas « {kind} »",
        "the cluster does not know “{kind}”",
        "son CRD n’est pas installé, ou le nom est mal écrit",
        "its CRD is not installed, or the name is misspelt",
    ),
    "P608": Wording(
        "error",
        "Patroni n’a pas de membre {name}",
        "Patroni has no member {name}",
        "connus : {known}",
        "known: {known}",
    ),
    "P609": Wording(
        "error",
        "Hetzner n’a pas de répartiteur de charge {name}",
        "Hetzner has no load balancer {name}",
        "connus : {known}",
        "known: {known}",
    ),
    "P610": Wording(
        "error",
        "tocsin n’a pas le droit de faire `{verb}` sur {what}",
        "tocsin may not `{verb}` {what}",
        "`kubectl auth can-i {verb} {what}` répond « no » ; donner ce droit par RBAC",
        "`kubectl auth can-i {verb} {what}` answers “no”; grant it by RBAC",
    ),
    "P611": Wording(
        "error",
        "le cluster refuse {file} : {why}",
        "the cluster refuses {file}: {why}",
        "kubectl apply --dry-run=server -f {file} le dit aussi",
        "kubectl apply --dry-run=server -f {file} says so too",
    ),
    "P612": Wording(
        "error",
        "Hetzner refuse le jeton : {why}",
        "Hetzner refuses the token: {why}",
        "en créer un autre et le donner dans execution.hcloud_token_file",
        "make another and give it in execution.hcloud_token_file",
    ),
    "P620": Wording(
        "error",
        "le moyen « {channel} » de {role} ne répond pas : {why}",
        "the channel “{channel}” of {role} does not answer: {why}",
        "un appel ne partirait pas : vérifier l’adresse et le serveur",
        "a page would not leave: check the address and the server",
    ),
    "P630": Wording(
        "warning",
        "{side} n’a pas répondu : {why}",
        "{side} did not answer: {why}",
        "ce qui en dépend n’a pas été vérifié",
        "what depends on it was not looked at",
    ),
    # P9xx: reading
    "P901": Wording(
        "warning",
        "{path} n’est pas en UTF-8 : lu comme {encoding}",
        "{path} is not UTF-8: read as {encoding}",
        "l’enregistrer en UTF-8",
        "save it as UTF-8",
    ),
    "P902": Wording("error", "{path} n’est pas un texte", "{path} is not a text"),
    "P903": Wording(
        "error",
        "{path} dépasse 2 Mio : il n’a pas été lu",
        "{path} is larger than 2 MiB: it was not read",
    ),
    "P904": Wording("error", "{path} est vide ou absent", "{path} is empty or missing"),
    "P905": Wording(
        "error",
        "cette ligne dépasse {most} caractères : elle n’a pas été lue",
        "this line is longer than {most} characters: it was not read",
    ),
    "P906": Wording(
        "error",
        "{path} n’est pas lu à partir d’ici : plus de {lines} lignes ou de {marks} signes de Markdown",
        "{path} is not read from here on: more than {lines} lines or {marks} signs of Markdown",
        "le partager en plusieurs pages, liées depuis la principale",
        "part it into several pages, linked from the main one",
    ),
}

# What the fields `feature` (P302), `reason` (P301) and `instead` (P110) can say.
PHRASES: dict[str, tuple[str, str]] = {
    "ours-instead": (
        "en attendant, tocsin propose sa propre fiche {name}",
        "until it does, tocsin offers its own runbook {name}",
    ),
    "public-holidays": ("jours fériés", "public holidays"),
    "known": ("connus : {name}", "known: {name}"),
    "none-known": ("il n’y en a aucun", "there is none"),
    "since": ("depuis {version}", "since {version}"),
    "secret-redis": ("le donner par REDISCLI_AUTH", "give it in REDISCLI_AUTH"),
    "secret-curl": (
        "le mettre dans un fichier : `--netrc-file FICHIER`, `-H @FICHIER`",
        "put it into a file: `--netrc-file FILE`, `-H @FILE`",
    ),
    "secret-kubectl": (
        "le mettre dans un fichier : le kubeconfig, `--from-file`",
        "put it into a file: the kubeconfig, `--from-file`",
    ),
    "secret-file": (
        "le mettre dans le fichier du programme (~/.pgpass, --defaults-extra-file)",
        "put it into the program’s own file (~/.pgpass, --defaults-extra-file)",
    ),
    "secret-variable": (
        "la variable doit venir du serveur (execution.environment), pas de la commande",
        "the variable must come from the server (execution.environment), not from the command",
    ),
    "outside": (
        "le lien sort du dossier de la procédure : rien n’y est lu",
        "the link leads out of the procedure’s folder: nothing is read there",
    ),
    "no-contact": (
        "compris : le rôle d’un contact, « l’astreinte », « tout le monde »",
        "understood: the role of a contact, “on call”, “everyone”",
    ),
    "installed": ("selon {tables}, sur cette machine", "says {tables} on this machine"),
    "recorded": ("selon ce qui a été relevé de {tables}", "says what was recorded of {tables}"),
    "for-instance": ("par exemple : {name}", "for instance: {name}"),
    "argument-missing": ("il manque un argument", "an argument is missing"),
    "subcommand-missing": ("il manque une sous-commande", "a subcommand is missing"),
    "flag-missing": ("il manque {word}", "{word} is missing"),
    "no-value": ("la valeur manque", "its value is missing"),
    "bad-value": ("cette valeur ne convient pas", "this value does not fit"),
    "similar": ("vouliez-vous dire {name} ?", "did you mean {name}?"),
    "nothing-there": ("cherché : {path}", "looked for {path}"),
    "variable": ("une variable", "a variable"),
    "substitution": ("le résultat d’une autre commande", "the result of another command"),
    "arithmetic": ("un calcul", "arithmetic"),
    "redirection": ("une redirection", "a redirection"),
    "heredoc": ("un document dans la commande (<<)", "a here-document (<<)"),
    "and-or": ("un enchaînement conditionnel (&& ou ||)", "a conditional chain (&& or ||)"),
    "sequence": ("plusieurs commandes sur une ligne", "several commands on one line"),
    "background": ("l’arrière-plan (&)", "the background (&)"),
    "stderr-pipe": ("le tube |&", "the pipe |&"),
    "loop": ("une boucle", "a loop"),
    "condition": ("une condition", "a condition"),
    "function": ("une fonction", "a function"),
    "group": ("un groupe de commandes", "a group of commands"),
    "negation": ("une négation (!)", "a negation (!)"),
    "assignment": ("une affectation", "an assignment"),
    "test": ("un test ([ ])", "a test ([ ])"),
    "tilde": ("le dossier personnel (~)", "the home folder (~)"),
    "glob": ("un motif de noms de fichiers (*, ?)", "a pattern of file names (*, ?)"),
    "braces": ("des accolades à développer", "braces to expand"),
    "quoting": ("des guillemets propres à bash ($'…')", "quotes that only bash knows ($'…')"),
    "builtin": ("`{word}` n’existe que dans un shell", "`{word}` exists in a shell only"),
    "reserved": ("`{word}` est un mot du shell", "`{word}` is a word of the shell"),
    "shell-text": ("`{word}` en lance un", "`{word}` starts one"),
    "quote": ("un guillemet n’est pas fermé", "a quote is not closed"),
    "incomplete": ("la suite manque ou n’a pas de sens", "what follows is missing or makes no sense"),
    "empty-stage": ("rien avant ou après le tube", "nothing before or after the pipe"),
    "blank": (
        "une espace insécable sépare deux mots : la retaper",
        "a no-break space separates two words: type it again",
    ),
    "too-long": ("elle est trop longue", "it is too long"),
}


def problem(
    code: str,
    source: Source,
    language: Language,
    *,
    severity: Severity | None = None,
    fields: Mapping[str, object] | None = None,
    **more: object,
) -> Problem:
    """Make the problem of that code, its fields named one by one or given together; `severity` replaces the table's."""
    wording = WORDINGS[code]
    sentence, own_hint = (wording.fr, wording.fr_hint) if language == "fr" else (wording.en, wording.en_hint)
    shown = {name: clipped(str(value)) for name, value in {**(fields or {}), **more}.items()}
    return Problem(
        code=code,
        severity=severity or wording.severity,
        source=source,
        message=_spaced(sentence, language).format(**shown),
        hint=_spaced(own_hint, language).format(**shown),
    )


def phrase(key: str, language: Language, **fields: object) -> str:
    """Say one of the small phrases that stand inside a message."""
    french, english = PHRASES[key]
    return _spaced(french if language == "fr" else english, language).format(
        **{k: clipped(str(v)) for k, v in fields.items()}
    )


def clipped(text: str) -> str:
    """Shorten what the procedure says so that a message stays one sentence."""
    return text if len(text) <= LONGEST_FIELD else text[: LONGEST_FIELD - 1] + "…"


def _spaced(sentence: str, language: Language) -> str:
    """French puts a space that does not break before ; : ? ! and inside « »."""
    if language == "en":
        return sentence
    return re.sub(r" (?=[:;?!»])|(?<=«) ", "\u00a0", sentence)
