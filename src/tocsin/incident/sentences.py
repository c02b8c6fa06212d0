"""
An event as one sentence, French and English; a refusal too.

Plain text for the page, the CLI, the post-mortem and mails. Nothing here escapes: whoever shows a sentence does. The
surprise: a sentence never repeats who wanted it, `because_words` says that beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tocsin.incident import events as e
from tocsin.incident.alert import Tie
from tocsin.incident.refused import Refused
from tocsin.incident.ties import explained, tie_words
from tocsin.incident.watch_sentences import maintenance_sentence, watch_sentence
from tocsin.lexicon import Language, say

_EXCERPT = 140


def sentence(event: e.Event, language: Language) -> str:
    """The event in one line of that language."""
    french = language == "fr"
    match event:
        case e.IncidentOpened():
            what = f"{len(event.alerts)} {_plural('alerte' if french else 'alert', len(event.alerts))}"
            if event.report:
                what = "signalement" if french else "a person's report"
            said = f"Incident ouvert : {event.title}" if french else f"Incident opened: {event.title}"
            return f"{said} ({_and_why(what, event.ties, event.came_from, language)})"
        case e.AlertsJoined():
            names = _names(alert.name for alert in event.alerts)
            why = _and_why("", event.ties, event.came_from, language)
            return f"{'Alertes jointes : ' if french else 'Alerts joined: '}{names}{f' ({why})' if why else ''}"
        case e.AlertsLeft() | e.Merged() | e.FlappingNoticed() | e.FlappingEnded():
            return _regrouped(event, language)
        case e.AlertsCleared() | e.EndUnproved():
            return _over(event, language)
        case e.ReportBacked():
            return (
                f"Une sonde est d'accord : {event.alert} (incident {event.incident})"
                if french
                else f"A probe agrees: {event.alert} (incident {event.incident})"
            )
        case e.ClearingDoubted():
            count = len(event.episodes)
            return (
                f"{count} {_plural('alerte levée', count)} pendant que la supervision était aveugle : on n'y croit pas"
                if french
                else f"{count} {_plural('alert', count)} resolved while monitoring was blind: not believed"
            )
        case e.MaintenanceLeft():
            return (
                "La maintenance n'explique plus ces alertes : l'incident est traité comme les autres"
                if french
                else "Maintenance no longer explains these alerts: handled like any other incident"
            )
        case e.PriorityAssigned() | e.PriorityChanged() | e.TriageConfirmed():
            return _triage(event, language)
        case e.PageRequested() | e.PageSent() | e.PageFailed() | e.NobodyReachable() | e.ResponseTimeBreached():
            return _escalation(event, language)
        case e.Acknowledged():
            return "Pris en charge" if french else "Acknowledged"
        case (
            e.SnapshotRequested()
            | e.SnapshotTaken()
            | e.SnapshotFailed()
            | e.CheckRequested()
            | e.CheckFinished()
            | e.RunbookProposed()
        ):
            return _diagnosis(event, language)
        case e.StepApproved() | e.StepStarted() | e.StepFinished() | e.StepOutcomeUnknown() | e.StepOutcomeTold():
            return _steps(event, language)
        case e.StepMarked():
            done = (
                ("faite à la main" if event.done else "passée")
                if french
                else ("done by hand" if event.done else "skipped")
            )
            return f"{'Étape' if french else 'Step'} {event.step} {done}{_after_colon(event.note, language)}"
        case e.LineProved() | e.PreflightTaken() | e.DriftSeen() | e.DriftEnded():
            return _proof(event, language)
        case (
            e.ProcedureAdopted()
            | e.TopologySeen()
            | e.BodyRefused()
            | e.DiskLow()
            | e.DiskRecovered()
            | e.LedgerTaken()
        ):
            return _house(event, language)
        case (
            e.HeartbeatExpected()
            | e.HeartbeatMissing()
            | e.HeartbeatReturned()
            | e.HeartbeatForgotten()
            | e.SpoolUsed()
            | e.SpoolEmptied()
            | e.SourceUnreachable()
            | e.SourceReachable()
            | e.OutsideCheckFailed()
            | e.OutsideCheckReached()
        ):
            return watch_sentence(event, language)
        case e.MaintenancePlanned() | e.MaintenanceStarted() | e.MaintenanceEnded():
            return maintenance_sentence(event, language)
        case _:
            return _by_people(event, language)


def _over(event: e.AlertsCleared | e.EndUnproved, language: Language) -> str:
    french, count = language == "fr", len(event.episodes)
    alerts = f"{count} {_plural('alerte' if french else 'alert', count)}"
    if isinstance(event, e.EndUnproved):
        return (
            f"{alerts} « résolue » sans rétablissement ({event.why}) : rien n'est levé"
            if french
            else f"{alerts} “resolved” without a recovery ({event.why}): still counted as active"
        )
    if event.silent:
        return (
            f"{count} {_plural('alerte levée', count)} par le silence de l'émetteur"
            if french
            else f"{alerts} cleared: not heard of again"
        )
    return f"{count} {_plural('alerte levée', count)}" if french else f"{alerts} cleared"


def because_words(because: e.Because, language: Language) -> str:
    """Who or which line wanted it: "Alice, incidents.md:12"; "tocsin" when it is nobody's."""
    return ", ".join(part for part in (because.person, because.source, because.line) if part) or "tocsin"


