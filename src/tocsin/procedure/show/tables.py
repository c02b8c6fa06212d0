"""The tables of a procedure: priorities, alerts, contacts, ladders, rota, maintenance, obligations, parameters."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.incident.events import Priority
from tocsin.lexicon import Language
from tocsin.procedure.durations import spelled
from tocsin.procedure.matchers import spelled as matchers_spelled
from tocsin.procedure.model import AlertRule, LadderRung, Matcher, Parameter, PriorityRule, Procedure, Shift
from tocsin.procedure.parameters import KINDS
from tocsin.procedure.read.who import people_in
from tocsin.procedure.show.marks import cell, code, table

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_HEADS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "priorities": (
        ("Niveau", "Description", "Temps de réponse", "Exemples"),
        ("Level", "Description", "Response time", "Examples"),
    ),
    "alerts": (
        ("Alerte", "Condition", "Priorité", "Montée à", "Scénario", "Fiche", "Raison"),
        ("Alert", "Condition", "Priority", "Raised to", "Scenario", "Runbook", "Reason"),
    ),
    "contacts": (("Rôle", "Contact", "Disponibilité"), ("Role", "Contact", "Availability")),
    "ladders": (("Priorité", "Après", "Appeler"), ("Priority", "After", "Call")),
    "rota": (
        ("Du", "Au", "Jours", "Heures", "Semaine", "Zone", "Astreinte"),
        ("From", "To", "Days", "Hours", "Week", "Zone", "On call"),
    ),
    "maintenance": (("Travaux", "Du", "Au", "Alertes"), ("Work", "From", "To", "Alerts")),
    "obligations": (
        ("Régime", "Destinataire", "Échéance", "À compter de", "Condition"),
        ("Regime", "Recipient", "Deadline", "Counted from", "Condition"),
    ),
    "parameters": (("Paramètre", "Type"), ("Parameter", "Type")),
}


def table_of(name: str, procedure: Procedure) -> list[str]:
    """The lines of one table, none when the procedure says nothing of it."""
    rows = {
        "priorities": _priorities,
        "alerts": _alerts,
        "contacts": _contacts,
        "ladders": _ladders,
        "rota": _rota,
        "maintenance": _maintenance,
        "obligations": _obligations,
        "parameters": _parameters,
    }
    return table(_HEADS[name][_index(procedure.language)], rows[name](procedure))


def _index(language: Language) -> int:
    return 0 if language == "fr" else 1


def _say(procedure: Procedure, french: str, english: str) -> str:
    return french if procedure.language == "fr" else english


def _priorities(procedure: Procedure) -> Iterator[list[str]]:
    for rule in procedure.priorities:
        examples = ", ".join(rule.examples)
        yield [_level(rule), cell(rule.description), spelled(rule.respond_within), cell(examples)]


def _level(rule: PriorityRule) -> str:
    return rule.priority if rule.name == rule.priority else cell(f"{rule.priority} - {rule.name}")


def _alerts(procedure: Procedure) -> Iterator[list[str]]:
    for rule in procedure.alerts:
        scenario = f"[{rule.scenario}](#{rule.scenario})" if rule.scenario else ""
        said = [_what(rule, procedure), rule.raised or "", scenario, rule.runbook, cell(rule.reason)]
        yield [alert_cell(rule.matchers), cell(rule.condition), *said]


def alert_cell(matchers: tuple[Matcher, ...]) -> str:
    """The alert of a row: its name or its matchers, as code."""
    return code(matchers_spelled(matchers))


def _what(rule: AlertRule, procedure: Procedure) -> str:
    if rule.heartbeat:
        return _say(procedure, "signe de vie", "heartbeat")
    return _say(procedure, "ignorée", "ignored") if rule.ignored else rule.priority or ""


def _contacts(procedure: Procedure) -> Iterator[list[str]]:
    for contact in procedure.contacts:
        yield [cell(contact.role), cell(contact.address), cell(contact.availability.text)]


def _ladders(procedure: Procedure) -> Iterator[list[str]]:
    for rule in procedure.ladders:
        for rung in rule.rungs:
            yield [rule.priority, spelled(rung.after) if rung.after else "0", _who(rung, procedure)]
        if rule.again is not None:
            yield _again(rule.priority, spelled(rule.again), procedure)


def _again(priority: Priority, each: str, procedure: Procedure) -> list[str]:
    return [
        priority,
        _say(procedure, f"toutes les {each}", f"every {each}"),
        _say(procedure, "tout le monde", "everyone"),
    ]


def _who(rung: LadderRung, procedure: Procedure) -> str:
    """Roles where they read back, else slugs."""
    contacts = [contact for slug in rung.contacts if (contact := procedure.contact(slug))]
    more = [_say(procedure, "astreinte", "on call")] if rung.on_call else []
    more += [_say(procedure, "tout le monde", "everyone")] if rung.everyone else []
    by_role = ", ".join([*more, *(contact.role for contact in contacts)])
    reads_back = people_in(by_role, procedure.contacts).contacts == rung.contacts
    names = cell(by_role) if reads_back else ", ".join([*more, *rung.contacts])
    return f"{names} ({_say(procedure, 'avis', 'notice')})" if rung.notice else names


def _rota(procedure: Procedure) -> Iterator[list[str]]:
    for shift in procedure.rota:
        yield [*_when(shift, procedure), shift.timezone, shift.contact]


def _when(shift: Shift, procedure: Procedure) -> list[str]:
    if shift.begins:
        return [shift.begins.replace("T", " "), shift.ends.replace("T", " "), "", "", ""]
    days = ", ".join(_DAYS[procedure.language][day] for day in shift.weekdays)
    hours = "" if shift.opens == shift.closes else f"{shift.opens}-{shift.closes}"
    weeks = {"": "", "even": _say(procedure, "paire", "even"), "odd": _say(procedure, "impaire", "odd")}
    return ["", "", days, hours, weeks[shift.weeks]]


def _maintenance(procedure: Procedure) -> Iterator[list[str]]:
    for rule in procedure.maintenance:
        alerts = alert_cell(rule.matchers) if rule.matchers else _say(procedure, "toutes", "all")
        yield [cell(rule.title), f"{rule.begins:%Y-%m-%d %H:%M} UTC", f"{rule.ends:%Y-%m-%d %H:%M} UTC", alerts]


def _obligations(procedure: Procedure) -> Iterator[list[str]]:
    for one in procedure.obligations:
        within = spelled(one.within) if one.within else ""
        yield [cell(one.regime), cell(one.recipient), within, cell(one.counted_from), cell(one.condition)]


def _parameters(procedure: Procedure) -> Iterator[list[str]]:
    for one in procedure.parameters:
        yield [f"`<{one.name}>`", _kind(one, procedure)]


def _kind(one: Parameter, procedure: Procedure) -> str:
    if one.kind == "choice":
        return cell(_say(procedure, "choix : ", "choice: ") + ", ".join(one.choices))
    words = KINDS[one.kind]
    return words[0] if procedure.language == "en" else words[1] if one.kind not in ("ip", "cidr") else words[0]


def triggers_of(rules: tuple[AlertRule, ...]) -> str:
    """Triggers on one line, each in a code span."""
    return ", ".join(f"`{matchers_spelled(rule.matchers)}`" for rule in rules)
