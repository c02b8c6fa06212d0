"""What was answered is there after the process was killed, and nothing is there by half."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.makers import note
from tocsin.edge.store.sql_store import SqlStore
from tocsin.incident import wire

REPOSITORY = Path(__file__).parents[2]


def run_and_kill(where: str, who: str, after: float, told: Path) -> list[list[str]]:
    """Let a keeper work, kill it without warning, and give what it had told by then."""
    with told.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.keeper", where, who], cwd=REPOSITORY, stdout=output
        )
        deadline = time.monotonic() + 30
        while b"wrote" not in told.read_bytes() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(after)
        child.kill()
        child.wait()
    return [line.split() for line in told.read_text().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize("after", [0.05, 0.31, 0.53])
def test_whatever_was_answered_survives_a_kill(
    where: str, opened: Callable[[str], SqlStore], tmp_path: Path, after: float
):
    told = run_and_kill(where, "a", after, tmp_path / "told")
    store = opened(where)

    waiting = {f"{body.id}": body.content.decode() for body in store.waiting(1_000_000)}
    kept = {number: content for verb, number, content, *_ in told if verb == "kept"}
    wrote = {(stream, int(seq)): chain for verb, stream, seq, *rest in told if verb == "wrote" for chain in rest}

    assert kept
    assert wrote
    assert kept.items() <= waiting.items()
    there = {(entry.stream, entry.seq): entry.chain for _, entry in store.tail(0, limit=1_000_000)}
    assert wrote.items() <= there.items()


def test_no_decision_is_there_by_half(where: str, opened: Callable[[str], SqlStore], tmp_path: Path):
    """Each decision wrote two lines; the chain over them all must hold, also across two lives."""
    for life in ("a", "b"):
        run_and_kill(where, life, 0.2, tmp_path / life)

    store = opened(where)

    for stream, seq, head in store.heads():
        entries = store.load(stream)
        assert seq == len(entries)
        assert seq % 2 == 0
        chain = wire.GENESIS
        for place, entry in enumerate(entries, start=1):
            assert entry.seq == place
            assert entry.event == note(entry.event.at, "one" if place % 2 else "two")
            chain = wire.link(chain, stream, place, entry.digest)
        assert chain == head