def spoken(span: timedelta, language: Language) -> str:
    """A span of time as people say it: "15 min", "2 h", "1 h 30"."""
    minutes = round(span.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min" if minutes else f"{span.total_seconds():.0f} s"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def refusal(refused: Refused, language: Language) -> str:
    """Why not, as one sentence."""
    french, english = _REFUSALS.get(refused.code, (refused.code, refused.code))
    text = french if language == "fr" else english
    for name, value in refused.values.items():
        text = text.replace("{" + name + "}", _value(name, value, language))
    return text


_REFUSALS: dict[str, tuple[str, str]] = {
    "no_such_move": ("Impossible : l'incident est {status}.", "Not possible: the incident is {status}."),
    "not_open": ("L'incident est déjà {status}.", "The incident is already {status}."),
    "already_acknowledged": ("Déjà pris en charge par {by} à {at}.", "Already acknowledged by {by} at {at}."),
    "reason_needed": ("Il faut une raison.", "A reason is needed."),
    "same_priority": ("La priorité est déjà {priority}.", "The priority is {priority} already."),
    "no_such_scenario": ("La procédure n'a pas de scénario {scenario}.", "The procedure has no scenario {scenario}."),
    "no_such_step": ("La procédure n'a pas d'étape {step}.", "The procedure has no step {step}."),
    "step_has_error": ("Cette étape a une erreur ({code}) : {message}", "This step has an error ({code}): {message}"),
    "needs_values": ("Il manque des valeurs : {values}.", "Values are missing: {values}."),
    "bad_value": ("La valeur de <{name}> ne convient pas : {why}.", "The value of <{name}> will not do: {why}."),
    "command_changed": (
        "Ce n'est plus la commande qui était à l'écran : relisez-la.",
        "This is no longer the command that was on the screen: read it again.",
    ),
    "already_running": ("Cette commande est en cours.", "This command is running."),
    "outcome_unknown_first": (
        "L'issue de la dernière exécution est inconnue : dites d'abord comment elle a fini.",
        "The last run's outcome is unknown: first tell how it ended.",
    ),
    "needs_approval": (
        "Il faut d'abord valider exactement cette commande (risque {risk}).",
        "Exactly this command must be approved first (risk {risk}).",
    ),
    "needs_two_people": (
        "Risque de perte : une autre personne que {by} doit valider, ou brisez la glace avec une raison.",
        "It may lose data: somebody other than {by} must approve, or break the glass with a reason.",
    ),
    "nothing_to_tell": ("Aucune issue n'est attendue pour {run}.", "No outcome is awaited for {run}."),
    "empty_command": ("La commande est vide.", "The command is empty."),
    "empty_note": ("La note est vide.", "The note is empty."),
    "run_unfinished": (
        "Une étape est en cours ou son issue est inconnue.",
        "A step is running or its outcome is unknown.",
    ),
    "postmortem_missing": (
        "Un {priority} ne se clôt pas sans post-mortem ({line}).",
        "A {priority} is not closed without a post-mortem ({line}).",
    ),
    "no_such_window": ("Il n'y a pas de maintenance {window}.", "There is no maintenance {window}."),
    "window_over": ("Cette maintenance est déjà terminée.", "This maintenance is over already."),
    "window_of_procedure": (
        "Cette maintenance est écrite dans la procédure ({line}) : c'est là qu'elle se change.",
        "This maintenance is written in the procedure ({line}): change it there.",
    ),
    "window_backwards": ("La maintenance finit avant de commencer.", "The maintenance ends before it begins."),
    "window_too_long": (
        "Une maintenance dure {most} au plus : elle finit toujours.",
        "A maintenance lasts {most} at most: it always ends.",
    ),
    "bad_matchers": (
        "Ce ne sont pas des filtres comme ceux d'Alertmanager : {matchers}",
        "These are no matchers as Alertmanager writes them: {matchers}",
    ),
    "title_needed": ("Il faut un titre.", "A title is needed."),
    "no_such_heartbeat": ("Aucun battement {name} n'est attendu.", "No heartbeat {name} is expected."),
    "same_incident": ("C'est le même incident.", "It is the same incident."),
    "other_not_open": (
        "L'incident {other} n'existe pas ou n'est plus ouvert.",
        "Incident {other} does not exist or is no longer open.",
    ),
    "other_world": (
        "L'un est un exercice, l'autre non : ils ne se mêlent jamais.",
        "One of them is a drill and the other is not: they never mix.",
    ),
    "no_such_alerts": ("L'incident ne tient pas ces alertes.", "The incident does not hold these alerts."),
    "nothing_left": (
        "Il ne resterait aucune alerte : fusionnez plutôt l'incident entier.",
        "No alert would be left: merge the whole incident instead.",
    ),
    "not_resolved": ("L'incident n'est pas encore résolu.", "The incident is not resolved yet."),
}


def _value(name: str, value: object, language: Language) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M} UTC"
    if name in ("status", "move"):
        return say(str(value), language) if name == "status" else str(value)
    if name == "risk":
        return f"{value} {say(str(value), language)}"
    return str(value)


