"""
What the house says of its own watch and of maintenance, as sentences: French and English.

Beside `incident.sentences`, which shows every event and asks here for these. The surprise: instants are told in UTC,
because the house has no reader whose zone it could take.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.incident import events as e
from tocsin.lexicon import Language


def watch_sentence(event: e.WatchEvent, language: Language) -> str:
    """One line of house/watch."""
    french, english = _watch(event)
    return french if language == "fr" else english


def maintenance_sentence(event: e.MaintenanceEvent, language: Language) -> str:
    """One line of house/maintenance."""
    french, english = _maintenance(event)
    return french if language == "fr" else english


def _watch(event: e.WatchEvent) -> tuple[str, str]:
    match event:
        case e.HeartbeatExpected(name=name, source=source):
            return f"Battement attendu : {name} ({source})", f"Heartbeat expected: {name} ({source})"
        case e.HeartbeatMissing(name=name, last_at=at):
            return (
                f"Supervision aveugle : plus de battement {name} depuis {_at(at)}",
                f"Monitoring is blind: no heartbeat {name} since {_at(at)}",
            )
        case e.HeartbeatReturned(name=name, silent_since=since):
            return (
                f"Le battement {name} est revenu (silence depuis {_at(since)})",
                f"The heartbeat {name} is back (silent since {_at(since)})",
            )
        case e.HeartbeatForgotten(name=name):
            return f"Battement oublié : {name} n'est plus attendu", f"Heartbeat forgotten: {name} is no longer expected"
        case e.SpoolUsed(since=since, why=why):
            return (
                f"Base indisponible depuis {_at(since)}, messages gardés dans le tampon : {why}",
                f"The database could not take bodies since {_at(since)}, the spool kept them: {why}",
            )
        case e.SpoolEmptied(bodies=bodies):
            return (
                f"Tampon vidé dans la base, dans l'ordre : {bodies} messages",
                f"The spool is emptied into the database, in order: {bodies} bodies",
            )
        case e.SourceUnreachable(source=source, since=since, why=why):
            return (
                f"La liste d'alertes de {source} est illisible depuis {_at(since)} : {why}",
                f"The list of alerts of {source} cannot be read since {_at(since)}: {why}",
            )
        case e.SourceReachable(source=source):
            return f"La liste d'alertes de {source} se lit à nouveau", f"The list of alerts of {source} is read again"
        case e.OutsideCheckFailed(since=since, why=why):
            return (
                f"Le contrôle extérieur ne reçoit plus notre signe de vie depuis {_at(since)} : {why}",
                f"The outside check has not taken our sign of life since {_at(since)}: {why}",
            )
        case e.OutsideCheckReached():
            return "Le contrôle extérieur reçoit à nouveau notre signe de vie", "The outside check is reached again"


def _maintenance(event: e.MaintenanceEvent) -> tuple[str, str]:
    match event:
        case e.MaintenancePlanned():
            span = f"{_at(event.begins)} – {_at(event.ends)}"
            return (
                f"Maintenance prévue : {event.title}, {span}, {event.matchers}",
                f"Maintenance planned: {event.title}, {span}, {event.matchers}",
            )
        case e.MaintenanceStarted():
            return (
                f"Maintenance commencée : {event.title}, jusqu'au {_at(event.ends)}",
                f"Maintenance started: {event.title}, until {_at(event.ends)}",
            )
        case e.MaintenanceEnded():
            return f"Maintenance terminée : {event.title}", f"Maintenance ended: {event.title}"


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
