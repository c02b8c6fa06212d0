"""
Looks for what was changed in timelines after they were written.

Feed it the lines of one stream after another, the ledger's first: what the ledger says of the others is then checked
as they pass, so that a bundle of any length needs little memory. Mistakes come out as sentences, each change told
once: after a broken link the chain is taken up again from what the line says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import msgspec

from tocsin.edge.flaws import Language, flaw
from tocsin.edge.store.timelines import Line
from tocsin.incident import wire
from tocsin.incident.events import LedgerTaken

LEDGER = "house/ledger"


class Chains:
    """
    The check of several streams. `heads` is (seq, chain) of each as far as it was fed.

    `compared` counts the heads of the ledger that were found true or false in a stream.
    """

    def __init__(self, language: Language = "en") -> None:
        self._say = partial(flaw, language)
        self._noted: dict[tuple[str, int], tuple[str, datetime]] = {}
        self.heads: dict[str, tuple[int, str]] = {}
        self.compared = 0

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
        if noted is not None:
            self.compared += 1
            if noted[0] != line.chain:
                yield self._say("ledger", stream=line.stream, seq=line.seq, at=noted[1].isoformat())
        self.heads[line.stream] = (line.seq, line.chain)
        if line.stream == LEDGER:
            yield from self._note(line)

    def finish(self) -> Iterator[str]:
        """What the ledger noted of these streams and nobody has seen."""
        for (stream, seq), (_, at) in sorted(self._noted.items()):
            if stream in self.heads:
                yield self._say("shorter", stream=stream, seq=seq, at=at.isoformat())

    def _note(self, line: Line) -> Iterator[str]:
        try:
            event = wire.decode(line.body)
        except msgspec.DecodeError:
            return  # its digest has told, or a newer version wrote it
        if not isinstance(event, LedgerTaken):
            return
        if any(stream != LEDGER for stream in self.heads):
            yield self._say("late", stream=line.stream, seq=line.seq)
        for stream, seq, chain in event.heads:
            before, _ = self._noted.setdefault((stream, seq), (chain, event.at))
            if before != chain:
                yield self._say("ledger", stream=stream, seq=seq, at=event.at.isoformat())