def _and_why(what: str, ties: tuple[Tie, ...], came_from: int, language: Language) -> str:
    """What, how many of them are explained by what, and which incident they come from."""
    of = "de l'incident" if language == "fr" else "from incident"
    origin = f"{of} {came_from}" if came_from else ""
    return ", ".join(part for part in (what, explained(ties, language), origin) if part)


def _regrouped(event: e.AlertsLeft | e.Merged | e.FlappingNoticed | e.FlappingEnded, language: Language) -> str:
    french = language == "fr"
    match event:
        case e.AlertsLeft():
            count = len(event.alerts)
            why = _LEFT.get(event.reason, ("", ""))[0 if french else 1]
            what = f"{count} {_plural('alerte', count)}" if french else f"{count} {_plural('alert', count)}"
            where = f"vers l'incident {event.to}" if french else f"to incident {event.to}"
            return f"{what} {where}{f', {why}' if why else ''}{_after_colon(event.note, language)}"
        case e.Merged():
            why = event.note or tie_words(event.tie, language)
            said = f"Fusionné avec l'incident {event.into}" if french else f"Merged into incident {event.into}"
            return f"{said}{_after_colon(why, language)}"
        case e.FlappingNoticed():
            return (
                f"Instable : {event.alert} s'est levée {event.cycles} fois en une demi-heure, les appels s'arrêtent"
                if french
                else f"Unstable: {event.alert} ended {event.cycles} times within half an hour, the calls stop"
            )
        case _:
            return "N'est plus instable : les appels reprennent" if french else "No longer unstable: calls begin again"


_LEFT: dict[e.LeftReason, tuple[str, str]] = {
    "explained": ("qui les explique", "which explains them"),
    "promoted": ("elles durent après sa fin", "they outlive this one"),
    "moved": ("déplacées à la main", "moved by hand"),
    "split": ("séparées à la main", "split by hand"),
}


def _triage(event: e.PriorityAssigned | e.PriorityChanged | e.TriageConfirmed, language: Language) -> str:
    french = language == "fr"
    match event:
        case e.PriorityAssigned():
            within = spoken(event.respond_within, language)
            mark = "" if event.classified else (", non classé" if french else ", not classified")
            return (
                f"Priorité {event.priority}, à prendre en {within}{mark}"
                if french
                else f"Priority {event.priority}, to be taken within {within}{mark}"
            )
        case e.PriorityChanged():
            moved = f"{event.before} → {event.priority}"
            return f"Priorité {moved} : {event.reason}" if french else f"Priority {moved}: {event.reason}"
        case _:
            picked = f" ({event.scenario})" if event.scenario else ""
            return f"Qualification confirmée{picked}" if french else f"Triage confirmed{picked}"


