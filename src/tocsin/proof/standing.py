"""
How each acting line stands: its highest state, a mark, and a sentence.

The procedure, the book and the duty come in, one `Standing` per line goes out. Read and checked follow from the
procedure itself; bound, permitted, rehearsed and ran from the book. The surprise: a failure on any rung is what is
said first, even of a line that once ran for real.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from tocsin.incident.events import Priority, ProofKind
from tocsin.lexicon import Language
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Procedure
from tocsin.procedure.problems import Problem
from tocsin.proof import words
from tocsin.proof.book import Known, Proof, ProofBook
from tocsin.proof.hours import Gap, gaps, told
from tocsin.proof.lines import Acting, acting_lines
from tocsin.world import Duty

Mark = Literal["fails", "warns", "holds", "idle"]
RUNGS: tuple[ProofKind, ...] = ("read", "bound", "checked", "permitted", "rehearsed", "ran")
# What the book knows better than the procedure, the newest word first: whether it is checked follows from the text.
FOUND_OUT: tuple[ProofKind, ...] = ("ran", "rehearsed", "permitted", "bound")
HOURS_CODE = "P203"
# A response time from which on nobody needs to be woken.
CAN_WAIT = 15 * 3600


class Standing(Struct, frozen=True, kw_only=True):
    """One line: its highest `rung`, its `mark`, what to say of it, and when it was last proved (UTC)."""

    line: Acting
    rung: ProofKind
    mark: Mark
    said: str
    at: datetime | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Its file and line."""
        return self.line.source.path, self.line.source.line


def standings(
    procedure: Procedure,
    book: ProofBook,
    duty: Duty,
    now: datetime,
    language: Language,
    nobody: Mapping[Priority, tuple[Gap, ...]] | None = None,
) -> tuple[Standing, ...]:
    """
    Every acting line as it stands at `now`, in the order of the documents; `nobody` are the gaps, when they are known.
    """
    remarks = _remarks(procedure)
    found = gaps(procedure, duty, now) if nobody is None else nobody
    empty: dict[str, str] = {priority: told(hours, language) for priority, hours in found.items()}
    return tuple(
        _priority(line, remarks, empty, procedure, language)
        if line.what == "priority"
        else _proved(line, remarks, book.known(line.digest), duty, now, language)
        for line in acting_lines(procedure)
    )


def counted(found: Iterable[Standing], language: Language) -> str:
    """ "41 lines do something: 30 checked, 4 permitted, 2 rehearsed, 0 ran; 3 fail"."""
    every = list(found)
    rungs = Counter(standing.rung for standing in every)
    return words.counts(len(every), rungs, sum(standing.mark == "fails" for standing in every), language)


def _remarks(procedure: Procedure) -> dict[tuple[str, int], list[Problem]]:
    """The problems by the line they stand on, the worst first."""
    found: dict[tuple[str, int], list[Problem]] = {}
    for one in procedure.problems:
        if one.severity != "info" and one.code != HOURS_CODE:
            found.setdefault((one.source.path, one.source.line), []).append(one)
    for problems in found.values():
        problems.sort(key=lambda one: (one.severity != "error", one.source.column))
    return found


def _priority(
    line: Acting,
    remarks: Mapping[tuple[str, int], list[Problem]],
    empty: Mapping[str, str],
    procedure: Procedure,
    language: Language,
) -> Standing:
    own = remarks.get((line.source.path, line.source.line), [])
    if own and own[0].severity == "error":
        return Standing(line=line, rung="read", mark="fails", said=words.fails(own[0].message, language))
    hours = empty.get(line.name, "")
    rule = next((rule for rule in procedure.priorities if rule.source == line.source), None)
    may_wait = rule is not None and rule.respond_within.total_seconds() >= CAN_WAIT
    said = words.nobody(line.name, hours, language) if hours else words.somebody(line.name, language)
    mark: Mark = "holds" if not hours else "idle" if may_wait else "warns"
    return Standing(line=line, rung="checked", mark=mark, said=said)


def _proved(
    line: Acting,
    remarks: Mapping[tuple[str, int], list[Problem]],
    known: Known,
    duty: Duty,
    now: datetime,
    language: Language,
) -> Standing:
    own = _own_remarks(line, remarks)
    rungs = _rungs(line, own, known, duty)
    highest = max(rungs, key=RUNGS.index)
    newest = known.get(highest)
    said, mark = _said(line, own, known, highest, now, language)
    return Standing(line=line, rung=highest, mark=mark, said=said, at=newest.at if newest else None)


def _own_remarks(line: Acting, remarks: Mapping[tuple[str, int], list[Problem]]) -> list[Problem]:
    """Those on its line, and those that a command carries from its further lines."""
    here = remarks.get((line.source.path, line.source.line), [])
    carried = line.command.problems if line.command else ()
    more = [one for one in carried if one not in here and one.severity != "info"]
    return sorted([*here, *more], key=lambda one: one.severity != "error")


def _rungs(line: Acting, own: list[Problem], known: Known, duty: Duty) -> set[ProofKind]:
    found: set[ProofKind] = {"read", *(kind for kind, proof in known.items() if proof.held and kind != "checked")}
    if line.what == "contact":
        return found.union(("bound", "checked") if duty.reach.get(line.name) else ())
    sound = not own or own[0].severity != "error"
    if sound and line.command is not None and line.command.pipeline:
        found.add("checked")
    return found


def _said(
    line: Acting, own: list[Problem], known: Known, highest: ProofKind, now: datetime, language: Language
) -> tuple[str, Mark]:
    if own and own[0].severity == "error":
        return words.fails(own[0].message, language), "fails"
    failed = next((known[kind] for kind in FOUND_OUT if kind in known and not known[kind].held), None)
    if failed is not None:
        return _failure(line, failed, now, language), "fails"
    if line.what == "contact":
        bound = highest != "read"
        said = words.contact(known.get("permitted"), known.get("ran"), bound, now, language)
        return said, "holds" if known.get("ran") or known.get("permitted") else "warns" if not bound else "idle"
    reached = words.reached(highest, known, now, language)
    if own:
        return words.both(words.sentence(own[0].message), reached, language), "warns"
    return reached, "holds" if RUNGS.index(highest) > RUNGS.index("checked") else "idle"


def _failure(line: Acting, proof: Proof, now: datetime, language: Language) -> str:
    """Why it fails, in the words of its problem, else by how its run ended."""
    if proof.code:
        return words.fails(problem(proof.code, line.source, language, fields=proof.values).message, language)
    return words.failed_run(proof, now, language)
