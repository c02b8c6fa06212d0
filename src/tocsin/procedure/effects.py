"""
What proves an effect, from one line: the commands to run and what to expect of their output.

« `kubectl get nodes` affiche « Ready », sans « NotReady », en moins de 3 min » gives a command, a word that must be
there, one that must not, and how long it may take. The sentence itself always stays for people. The surprise: a code
span is a command until a word such as "shows" or « affiche » stands before it; from then on it is a word to look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from tocsin.procedure.durations import span
from tocsin.procedure.folding import fold, has_words

Part = Literal["command", "contains", "lacks"]
_SPAN = re.compile(r"`([^`]+)`|«\s*([^»]+?)\s*»|“([^”]+)”|\"([^\"]+)\"")
_POSITIVE = (
    "affiche", "affichent", "afficher", "contient", "contiennent", "montre", "montrent", "dit", "disent", "renvoie",
    "repond", "repondent", "donne", "attendu", "avec", "shows", "show", "contains", "contain", "prints", "says", "returns",
    "answers", "has", "have", "expected", "expect", "with",
)  # fmt: skip
_NEGATIVE = ("sans", "pas", "aucun", "aucune", "ne plus", "without", "lacks", "no", "not", "never", "no longer")
_AGAIN = ("puis", "ensuite", "then")
_WITHIN = re.compile(
    r"\b(?:en moins de|sous|dans les|d'ici|within|in less than|in under)\s+(\d+(?:[.,]\d+)?\s*[a-z']+(?:\s*\d+(?:\s*[a-z]+)?)?)"
)


class Piece(Struct, frozen=True):
    """One quoted or coded stretch of the line: what it is, its text, and where the text begins in the line."""

    part: Part
    text: str
    start: int


class Effect(Struct, frozen=True):
    """The line, parted. `expect` is the sentence without its commands."""

    pieces: tuple[Piece, ...]
    expect: str
    within: timedelta | None

    def texts(self, part: Part) -> tuple[str, ...]:
        """The texts of one part."""
        return tuple(piece.text for piece in self.pieces if piece.part == part)


def effect_of(line: str) -> Effect:
    """Part a line; it may name no command at all."""
    pieces = tuple(_pieces(line))
    rest = line
    for piece in reversed(pieces):
        if piece.part == "command":
            rest = rest[: piece.start - 1] + rest[piece.start + len(piece.text) + 1 :]
    return Effect(pieces, " ".join(rest.split()).strip(" :;,→"), _within(line))


def _pieces(line: str) -> Iterator[Piece]:
    part: Part | None = None
    before = 0
    for found in _SPAN.finditer(line):
        index = found.lastindex or 1
        part = _part(line[before : found.start()], coded=index == 1, last=part)
        if part:
            yield Piece(part, found[index], found.start(index))
        before = found.end()


def _part(between: str, *, coded: bool, last: Part | None) -> Part | None:
    """What a stretch is, by the words in front of it and by what the one before was; None for a mere quotation."""
    if has_words(between, _NEGATIVE):
        return "lacks"
    if has_words(between, _POSITIVE) or "→" in between or "->" in between:
        return "contains"
    if coded and (last in (None, "command") or ";" in between or has_words(between, _AGAIN)):
        return "command"
    return None if last == "command" else last


def _within(line: str) -> timedelta | None:
    found = _WITHIN.search(fold(line))
    if found is None:
        return None
    return span(found[1]) or span(" ".join(found[1].split()[:2]))
