"""What programs answered is kept for the reader that understood it, and for no other."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tocsin.edge.tools.answers import Answers, Cache
from tocsin.procedure.grammar.table import Node

ANSWERS = Answers("hcloud", "1.39.0", {"": Node(), "server list": Node(open=True)}, ["server --all"])


def test_what_was_answered_is_remembered(tmp_path: Path) -> None:
    Cache(tmp_path).keep("key", ANSWERS)
    found = Cache(tmp_path).load("key")
    assert found is not None
    assert (found.pages, found.refused, found.version) == (ANSWERS.pages, ANSWERS.refused, "1.39.0")
    assert Cache(tmp_path).load("another") is None


def test_what_another_version_understood_is_asked_again(tmp_path: Path) -> None:
    Cache(tmp_path).keep("key", ANSWERS)
    (file,) = tmp_path.glob("*.json")
    older = msgspec.structs.replace(msgspec.json.decode(file.read_bytes(), type=Answers), reader="0.0.1 x")
    file.write_bytes(msgspec.json.encode(older))
    assert Cache(tmp_path).load("key") is None


def test_without_a_folder_nothing_is_kept() -> None:
    Cache(None).keep("key", ANSWERS)
    assert Cache(None).load("key") is None
