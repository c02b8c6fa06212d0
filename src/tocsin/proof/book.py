"""
What was proved of each line, folded from the stream house/proof.

Events in, a `ProofBook` out; nothing is asked. What is read and checked stands in no event: it follows from the
procedure itself. The surprise: of each kind only the newest proof counts, so a line that failed in March and ran well
in June has run well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tocsin.incident.events import DriftEnded, DriftSeen, Event, LineProved, PreflightTaken, ProofKind

STREAM = "house/proof"
RENEWABLE: tuple[ProofKind, ...] = ("bound", "permitted")


class Proof(Struct, frozen=True, kw_only=True):
    """
    One thing known of one line: since `since`, last seen so at `at` (UTC). `code` and `values` are those of a problem,
    `detail` the world's own words.
    """

    kind: ProofKind
    held: bool
    since: datetime
    at: datetime
    by: str = ""
    code: str = ""
    values: dict[str, str] = {}
    detail: str = ""
    incident: int = 0


Known = Mapping[ProofKind, Proof]
NOTHING: Known = {}


class ProofBook(Struct, frozen=True):
    """
    By the digest of a line: its newest proof of each kind. `inventory` is the blob of the newest one.

    `drifted` are the "line digest/kind" that held and then did not, since `drifting_since`, until all of it holds again.
    """

    lines: Mapping[str, Known] = {}
    inventory: str = ""
    looked_at: datetime | None = None
    drifted: frozenset[str] = frozenset()
    drifting_since: datetime | None = None

    def known(self, line: str) -> Known:
        """What is known of a line, by kind."""
        return self.lines.get(line, NOTHING)


EMPTY = ProofBook()


def learn(book: ProofBook, events: Iterable[Event]) -> ProofBook:
    """The book after some more lines of its stream; other events change nothing."""
    lines = dict(book.lines)
    drifted, since = set(book.drifted), book.drifting_since
    inventory, looked_at = book.inventory, book.looked_at
    for event in events:
        if isinstance(event, LineProved):
            known = lines.get(event.line, NOTHING)
            lines[event.line] = {**known, event.kind: _proof(event, known.get(event.kind))}
            if event.held:
                drifted.discard(drift_of(event.line, event.kind))
        elif isinstance(event, PreflightTaken):
            inventory, looked_at = event.blob, event.at
            for line in event.renewed:
                lines[line] = _renewed(lines.get(line, NOTHING), event.at)
        elif isinstance(event, DriftSeen):
            drifted.update(event.proofs)
            since = since or event.at
        elif isinstance(event, DriftEnded):
            drifted, since = set(), None
    return ProofBook(lines, inventory, looked_at, frozenset(drifted), since)


def drift_of(line: str, kind: ProofKind) -> str:
    """What a drift is known by."""
    return f"{line}/{kind}"


def _proof(event: LineProved, before: Proof | None) -> Proof:
    lasts = before is not None and before.held == event.held and event.kind in RENEWABLE
    return Proof(
        kind=event.kind,
        held=event.held,
        since=before.since if before is not None and lasts else event.at,
        at=event.at,
        by=event.by,
        code=event.code,
        values=event.values,
        detail=event.detail,
        incident=event.incident,
    )


def _renewed(known: Known, at: datetime) -> Known:
    return {kind: replace(proof, at=at) if kind in RENEWABLE else proof for kind, proof in known.items()}
