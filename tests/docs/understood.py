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
from tocsin.procedure.model import Command, Contact, Procedure, Runbook, Step
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
}
KINDS = ("scenario", "runbook", "contact", "triage", "postmortem", "problem", "alert")


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
            for line in (f"{say('scenario')} {one.slug}", *_notes(one.notes, 1), *_steps(one.steps))
        ],
        "postmortem": [f"postmortem {' '.join(rule.priorities)}: {' | '.join(rule.sections)}"]
        if (rule := procedure.postmortem)
        else [],
        "contact": [_contact(contact, say) for contact in procedure.contacts],
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


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield f"  {step.number}. {step.text}".rstrip()
        yield from _notes(step.notes, 2)
        yield from (f"     {_command(command)}" for command in step.commands)


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
    limited = f"24/7 {say('for')} {' '.join(hours.always_for)}" if hours.always_for else say("business hours")
    marks = [say("supplier")] if contact.supplier else [say("to fill in")] if contact.placeholder else []
    return f"contact {contact.slug}: {', '.join(['24/7' if hours.always else limited, *marks])}"