def _escalation(
    event: e.PageRequested | e.PageSent | e.PageFailed | e.NobodyReachable | e.ResponseTimeBreached, language: Language
) -> str:
    french = language == "fr"
    match event:
        case e.PageRequested():
            kind = say(event.kind, language).capitalize()
            to = f"{event.contact} ({event.channel})"
            why = _FALLBACKS.get(event.fallback, ("", ""))[0 if french else 1]
            reason = _REASONS.get(event.reason, ("", ""))[0 if french else 1]
            tail = "".join(f", {part}" for part in (reason, why) if part)
            return f"{kind} à {to}{tail}" if french else f"{kind} to {to}{tail}"
        case e.PageSent():
            again = (" (rappel après une coupure)" if french else " (sent again after a break)") if event.again else ""
            return (
                f"Remis : {event.to or event.page_id}{again}"
                if french
                else f"Handed over: {event.to or event.page_id}{again}"
            )
        case e.PageFailed():
            return (
                f"Non remis : {event.to or event.page_id} : {event.why}"
                if french
                else f"Not delivered: {event.to or event.page_id}: {event.why}"
            )
        case e.NobodyReachable():
            why = _FALLBACKS.get(event.why, (event.why, event.why))[0 if french else 1]
            return (
                f"Personne à joindre à l'échelon {event.rung} : {why}"
                if french
                else f"Level {event.rung} reaches nobody: {why}"
            )
        case _:
            return "Temps de réponse dépassé" if french else "Response time exceeded"


_FALLBACKS = {
    "nobody_available": (
        "personne de l'équipe n'est joignable à cette heure",
        "nobody in the team is reachable at this hour",
    ),
    "no_address": ("aucun contact n'a d'adresse", "no contact has an address"),
}
_REASONS = {
    "raised": ("priorité relevée", "priority raised"),
    "breach": ("temps de réponse dépassé", "response time exceeded"),
    "cleared": ("tout est calme, à confirmer", "all is quiet, please confirm"),
    "outcome_unknown": ("une étape a une issue inconnue", "a step's outcome is unknown"),
    "break_glass": ("glace brisée : une commande à risque de perte", "glass broken: a command that may lose data"),
    "silence": (
        "toujours dessus ? aucune ligne depuis un quart d'heure",
        "still on it? no line for a quarter of an hour",
    ),
}


def _diagnosis(
    event: e.SnapshotRequested
    | e.SnapshotTaken
    | e.SnapshotFailed
    | e.CheckRequested
    | e.CheckFinished
    | e.RunbookProposed,
    language: Language,
) -> str:
    french = language == "fr"
    match event:
        case e.SnapshotRequested():
            return "Instantané du cluster demandé" if french else "Snapshot of the cluster requested"
        case e.SnapshotTaken():
            seen = f"{event.nodes_ready}/{event.nodes} {'nœuds' if french else 'nodes'}, {event.pods_ready}/{event.pods} pods"
            return f"Instantané : {seen} prêts" if french else f"Snapshot: {seen} ready"
        case e.SnapshotFailed():
            return f"Pas d'instantané : {event.why}" if french else f"No snapshot: {event.why}"
        case e.CheckRequested():
            return f"Triage : {event.text}" if french else f"Triage: {event.text}"
        case e.CheckFinished():
            ended = event.why or _exit(event.exit_code, language)
            return (
                f"Triage : réponse de {event.text or event.check_id}, {ended}"
                if french
                else f"Triage: {event.text or event.check_id} answered, {ended}"
            )
        case _:
            parts = [event.scenario, event.runbook]
            ours = (" (fiche de tocsin)" if french else " (tocsin's own)") if event.ours else ""
            named = ", ".join(part for part in parts if part)
            return f"Proposé : {named}{ours}" if french else f"Proposed: {named}{ours}"


def _steps(
    event: e.StepApproved | e.StepStarted | e.StepFinished | e.StepOutcomeUnknown | e.StepOutcomeTold,
    language: Language,
) -> str:
    french = language == "fr"
    match event:
        case e.StepApproved():
            glass = ""
            if event.break_glass:
                glass = f", glace brisée : {event.break_glass}" if french else f", glass broken: {event.break_glass}"
            risk = f"{event.risk} {say(event.risk, language)}"
            return f"Validé ({risk}) : {event.text}{glass}" if french else f"Approved ({risk}): {event.text}{glass}"
        case e.StepStarted():
            return f"Lancé : {event.text}" if french else f"Started: {event.text}"
        case e.StepFinished():
            ended = event.why or _exit(event.exit_code, language)
            first = _first_line(event.excerpt)
            return (
                f"Terminé, {ended}{_after_colon(first, language)}"
                if french
                else f"Finished, {ended}{_after_colon(first, language)}"
            )
        case e.StepOutcomeUnknown():
            return (
                f"Issue inconnue de {event.run_id} : {event.why}"
                if french
                else f"Outcome of {event.run_id} unknown: {event.why}"
            )
        case _:
            told = ("fait" if event.done else "pas fait") if french else ("done" if event.done else "not done")
            return f"{event.run_id} : {told}{_after_colon(event.note, language)}"


