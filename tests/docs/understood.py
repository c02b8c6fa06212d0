"""
What the real reader understood of an example, in the notation of docs/*/procedure-language.md.

One line for each thing, its parts indented below. The first word says its kind, so that a page can show some kinds and
leave the others out.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from re import findall, match

from tocsin.edge.procedure_files import shipped_catalogue, shipped_runbooks
from tocsin.incident.alert import Alert
from tocsin.procedure.durations import spelled
from tocsin.procedure.matchers import spelled as spelled_matchers
from tocsin.procedure.model import (
    AlertRule,
    Command,
    Contact,
    LadderRule,
    Obligation,
    Procedure,
    Runbook,
    Scenario,
    Shift,
    Step,
    Verification,
)
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of
from tocsin.triage.catalogue import read_catalogue
from tocsin.triage.classify import classify
from tocsin.world import World

# An example shows one section: that the others are missing is no news.
OF_FRAGMENTS = frozenset({"P101", "P102", "P108", "P205"})
FRENCH = {
    "within": "sous",
    "examples": "exemples",
    "missing": "absente",
    "ours": "celle de tocsin",
    "supplier": "fournisseur",
    "to fill in": "à remplir",
    "business hours": "heures ouvrées",
    "for": "pour",
    "error": "erreur",
    "warning": "avertissement",
    "info": "information",
    "problem": "problème",
    "scenario": "scénario",
    "alert": "alerte",
    "not classified": "non classée",
    "rule": "règle",
    "heartbeat": "signe de vie",
    "ignored": "ignorée",
    "trigger": "déclencheur",
    "limit": "limite",
    "before": "avant",
    "verify": "vérifier",
    "undo": "annuler",
    "not run": "non exécuté",
    "shows": "affiche",
    "lacks": "sans",
    "in": "en",
    "parameter": "paramètre",
    "zone": "fuseau",
    "ladder": "escalade",
    "at once": "tout de suite",
    "on call": "astreinte",
    "everyone": "tous",
    "notice": "avis",
    "every": "toutes les",
    "shift": "garde",
    "even weeks": "semaines paires",
    "odd weeks": "semaines impaires",
    "days": "jours",
    "window": "travaux",
    "all alerts": "toutes les alertes",
    "obligation": "obligation",
    "from": "à compter de",
}
KINDS = (
    "scenario", "runbook", "contact", "triage", "postmortem", "problem", "alert",
    "rule", "parameter", "zone", "ladder", "shift", "window", "obligation",
)  # fmt: skip


class Notation:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.words = FRENCH if language == "fr" else {}

    def __call__(self, word: str) -> str:
        return self.words.get(word, word)

    def kind(self, line: str) -> str:
        """What a line that is not indented speaks of."""
        first = line.split(" ", 1)[0]
        return "priority" if match(r"P[1-4]$", first) else next(kind for kind in KINDS if self(kind) == first)


def read(example: str, path: str = "incidents.md") -> Procedure:
    """Read an example as if it were a procedure alone in its folder."""
    return read_procedure({path: text_of(path, example.encode())}, path, shipped_runbooks())


def understood(procedure: Procedure, say: Notation) -> dict[str, list[str]]:
    """The lines by kind."""
    return {
        "priority": [
            f"{rule.priority} {rule.name} {say('within')} {spelled(rule.respond_within)}; "
            f"{say('examples')}: {' | '.join(rule.examples)}"
            for rule in procedure.priorities
        ],
        "triage": [f"triage {_command(command)}" for command in procedure.triage],
        "runbook": [_runbook(runbook, say) for runbook in procedure.runbooks],
        "scenario": [
            line
            for one in procedure.scenarios
            for line in (f"{say('scenario')} {_scenario(one, say)}", *_notes(one.notes, 1), *_steps(one.steps, say))
        ],
        "postmortem": [f"postmortem {' '.join(rule.priorities)}: {' | '.join(rule.sections)}"]
        if (rule := procedure.postmortem)
        else [],
        "contact": [_contact(contact, say) for contact in procedure.contacts],
        "rule": [f"{say('rule')} {_rule(rule, say)}" for rule in procedure.alerts],
        "parameter": [
            f"{say('parameter')} {' '.join([f'{one.name}: {one.kind}', *one.choices])}" for one in procedure.parameters
        ],
        "zone": [f"{say('zone')} {procedure.timezone}"],
        "ladder": [_ladder(rule, say) for rule in procedure.ladders],
        "shift": [_shift(one, say) for one in procedure.rota],
        "window": [
            f"{say('window')} {one.title}: {one.begins:%Y-%m-%dT%H:%MZ} {one.ends:%Y-%m-%dT%H:%MZ}, "
            f"{spelled_matchers(one.matchers) or say('all alerts')}"
            for one in procedure.maintenance
        ],
        "obligation": [_obligation(one, say) for one in procedure.obligations],
        "problem": [
            f"{say('problem')} {problem.source.line}:{problem.source.column} {say(problem.severity)} {problem.code}"
            for problem in procedure.problems
            if problem.code not in OF_FRAGMENTS
        ],
    }


def classified(line: str, procedure: Procedure, say: Notation) -> str:
    """A line "alert NAME{label=value, …} → …" with what triage really says behind the arrow."""
    left = line.split(" → ", maxsplit=1)[0]
    name, labels = match(r"\S+ (\w+)(?:\{(.*)\})?", left).groups()  # type: ignore[union-attr]
    told = dict(findall(r"(\w+)=([^,}]+)", labels or ""))
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    alert = Alert(
        source="example",
        fingerprint="0",
        name=name,
        status="firing",
        starts_at=at,
        severity=told.get("severity", ""),
        labels=told,
    )
    verdict = classify(alert, procedure, World(procedure=procedure, catalogue=read_catalogue(shipped_catalogue())))
    parts = [verdict.priority, *([verdict.scenario] if verdict.scenario else [])]
    return f"{left} → {', '.join([*parts, *([] if verdict.classified else [say('not classified')])])}"


def _rule(rule: AlertRule, say: Notation) -> str:
    priority = say("heartbeat") if rule.heartbeat else say("ignored") if rule.ignored else rule.priority
    raised = f" ↑ {rule.raised}" if rule.raised else ""
    parts = [f"{priority}{raised}" if priority else "", rule.scenario and f"{say('scenario')} {rule.scenario}"]
    parts += [rule.runbook and f"runbook {rule.runbook}"]
    return f"{spelled_matchers(rule.matchers)}: {', '.join(part for part in parts if part)}"


def _scenario(one: Scenario, say: Notation) -> str:
    triggers = [f"{say('trigger')} {spelled_matchers(rule.matchers)}" for rule in one.triggers]
    said = [*([one.priority] if one.priority else []), *([f"runbook {one.runbook}"] if one.runbook else []), *triggers]
    return f"{one.slug}: {'; '.join(said)}" if said else one.slug


def _ladder(rule: LadderRule, say: Notation) -> str:
    rungs = []
    for rung in rule.rungs:
        who = [
            *([say("on call")] if rung.on_call else []),
            *([say("everyone")] if rung.everyone else []),
            *rung.contacts,
        ]
        notice = f" ({say('notice')})" if rung.notice else ""
        rungs.append(f"{spelled(rung.after) if rung.after else say('at once')} {' + '.join(who)}{notice}")
    again = [f"{say('every')} {spelled(rule.again)} {say('everyone')}"] if rule.again else []
    return f"{say('ladder')} {rule.priority}: {'; '.join([*rungs, *again])}"


def _shift(one: Shift, say: Notation) -> str:
    if one.begins:
        return f"{say('shift')} {one.contact}: {one.begins} {one.ends}"
    weeks = f"{say(f'{one.weeks} weeks')}, " if one.weeks else ""
    days = "".join(str(day + 1) for day in one.weekdays)
    return f"{say('shift')} {one.contact}: {weeks}{say('days')} {days}, {one.opens}-{one.closes}"


def _obligation(one: Obligation, say: Notation) -> str:
    within = f", {say('within')} {spelled(one.within)}" if one.within else ""
    since = f" {say('from')} {one.counted_from}" if one.counted_from else ""
    return f"{say('obligation')} {one.regime}: {one.recipient}{within}{since}"


def _steps(steps: Iterable[Step], say: Notation) -> Iterator[str]:
    for step in steps:
        yield f"  {step.number}. {step.text}".rstrip()
        yield from _notes(step.notes, 2)
        yield from (f"     {line}" for line in _said_before(step, say))
        yield from (f"     {_command(command)}" for command in step.commands)
        yield from (f"     {say('verify')} {_check(check, say)}" for check in step.verify)
        yield from (f"     {say('undo')} {_command(command)}" for command in step.undo)


def _said_before(step: Step, say: Notation) -> Iterator[str]:
    if step.not_run:
        yield say("not run")
    if step.limit:
        yield f"{say('limit')} {spelled(step.limit)}"
    yield from (f"{say('before')} {_check(check, say)}" for check in step.before)


def _check(check: Verification, say: Notation) -> str:
    parts = [_command(command) for command in check.commands] or [f"“{check.expect}”"]
    parts += [f"{say('shows')} “{word}”" for word in check.contains]
    parts += [f"{say('lacks')} “{word}”" for word in check.lacks]
    parts += [f"{say('in')} {spelled(check.within)}"] if check.within else []
    return ", ".join(parts)


def _notes(notes: Iterable[str], depth: int) -> Iterator[str]:
    return (f"{' ' * (2 if depth == 1 else 5)}({note})" for note in notes)


def _command(command: Command) -> str:
    if not command.pipeline:
        return f"✕  {command.text}"
    stages = " | ".join(
        " ".join(word if " " not in word else f"“{word}”" for word in argv) for argv in command.pipeline
    )
    return f"{command.risk if command.runnable else '✕ '} {stages}"


def _runbook(runbook: Runbook, say: Notation) -> str:
    marks = [*([] if runbook.found else [say("missing")]), *([say("ours")] if runbook.ours else [])]
    return f"runbook {runbook.slug}" + (f" ({', '.join(marks)})" if marks else "")


def _contact(contact: Contact, say: Notation) -> str:
    hours = contact.availability
    own = " ".join(filter(None, [f"{hours.opens}-{hours.closes}", hours.timezone])) if hours.opens else ""
    limited = [f"24/7 {say('for')} {' '.join(hours.always_for)}"] if hours.always_for else []
    when = ["24/7"] if hours.always else [*limited, own] if own else limited or [say("business hours")]
    marks = [say("supplier")] if contact.supplier else [say("to fill in")] if contact.placeholder else []
    return f"contact {contact.slug}: {', '.join([*when, *marks])}"
