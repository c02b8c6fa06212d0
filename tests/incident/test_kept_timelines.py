"""Timelines that earlier versions wrote: they fold, they read the same, and nothing is decided again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.house import SMALL
from tests.story import REACH
from tocsin.cluster.topology import Topology
from tocsin.decide import settle
from tocsin.incident import wire
from tocsin.incident.sentences import sentence
from tocsin.incident.state import fold
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of
from tocsin.world import Duty, World

KEPT = sorted((Path(__file__).parents[1] / "fixtures" / "timelines").glob("*.jsonl"))
AT = datetime(2026, 11, 24, 2, 6, tzinfo=UTC)


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def lines(request) -> list[str]:
    return request.param.read_text().splitlines()


def test_an_old_line_is_written_as_it_was(lines):
    """Its digest stands in the chain: fields that came later must not appear in it."""
    assert [wire.encode(wire.decode(line)).decode() for line in lines] == lines


def test_settling_after_the_upgrade_adds_nothing(lines):
    procedure = read_procedure(
        {"incidents.md": text_of("incidents.md", (SMALL / "incidents.md").read_bytes())}, "incidents.md"
    )
    places = Topology(nodes=("node-1", "node-2"), pods={"production/web-1": "node-2"}, addresses={"10.0.0.2": "node-2"})
    world = World(
        procedure=procedure, texts={procedure.fingerprint: procedure}, duty=Duty(reach=REACH), topology=places
    )
    incident = fold(wire.decode(line) for line in lines)
    assert incident.held.count == 3
    assert incident.cause_over_at is None  # alerts without a tie are the matter itself: none is promoted
    assert settle(incident, world, AT) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_old_timeline_reads_as_before(lines, language):
    assert all(sentence(wire.decode(line), language).strip() for line in lines)
