"""
Looks for what was changed in timelines after they were written.

Feed it the lines of one stream after another, the ledger's first: what the ledger says of the others is then checked
as they pass, so that a bundle of any length needs little memory. Mistakes come out as sentences, each change told
once: after a broken link the chain is taken up again from what the line says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Literal

import msgspec

from tocsin.edge.store.timelines import Line
from tocsin.incident import wire
from tocsin.incident.events import LedgerTaken

LEDGER = "house/ledger"

Language = Literal["fr", "en"]

Sentences = Mapping[str, Mapping[Language, str]]

SENTENCES: Sentences = {
    "edited": {
        "en": "{stream} line {seq}: the text is not the one that was recorded (its digest differs)",
        "fr": "{stream} ligne {seq} : le texte n’est pas celui qui a été consigné (son empreinte diffère)",
    },
    "broken": {
        "en": "{stream} line {seq}: the chain is broken, this line does not follow the one before it",
        "fr": "{stream} ligne {seq} : la chaîne est rompue, cette ligne ne suit pas la précédente",
    },
    "missing": {
        "en": "{stream}: line {seq} is missing, line {found} comes instead",
        "fr": "{stream} : la ligne {seq} manque, la ligne {found} vient à sa place",
    },
    "ledger": {
        "en": "{stream} line {seq}: the ledger of {at} noted another chain",
        "fr": "{stream} ligne {seq} : le registre du {at} a noté une autre chaîne",
    },
    "shorter": {
        "en": "{stream}: the ledger of {at} noted line {seq}, which is not there",
        "fr": "{stream} : le registre du {at} a noté la ligne {seq}, qui n’y est pas",
    },
}


def sentence(sentences: Sentences, language: Language, code: str, **words: object) -> str:
    """A mistake in the reader's language."""
    return sentences[code][language].format(**words)


class Chains:
    """The check of several streams. `heads` is (seq, chain) of each as far as it was fed."""

    def __init__(self, language: Language = "en") -> None:
        self._say = partial(sentence, SENTENCES, language)
        self._noted: dict[tuple[str, int], tuple[str, datetime]] = {}
        self.heads: dict[str, tuple[int, str]] = {}

    def feed(self, line: Line) -> Iterator[str]:
        """The mistakes that this line shows."""
        last, chain = self.heads.get(line.stream, (0, wire.GENESIS))
        if line.seq != last + 1:
            yield self._say("missing", stream=line.stream, seq=last + 1, found=line.seq)
        elif line.chain != wire.link(chain, line.stream, line.seq, line.digest):
            yield self._say("broken", stream=line.stream, seq=line.seq)
        if line.erased_at is None and wire.digest(line.body.encode()) != line.digest:
            yield self._say("edited", stream=line.stream, seq=line.seq)
        noted = self._noted.pop((line.stream, line.seq), None)
        if noted is not None and noted[0] != line.chain:
            yield self._say("ledger", stream=line.stream, seq=line.seq, at=noted[1].isoformat())
        self.heads[line.stream] = (line.seq, line.chain)
        if line.stream == LEDGER:
            self._note(line)

    def finish(self) -> Iterator[str]:
        """What the ledger noted of these streams and nobody has seen."""
        for (stream, seq), (_, at) in sorted(self._noted.items()):
            if stream in self.heads:
                yield self._say("shorter", stream=stream, seq=seq, at=at.isoformat())

    def _note(self, line: Line) -> None:
        try:
            event = wire.decode(line.body)
        except msgspec.DecodeError:
            return  # its digest has told, or a newer version wrote it
        if isinstance(event, LedgerTaken):
            for stream, seq, chain in event.heads:
                self._noted[stream, seq] = (chain, event.at)
