"""The spool: what it was promised to keep it keeps, in order, whatever cut it off."""

import os
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.edge.spool import FILE, RESERVE, Spool
from tocsin.edge.store.contract import NewBody, Spooled, Unavailable

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
ENOUGH = 64 << 20


def body(content: bytes = b"{}") -> Spooled:
    new = NewBody(
        source="prod", kind="alertmanager", world_id="real", received_at=AT, digest="d", content=content, alerts=1
    )
    return Spooled(body=new, why="the database is locked")


def contents(spool: Spool) -> list[bytes]:
    """All that waits, taken out as the house does, batch after batch."""
    found: list[bytes] = []
    while (batch := spool.next()).bodies:
        found += [one.body.content for one in batch.bodies]
        spool.done(batch)
    return found


def test_what_goes_in_comes_out_in_order_and_then_it_is_empty(tmp_path: Path):
    spool = Spool(tmp_path, ENOUGH)
    written = [spool.put(body(b"%d" % number)) for number in range(600)]
    assert [future.result(10) for future in written] == list(range(1, 601))
    assert spool.waiting == 600
    assert contents(spool) == [b"%d" % number for number in range(600)]
    assert spool.waiting == 0
    spool.close()


def test_it_survives_a_restart_and_goes_on_behind_what_waits(tmp_path: Path):
    first = Spool(tmp_path, ENOUGH)
    first.put(body(b"old")).result(10)
    first.close()
    second = Spool(tmp_path, ENOUGH)
    assert (second.waiting, second.spool_id) == (1, first.spool_id)
    second.put(body(b"new")).result(10)
    assert contents(second) == [b"old", b"new"]
    second.close()


def test_an_emptied_spool_does_not_find_its_old_records_behind_new_ones(tmp_path: Path):
    spool = Spool(tmp_path, ENOUGH)
    for number in range(5):
        spool.put(body(b"first round %d" % number)).result(10)
    contents(spool)
    spool.put(body(b"second round")).result(10)
    spool.close()
    again = Spool(tmp_path, ENOUGH)
    assert contents(again) == [b"second round"]
    again.close()
    assert Spool(tmp_path, ENOUGH).spool_id != again.spool_id


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_torn_tail_costs_only_itself(tmp_path: Path, cut: int):
    spool = Spool(tmp_path, 1 << 20)
    for number in range(3):
        spool.put(body(b"%d" % number)).result(10)
    end = spool._write_at
    spool.close()
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(end - cut)
        file.write(b"\xff" * cut)
    again = Spool(tmp_path, 1 << 20)
    again.put(body(b"after")).result(10)
    assert contents(again) == [b"0", b"1", b"after"]
    again.close()


def test_it_is_bounded_and_says_so(tmp_path: Path):
    spool = Spool(tmp_path, 10_000)
    outcomes = [spool.put(body(b"x" * 1_000)) for _ in range(20)]
    refused = [future for future in outcomes if future.exception(10)]
    assert 0 < len(refused) < 20
    assert isinstance(refused[0].exception(), Unavailable)
    assert len(contents(spool)) == 20 - len(refused)
    assert (tmp_path / FILE).stat().st_size <= 10_000
    spool.put(body(b"room again")).result(10)
    spool.close()


def test_room_is_reserved_before_the_disk_fills_up(tmp_path: Path):
    Spool(tmp_path, ENOUGH).close()
    assert (tmp_path / FILE).stat().st_blocks * 512 >= RESERVE


def test_a_disk_that_refuses_costs_only_what_did_not_fit(tmp_path: Path):
    """A limit on the size of files refuses a write as a full disk does: in the middle."""
    spool = Spool(tmp_path, 1 << 30)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (RESERVE + 1000, old[1]))
    try:
        outcomes = [spool.put(body(b"%d" % number * (1 << 21))) for number in range(9)]
        refused = [number for number, future in enumerate(outcomes) if future.exception(20)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert refused == [7, 8]
    assert "File too large" in str(outcomes[8].exception())
    assert "File too large" in spool.trouble
    spool.put(body(b"room again")).result(10)
    assert spool.trouble == ""
    assert [content[:10] for content in contents(spool)] == [
        *(b"%d" % number * 10 for number in range(7)),
        b"room again",
    ]
    spool.close()


PUTS_FOR_EVER = """
import sys
from pathlib import Path
from tests.edge.test_spool import body
from tocsin.edge.spool import Spool
spool = Spool(Path(sys.argv[1]), 64 << 20)
number = 0
while True:
    number += 1
    spool.put(body(b"%d" % number)).result(10)
    print(number, flush=True)
"""


def test_a_process_that_is_killed_leaves_all_that_it_promised(tmp_path: Path):
    writing = subprocess.Popen(
        [sys.executable, "-c", PUTS_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, env=dict(os.environ)
    )
    assert writing.stdout is not None
    promised = [int(writing.stdout.readline()) for _ in range(50)]
    writing.send_signal(signal.SIGKILL)
    promised += [int(line) for line in writing.stdout.read().split(b"\n")[:-1]]
    writing.wait()
    spool = Spool(tmp_path, ENOUGH)
    found = [int(content) for content in contents(spool)]
    spool.close()
    assert found[: len(promised)] == promised
    assert len(found) - len(promised) <= 1  # written, and the promise not yet printed
