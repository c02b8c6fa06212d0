"""A sign of life to the outside: sent while we live, silent when we are ill, and its failure is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.http_server import HttpServer
from tests.house import SetClock, small_house
from tocsin.edge.outside_check import HttpCheck, NotTaken
from tocsin.edge.settings.model import OutsideCheckSettings
from tocsin.edge.settings.quantities import SecretAddress
from tocsin.edge.store.contract import NewBody
from tocsin.incident.events import REAL, OutsideCheckFailed, OutsideCheckReached
from tocsin.loops.house import House
from tocsin.loops.outside import VITAL, SignOfLife


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(tmp_path: Path, clock: SetClock) -> Iterator[House]:
    with small_house(tmp_path, clock) as house:
        yield house


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer() as server:
        yield server


def tells(life: SignOfLife, house: House, server: HttpServer) -> bool:
    for name in VITAL:
        house.turn(name)
    return tell(life, server)


def tell(life: SignOfLife, server: HttpServer) -> bool:
    async def once() -> bool:
        check = HttpCheck(OutsideCheckSettings(url=SecretAddress(f"{server.url}/ping/uuid"), allow_private=True))
        try:
            return await life.tell(check)
        finally:
            await check.close()

    return asyncio.run(once())


def test_while_we_live_we_say_so(house, server):
    assert tells(SignOfLife(house, None), house, server)
    assert [path for path, _, _ in server.requests] == ["/ping/uuid"]


def test_a_loop_that_stands_still_says_nothing(house, clock, server):
    life = SignOfLife(house, None)
    assert not tell(life, server)
    tells(life, house, server)
    clock.passes(seconds=91)
    house.turn("waker")
    house.turn("performer")
    assert not tell(life, server)
    assert life.illness() == "the reader does not turn"
    assert len(server.requests) == 1


def test_an_inbox_that_nobody_reads_says_nothing(house, clock, server):
    body = NewBody(source="a", kind="json", world_id=REAL, received_at=clock.now(), digest="d", content=b"{}", alerts=0)
    house.store.keep(body).result(10)
    life = SignOfLife(house, None)
    assert tells(life, house, server)
    clock.passes(minutes=6)
    assert not tells(life, house, server)
    assert life.illness() == "the inbox is not read"


def test_a_database_that_takes_nothing_says_nothing(house, server):
    life = SignOfLife(house, None)
    house.store.close()
    assert not tells(life, house, server)
    assert server.requests == []


def test_a_check_that_fails_is_told_once_and_its_return_too(house, clock, server):
    life = SignOfLife(house, None)
    server.status = 500
    for _ in range(10):
        assert not tells(life, house, server)
        clock.passes(minutes=1)
    told = house.incident(1)
    assert (told.priority, told.title) == ("P3", "The outside check no longer takes our sign of life: HTTP 500")
    server.status = 200
    assert tells(life, house, server)
    assert house.incident(1).firing == ()
    assert house.store.last_incident() == 1
    lines = [type(entry.event) for entry in house.store.load("house/watch")]
    assert lines == [OutsideCheckFailed, OutsideCheckReached]


def test_an_address_in_our_own_network_is_refused_unless_it_is_allowed(server):
    async def ping() -> None:
        await HttpCheck(OutsideCheckSettings(url=SecretAddress(server.url))).ping()

    with pytest.raises(NotTaken, match="private network"):
        asyncio.run(ping())
    assert server.requests == []
