"""What was proved of a line: the newest of each kind, by the line's own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.incident import wire
from tocsin.incident.events import DriftSeen, LineProved, PreflightTaken
from tocsin.incident.sentences import sentence
from tocsin.proof.book import EMPTY, learn
from tocsin.proof.lines import digest_of

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LINE = digest_of("kubectl get nodes")


def proved(kind: str, held: bool, days: int, **more: object) -> LineProved:
    return LineProved(at=MONDAY + timedelta(days=days), line=LINE, kind=kind, held=held, **more)  # type: ignore[arg-type]


def test_the_newest_proof_of_a_kind_is_what_counts() -> None:
    book = learn(EMPTY, [proved("ran", False, 0), proved("rehearsed", True, 1), proved("ran", True, 2)])
    known = book.known(LINE)
    assert (known["ran"].held, known["ran"].at) == (True, MONDAY + timedelta(days=2))
    assert known["rehearsed"].at == MONDAY + timedelta(days=1)


def test_folding_in_two_parts_is_folding_at_once() -> None:
    events = [proved("bound", True, 0), proved("permitted", False, 1, code="P610"), proved("bound", False, 2)]
    assert learn(learn(EMPTY, events[:1]), events[1:]) == learn(EMPTY, events)


def test_an_edit_of_the_line_resets_it_and_a_space_does_not() -> None:
    book = learn(EMPTY, [proved("ran", True, 0)])
    assert book.known(digest_of("kubectl   get\tnodes "))
    assert not book.known(digest_of("kubectl get nodes -o wide"))


def test_a_look_that_saw_the_same_again_makes_bindings_young_and_runs_not() -> None:
    look = PreflightTaken(at=MONDAY + timedelta(days=9), blob="b", renewed=(LINE,))
    known = learn(EMPTY, [proved("permitted", True, 0), proved("ran", True, 0), look]).known(LINE)
    assert (known["permitted"].since, known["permitted"].at) == (MONDAY, look.at)
    assert known["ran"].at == MONDAY


@pytest.mark.parametrize(
    ("event", "french", "english"),
    [
        (
            proved("permitted", False, 0, text="kubectl drain node-2", detail="forbidden"),
            "Permise : échec · kubectl drain node-2 : forbidden",
            "Permitted: failed · kubectl drain node-2: forbidden",
        ),
        (
            PreflightTaken(at=MONDAY, blob="b", answered=("kubernetes",), silent=("hetzner",), held=9, failed=1),
            "Contrôle avant vol : 9 tenues, 1 en échec (kubernetes) ; sans réponse : hetzner",
            "Preflight: 9 held, 1 failed (kubernetes); no answer: hetzner",
        ),
        (
            DriftSeen(at=MONDAY, what=("node-2 is gone",)),
            "Ce qui tenait ne tient plus : node-2 is gone",
            "What held no longer holds: node-2 is gone",
        ),
    ],
)
def test_its_lines_are_kept_and_told(event, french, english) -> None:
    assert wire.decode(wire.encode(event)) == event
    assert (sentence(event, "fr"), sentence(event, "en")) == (french, english)
