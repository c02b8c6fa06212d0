"""What a sender may count on while the database takes nothing: 202, nothing lost, nothing twice, all in order."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.asgi import knock, knocking
from tests.house import SetClock, small_house
from tests.intake.conftest import body
from tocsin.edge.spool import Spool
from tocsin.edge.store.contract import Find, NewBody
from tocsin.incident.events import REAL, SpoolEmptied, SpoolUsed
from tocsin.loops.house import House
from tocsin.loops.reader import Reader
from tocsin.loops.refill import Refill
from tocsin.web import intake
from tocsin.web.doors import doors


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def house(tmp_path, clock) -> Iterator[House]:
    with small_house(tmp_path / "house", clock) as house:
        house.spool = Spool(tmp_path / "house", 64 << 20)
        yield house
        house.spool.close()


@pytest.fixture
def token(house):
    return house.accounts.new_source_token("prod", "alertmanager", REAL, house.clock.now())[1]


@pytest.fixture
def app(house, token):
    return doors(house)


@pytest.fixture
def post(app, token):
    def post(content: bytes):
        return knock(app, "POST", "/ingest/alertmanager", content, {"authorization": f"Bearer {token}"})

    return post


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Another program holds SQLite's write lock, as a careless backup would."""
    with closing(sqlite3.connect(house.settings.data_folder / "tocsin.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def refill(house: House) -> None:
    assert house.spool is not None
    loop = Refill(house, house.spool)
    while loop.turn():
        pass


def waiting(house: House) -> list[bytes]:
    return [kept.content for kept in house.store.waiting(500)]


def test_a_locked_database_costs_nobody_an_alert(house, post, app):
    first, second = body("node-firing.json"), body("node-firing.json").replace(b"node-2", b"node-3")
    with locked(house):
        answers = [post(first), post(second)]
        assert [(a.status, a.json["id"], a.json["alerts"]) for a in answers] == [(202, None, 1), (202, None, 1)]
        told = knock(app, "GET", "/healthz")
        assert (told.status, told.json["ok"]) == (200, False)
        assert "spool" in told.json["troubles"]
        assert house.spool.waiting == 2
    refill(house)
    assert waiting(house) == [first, second]
    assert knock(app, "GET", "/healthz").json == {"ok": True, "troubles": []}


def test_while_something_waits_newer_bodies_go_behind_it(house, post):
    older, newer = body("node-firing.json"), body("group-of-two.json")
    with locked(house):
        post(older)
    assert post(newer).json["id"] is None
    refill(house)
    assert post(body("node-resolved.json")).json["id"] == 3
    assert waiting(house) == [older, newer, body("node-resolved.json")]


def test_a_body_that_was_written_too_late_is_not_taken_twice(house, post, monkeypatch):
    """The writer was at it when patience ended: both the database and the spool have it."""
    monkeypatch.setattr(intake, "DATABASE_WITHIN", 0.3)
    with locked(house):
        assert post(body("node-firing.json")).json["id"] is None
    house.store.keep(make(b"{}")).result(10)  # behind it in the writer's queue: so it is written by now
    kept = len(waiting(house))
    refill(house)
    assert kept == 2
    assert len(waiting(house)) == 2


def test_a_crash_between_the_database_and_the_spool_takes_nothing_twice(house, post):
    with locked(house):
        post(body("node-firing.json"))
    batch = house.spool.next()
    house.store.take_spooled(house.spool.spool_id, batch.bodies).result(10)  # and here the process dies
    house.spool.close()
    house.spool = Spool(house.settings.data_folder, 64 << 20)
    assert house.spool.waiting == 1
    refill(house)
    assert len(waiting(house)) == 1
    assert house.spool.waiting == 0


def test_the_use_of_the_spool_is_told_once_and_ends_by_itself(house, post, clock):
    for _ in range(2):
        with locked(house):
            post(body("node-firing.json"))
        refill(house)
        clock.passes(minutes=1)
    lines = [entry.event for entry in house.store.load("house/watch")]
    assert [type(line) for line in lines] == [SpoolUsed, SpoolEmptied] * 2
    assert "locked" in lines[0].why or "within" in lines[0].why
    (row,) = house.store.find(Find())
    told = house.incident(row.number)
    assert told.title == "tocsin could not write to its database: alerts waited in the spool"
    assert (told.priority, told.classified, told.firing) == ("P3", True, ())


def test_the_reader_finds_what_waited(house, post):
    with locked(house):
        post(body("node-firing.json"))
    refill(house)
    Reader(house, "test").turn()
    assert "node-2" in " ".join(row.title for row in house.store.find(Find()))


def test_a_token_is_known_while_the_database_is_gone(house, post, token, app, clock, monkeypatch):
    house.store.close()
    assert post(body("node-firing.json")).status == 202
    stranger = knock(app, "POST", "/ingest/alertmanager", b"{}", {"authorization": "Bearer other"})
    assert stranger.status == 503  # it may be a new one
    assert house.spool.waiting == 1


def test_only_when_the_spool_is_full_too_the_sender_is_told_to_try_again(tmp_path, house, post):
    house.spool.close()
    (tmp_path / "small").mkdir()
    house.spool = Spool(tmp_path / "small", 3000)
    with locked(house):
        statuses = [post(body("node-firing.json")).status for _ in range(4)]
    assert statuses[0] == 202
    assert statuses[-1] == 503
    held = statuses.count(202)
    refill(house)
    assert len(waiting(house)) == held


def test_many_at_once_during_an_outage_all_come_in(house, app, token):
    async def storm() -> list[int]:
        headers = {"authorization": f"Bearer {token}"}
        bodies = [body("node-firing.json").replace(b"node-2", b"node-%d" % number) for number in range(100)]
        answers = await asyncio.gather(*(knocking(app, "POST", "/ingest/alertmanager", b, headers) for b in bodies))
        return [answer.status for answer in answers]

    with locked(house):
        assert asyncio.run(storm()) == [202] * 100
    house.store.keep(make(b"last")).result(10)
    refill(house)
    assert len(waiting(house)) == len(set(waiting(house))) == 101


def make(content: bytes) -> NewBody:
    return NewBody(
        source="prod",
        kind="alertmanager",
        world_id=REAL,
        received_at=SetClock().now(),
        digest="0" * 64,
        content=content,
        alerts=0,
    )