def _by_people(
    event: e.NoteAdded
    | e.EvidencePasted
    | e.ResolutionSuggested
    | e.Mitigated
    | e.Resolved
    | e.Reopened
    | e.Cancelled
    | e.Closed
    | e.PostmortemRequired
    | e.PostmortemSaved,
    language: Language,
) -> str:
    french = language == "fr"
    match event:
        case e.NoteAdded():
            return event.text
        case e.EvidencePasted():
            return f"Preuve apportée : {event.title}" if french else f"Evidence brought: {event.title}"
        case e.ResolutionSuggested():
            return "Tout est calme : est-ce résolu ?" if french else "All is quiet: is it resolved?"
        case e.Mitigated():
            return f"{'Atténué' if french else 'Mitigated'}{_after_colon(event.note, language)}"
        case e.Resolved():
            return f"{'Résolu' if french else 'Resolved'}{_after_colon(event.note, language)}"
        case e.Reopened():
            return f"Rouvert : {event.reason}" if french else f"Reopened: {event.reason}"
        case e.Cancelled():
            return f"Annulé : {event.reason}" if french else f"Cancelled: {event.reason}"
        case e.Closed():
            return f"{'Clos' if french else 'Closed'}{_after_colon(event.note, language)}"
        case e.PostmortemRequired():
            return "Post-mortem à rédiger" if french else "A post-mortem is to be written"
        case _:
            return "Post-mortem enregistré" if french else "Post-mortem saved"


def _house(
    event: e.ProcedureAdopted | e.TopologySeen | e.BodyRefused | e.DiskLow | e.DiskRecovered | e.LedgerTaken,
    language: Language,
) -> str:
    french = language == "fr"
    match event:
        case e.ProcedureAdopted():
            text = f"{event.fingerprint[:12]}, {event.errors} {'erreurs' if french else 'errors'}"
            return f"Procédure en vigueur : {text}" if french else f"Procedure in force: {text}"
        case e.TopologySeen():
            seen = f"{len(event.nodes)} {'nœuds' if french else 'nodes'}, {event.pods} pods"
            return f"Places du cluster retenues : {seen}" if french else f"The cluster's places kept: {seen}"
        case e.BodyRefused():
            return (
                f"Corps refusé de {event.source} : {event.why}"
                if french
                else f"Body refused from {event.source}: {event.why}"
            )
        case e.DiskLow():
            left = f"{event.free_bytes // 2**20} MiB"
            return f"Le disque se remplit : {left} libres" if french else f"The disk is filling up: {left} left"
        case e.DiskRecovered():
            return "Le disque a de nouveau de la place" if french else "The disk has room again"
        case _:
            return f"Registre : {len(event.heads)} têtes" if french else f"Ledger: {len(event.heads)} heads"


_RUNGS: dict[e.ProofKind, tuple[str, str]] = {
    "read": ("lue", "read"),
    "bound": ("liée", "bound"),
    "checked": ("contrôlée", "checked"),
    "permitted": ("permise", "permitted"),
    "rehearsed": ("répétée", "rehearsed"),
    "ran": ("exécutée pour de vrai", "ran for real"),
}


def _proof(event: e.ProofEvent, language: Language) -> str:
    french = language == "fr"
    match event:
        case e.LineProved():
            rung = _RUNGS[event.kind][0 if french else 1]
            failed = "" if event.held else (" : échec" if french else ": failed")
            return f"{rung.capitalize()}{failed} · {event.text}{_after_colon(event.detail or event.code, language)}"
        case e.PreflightTaken():
            asked = ", ".join(event.answered) or "–"
            told = (
                f"Contrôle avant vol : {event.held} tenues, {event.failed} en échec ({asked})"
                if french
                else f"Preflight: {event.held} held, {event.failed} failed ({asked})"
            )
            mute = ", ".join(event.silent)
            return told + (f" ; sans réponse : {mute}" if french else f"; no answer: {mute}") if mute else told
        case e.DriftSeen():
            what = "; ".join(event.what)
            return f"Ce qui tenait ne tient plus : {what}" if french else f"What held no longer holds: {what}"
        case e.DriftEnded():
            return "Tout ce qui avait dérivé tient de nouveau" if french else "All that had drifted holds again"


def _exit(code: int | None, language: Language) -> str:
    return f"code {code}" if language == "fr" else f"exit code {code}"


def _first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0][:_EXCERPT] if lines else ""


def _after_colon(text: str, language: Language) -> str:
    if not text:
        return ""
    return f" : {text}" if language == "fr" else f": {text}"


def _plural(word: str, count: int) -> str:
    return word if count < 2 else " ".join(f"{part}s" for part in word.split())


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    shown = ", ".join(listed[:5])
    return shown if len(listed) <= 5 else f"{shown} … ({len(listed)})"
