"""
A look ahead: what was found out about the lines, and what of it is news.

`edge.preflight` looks and gives a `Look`; `news` compares it with the book. The surprise: only a change is written
down. What stays as it was is renewed once a day, in one line of the timeline, so that a month of quiet is thirty lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from tocsin.cluster.inventory import Inventory
from tocsin.incident.events import Because, DriftSeen, Event, LineProved, PreflightTaken, ProofKind
from tocsin.lexicon import Language
from tocsin.procedure.messages import problem
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source
from tocsin.proof.book import ProofBook, drift_of
from tocsin.proof.lines import Acting

RENEWED_AFTER = timedelta(days=1)
OURSELVES = Because(source="preflight")


class Found(Struct, frozen=True, kw_only=True):
    """
    One thing found out about one line; `at` underlines the words that it is about. What does not hold says why by a
    problem's `code` and `values`, or by a sentence that stands already (`detail`).
    """

    line: Acting
    kind: ProofKind
    held: bool
    by: str = ""
    code: str = ""
    values: dict[str, str] = {}
    detail: str = ""
    at: Source | None = None


class Look(Struct, frozen=True, kw_only=True):
    """`answered` and `silent` are sides; `why` says of each silent one why it did not answer."""

    at: datetime
    inventory: Inventory
    found: tuple[Found, ...] = ()
    answered: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    why: dict[str, str] = {}


def problems_of(look: Look, language: Language, path: str, theirs: Collection[str]) -> tuple[Problem, ...]:
    """
    What does not hold, and who did not answer, as problems; `path` is the procedure's, `theirs` the files of the team.

    A runbook of ours that stands in for a missing one may name what this cluster does not have: that is a warning.
    """
    wrong = [
        problem(
            one.code,
            one.at or one.line.source,
            language,
            severity=None if one.line.source.path in theirs else "warning",
            fields=one.values,
        )
        for one in look.found
        if not one.held and one.code
    ]
    mute = [problem("P630", Source(path, 1), language, side=side, why=look.why.get(side, "")) for side in look.silent]
    return (*wrong, *mute)


def news(look: Look, book: ProofBook, blob: str, *, changed: bool, language: Language) -> tuple[Event, ...]:
    """
    The events to append, none when all is as it was; `blob` is the inventory's, `changed` whether it is another one.

    A `DriftSeen` is among them when something that had held no longer does.
    """
    fresh = [one for one in _once(look) if _is_news(one, book)]
    renewed_at = book.looked_at
    due = renewed_at is None or look.at - renewed_at >= RENEWED_AFTER
    if not fresh and not changed and not due:
        return ()
    lines = [_line(one, look.at) for one in fresh]
    taken = PreflightTaken(
        at=look.at,
        because=OURSELVES,
        blob=blob,
        answered=look.answered,
        silent=look.silent,
        held=sum(one.held for one in look.found),
        failed=sum(not one.held for one in look.found),
        renewed=tuple(dict.fromkeys(one.line.digest for one in look.found)),
    )
    lost = [one for one in fresh if _had_held(one, book)]
    drift = [_drift(lost, look.at, language)] if lost else []
    return (*lines, taken, *drift)


def still_drifted(look: Look, book: ProofBook) -> tuple[Found, ...]:
    """What drifted and still stands in the procedure without holding."""
    return tuple(one for one in _once(look) if not one.held and drift_of(one.line.digest, one.kind) in book.drifted)


def told(one: Found, language: Language) -> str:
    """One finding as a line: its place and what is wrong."""
    source = one.line.source
    why = problem(one.code, source, language, fields=one.values).message if one.code else one.detail
    return f"{source}: {why or one.line.excerpt}"


def _drift(lost: list[Found], at: datetime, language: Language) -> DriftSeen:
    return DriftSeen(
        at=at,
        because=OURSELVES,
        what=tuple(told(one, language) for one in lost),
        proofs=tuple(drift_of(one.line.digest, one.kind) for one in lost),
    )


def _once(look: Look) -> list[Found]:
    """One finding for each text and kind: what fails wins, since the same words may stand on several lines."""
    by_line: dict[tuple[str, ProofKind], Found] = {}
    for one in look.found:
        key = (one.line.digest, one.kind)
        if key not in by_line or (by_line[key].held and not one.held):
            by_line[key] = one
    return list(by_line.values())


def _is_news(one: Found, book: ProofBook) -> bool:
    before = book.known(one.line.digest).get(one.kind)
    if before is None:
        return True
    return (before.held, before.code, before.detail, _facts(before.values)) != (
        one.held,
        one.code,
        one.detail,
        _facts(one.values),
    )


def _facts(values: Mapping[str, str]) -> dict[str, str]:
    """Without the names that are there instead: pods come and go, and the line is wrong all the same."""
    return {name: value for name, value in values.items() if name != "known"}


def _had_held(one: Found, book: ProofBook) -> bool:
    before = book.known(one.line.digest).get(one.kind)
    return not one.held and before is not None and before.held


def _line(one: Found, at: datetime) -> LineProved:
    return LineProved(
        at=at,
        because=OURSELVES,
        line=one.line.digest,
        kind=one.kind,
        held=one.held,
        text=one.line.excerpt,
        by=one.by,
        code=one.code,
        values=one.values,
        detail=one.detail,
    )
