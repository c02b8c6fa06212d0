"""Lists read summaries: newest first, filtered, by pages, and searched as people type."""

from datetime import datetime

import pytest

from tests.store.makers import summary
from tocsin.edge.store.contract import Change, Find
from tocsin.edge.store.sql_store import SqlStore


@pytest.fixture
def listed(store: SqlStore, now: datetime) -> SqlStore:
    rows = (
        summary(1, now, title="Réseau coupé entre Falkenstein et Helsinki", priority="P1"),
        summary(2, now, title="PostgreSQL: 100% of connections", is_open=False),
        summary(3, now, title="Node node-1 is DOWN", world_id="practice/1"),
        summary(4, now, title="node_exporter silent", priority="P1"),
    )
    store.commit(Change(summaries=rows), now).result()
    return store


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (Find(), [4, 3, 2, 1]),
        (Find(is_open=True), [4, 3, 1]),
        (Find(is_open=False), [2]),
        (Find(world_id="real"), [4, 2, 1]),
        (Find(priority="P1"), [4, 1]),
        (Find(limit=2), [4, 3]),
        (Find(limit=2, before=3), [2, 1]),
        (Find(text="RESEAU"), [1]),
        (Find(text="helsinki  réseau"), [1]),
        (Find(text="helsinki node"), []),
        (Find(text="100%"), [2]),
        (Find(text="%"), [2]),
        (Find(text="node_"), [4]),
        (Find(text="node", world_id="real", is_open=True), [4]),
        (Find(text="' OR 1=1 --"), []),
    ],
)
def test_a_question_finds(listed: SqlStore, query: Find, numbers: list[int]):
    assert [found.number for found in listed.find(query)] == numbers


def test_an_incident_that_is_not_there_has_no_summary(listed: SqlStore):
    assert listed.summary(9) is None
    assert listed.last_incident() == 4


def test_an_empty_house_has_no_incident(store: SqlStore):
    assert store.last_incident() == 0
    assert store.find(Find()) == []
