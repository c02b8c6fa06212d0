"""Events as JSON, and the chain over them."""

from __future__ import annotations

import typing

import msgspec
import pytest

from tests.story import DAY, NIGHT, Story, deaf
from tocsin.incident import commands as c
from tocsin.incident import events as e
from tocsin.incident import wire
from tocsin.incident.sentences import because_words, sentence


def test_every_event_comes_back_as_it_was(procedure):
    """A story with most kinds of events: what is decoded equals what was encoded, byte for byte again."""
    story = Story(procedure, at=DAY, hands=deaf)
    story.fires("KubeNodeNotReady", node="node-2")
    story.ask(c.AddNote(incident=1, by="Alice", text="« ça » \u2028 <script>"))
    story.ask(c.Resolve(incident=1, by="Alice"))
    for event in story.timeline():
        line = wire.encode(event)
        assert wire.decode(line) == event
        assert wire.encode(wire.decode(line)) == line


def test_the_chain_covers_stream_seq_digest_and_what_was_before():
    head = wire.link(wire.GENESIS, "incident/1", 1, "a" * 64)
    assert len(head) == 64
    others = [
        wire.link("1" * 64, "incident/1", 1, "a" * 64),
        wire.link(wire.GENESIS, "incident/2", 1, "a" * 64),
        wire.link(wire.GENESIS, "incident/1", 2, "a" * 64),
        wire.link(wire.GENESIS, "incident/1", 1, "b" * 64),
    ]
    assert len({head, *others}) == 5


def test_an_unknown_event_is_an_error_and_no_guess():
    with pytest.raises(msgspec.ValidationError):
        wire.decode(b'{"type":"SomethingElse","at":"2026-11-24T02:00:00Z"}')


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", typing.get_args(e.Event), ids=lambda kind: kind.__name__)
def test_every_event_has_a_sentence_in_both_languages(kind, language):
    """No event reaches a page as its class name."""
    said = sentence(_example(kind), language)
    assert said.strip()
    assert sum(letter.isupper() for letter in kind.__name__) == 1 or kind.__name__ not in said
    assert because_words(e.Because(person="Alice", line="x.md:3"), language) == "Alice, x.md:3"


def _example(kind):
    """An event of that kind with plausible values, by its fields' types."""
    values = {
        "at": NIGHT, "number": 1, "title": "t", "group": "g", "received_at": NIGHT, "detected_at": NIGHT,
        "procedure": "f", "alerts": (), "episodes": (), "priority": "P1", "before": "P2", "reason": "ladder",
        "respond_within": NIGHT - NIGHT, "respond_by": NIGHT, "page_id": "p", "contact": "alice", "channel": "email",
        "rung": 0, "why": "w", "snapshot_id": "s", "blob": "b", "check_id": "k", "text": "x", "pipeline": (("x",),),
        "started_at": NIGHT, "ended_at": NIGHT, "scenario": "s", "step": "s/1/1", "digest": "d", "risk": "R0",
        "expires_at": NIGHT, "run_id": "r", "timeout": NIGHT - NIGHT, "done": True, "excerpt": "e", "quiet_since": NIGHT,
        "fingerprint": "f", "main": "m", "files": (), "source": "s", "size": 1, "free_bytes": 1, "heads": (),
        "name": "Watchdog", "last_at": NIGHT, "silent_since": NIGHT,
        "since": NIGHT, "bodies": 2, "window_id": "w", "begins": NIGHT, "ends": NIGHT, "matchers": "a=b",
        "line": "0" * 16, "kind": "bound", "held": True, "what": ("node-2",),
        "to": 2, "into": 2, "alert": "PodFlaps", "cycles": 3, "incident": 3,
    }  # fmt: skip
    required = [f.name for f in msgspec.structs.fields(kind) if f.required]
    return kind(**{name: values[name] for name in required})
