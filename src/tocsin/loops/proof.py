"""
The proofs of the house: the book of the stream house/proof, followed and added to.

`book` is the fold as of now, `learn_from` keeps what an incident's new lines prove, `standings` is what the home page
shows. The surprise: what was said of all lines is kept until the stream, the text or the minute changes, because the
home page is the one that everybody opens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from tocsin.cluster.inventory import NOTHING_BOUND, Inventory
from tocsin.edge.store.contract import Store
from tocsin.incident.events import Entry, Event, Priority
from tocsin.incident.state import Incident
from tocsin.lexicon import Language
from tocsin.procedure.model import Procedure
from tocsin.proof.book import EMPTY, STREAM, ProofBook, learn
from tocsin.proof.hours import Gap, gaps
from tocsin.proof.runs import proofs_of
from tocsin.proof.standing import Standing, standings
from tocsin.world import Duty

Note = Callable[[str, Sequence[Event]], object]
STALE = timedelta(minutes=1)


class Proofs:
    """One per house, for any thread."""

    def __init__(self, store: Store, note: Note, *, practice: bool) -> None:
        self._store = store
        self._note = note
        self._practice = practice
        self._lock = threading.Lock()
        self._seq = 0
        self._book = EMPTY
        self._gaps: tuple[object, dict[Priority, tuple[Gap, ...]]] | None = None
        self._shown: dict[Language, tuple[object, datetime, tuple[Standing, ...]]] = {}

    def book(self) -> ProofBook:
        """What is proved as of now; other replicas' lines are among it."""
        with self._lock:
            if self._store.last_seq(STREAM) != self._seq:
                entries = self._store.load(STREAM, self._seq)
                self._book = learn(self._book, (entry.event for entry in entries))
                self._seq = entries[-1].seq if entries else self._seq
            return self._book

    def inventory(self) -> Inventory:
        """What the last look ahead bound."""
        blob = self.book().inventory
        content = self._store.blob(blob) if blob else None
        return msgspec.json.decode(content, type=Inventory) if content else NOTHING_BOUND

    def learn_from(self, entries: Sequence[Entry], incident: Incident, procedure: Procedure) -> None:
        """Keep what an incident's new lines prove."""
        found = proofs_of(entries, incident, procedure, self.book(), practice=self._practice)
        if found:
            self._note(STREAM, found)

    def standings(self, procedure: Procedure, duty: Duty, now: datetime, language: Language) -> tuple[Standing, ...]:
        """How each line stands, at most a minute old."""
        book = self.book()
        key = (procedure, duty, self._seq)
        kept = self._shown.get(language)
        if kept is None or kept[0] != key or now - kept[1] >= STALE or now < kept[1]:
            nobody = self._nobody(procedure, duty, now)
            kept = (key, now, standings(procedure, book, duty, now, language, nobody))
            self._shown[language] = kept
        return kept[2]

    def _nobody(self, procedure: Procedure, duty: Duty, now: datetime) -> dict[Priority, tuple[Gap, ...]]:
        """The hours at which nobody is called: they change with the text, the people and the day."""
        key = (procedure.fingerprint, duty, now.date())
        if self._gaps is None or self._gaps[0] != key:
            self._gaps = (key, gaps(procedure, duty, now))
        return self._gaps[1]
