"""
The lines of a procedure that do something: commands, contacts, and the rows that decide who is called.

A procedure comes in, `Acting` lines go out in the order of the documents. A line is known by the digest of its own
text, spaces aside. The surprise: the same command written twice is two lines with one digest, because what is proved
of its text holds for both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from tocsin.procedure.model import Command, Contact, Procedure, Step, Verification
from tocsin.procedure.source import Source

WHAT = Literal["command", "contact", "priority"]
DIGEST = 16
EXCERPT = 120


class Acting(Struct, frozen=True, kw_only=True):
    """
    One line: `text` as written, `digest` of it; `name` is the contact's slug or the priority.

    `later` when it runs only after its step (it verifies or undoes it): what it names may not be there before.
    """

    what: WHAT
    text: str
    digest: str
    source: Source
    command: Command | None = None
    name: str = ""
    later: bool = False

    @property
    def excerpt(self) -> str:
        """Its beginning, for a timeline."""
        return self.text if len(self.text) <= EXCERPT else self.text[: EXCERPT - 1] + "…"


def digest_of(text: str) -> str:
    """What a line is known by: 16 hex digits of the SHA-256 of its words."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:DIGEST]


def acting_lines(procedure: Procedure) -> tuple[Acting, ...]:
    """Every line that does something: the main document's first, each document's in order."""
    after = {id(command) for command in _later(procedure)}
    commands = (_of_command(command, id(command) in after) for command in commands_of(procedure))
    found = [*_rows(procedure), *commands]
    at_once = {(line.source.path, line.source.line, line.digest): line for line in found}
    return tuple(sorted(at_once.values(), key=lambda line: (line.source.path != procedure.path, line.source)))


def commands_of(procedure: Procedure) -> Iterator[Command]:
    """Every command: the triage's, each step's, and those that verify it or take it back."""
    yield from procedure.triage
    for scenario in procedure.scenarios:
        yield from _of_steps(scenario.steps)
    for runbook in procedure.runbooks:
        yield from _of_steps(runbook.steps)


def contact_digest(contact: Contact) -> str:
    """What a contact's line is known by: its role and its address, not its hours."""
    return digest_of(f"contact {contact.role} {contact.address}")


def _rows(procedure: Procedure) -> Iterator[Acting]:
    for rule in procedure.priorities:
        text = f"{rule.priority} {rule.name}".strip()
        digest = digest_of(f"priority {rule.priority} {rule.respond_within.total_seconds():.0f}")
        yield Acting(what="priority", text=text, digest=digest, source=rule.source, name=rule.priority)
    for contact in procedure.team:
        yield Acting(
            what="contact",
            text=contact.role,
            digest=contact_digest(contact),
            source=contact.source,
            name=contact.slug,
        )


def _of_steps(steps: Iterable[Step]) -> Iterator[Command]:
    for step in steps:
        yield from _of_verifications(step.before)
        yield from step.commands
        yield from _of_verifications(step.verify)
        yield from step.undo


def _of_verifications(verifications: Iterable[Verification]) -> Iterator[Command]:
    for verification in verifications:
        yield from verification.commands


def _later(procedure: Procedure) -> Iterator[Command]:
    """The commands that verify a step or take it back."""
    steps = [step for scenario in procedure.scenarios for step in scenario.steps]
    steps += [step for runbook in procedure.runbooks for step in runbook.steps]
    for step in steps:
        yield from _of_verifications(step.verify)
        yield from step.undo


def _of_command(command: Command, later: bool) -> Acting:
    digest = digest_of(command.text)
    return Acting(what="command", text=command.text, digest=digest, source=command.source, command=command, later=later)
