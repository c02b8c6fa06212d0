"""Monitoring tells what it sees, and a drill can be begun again at any time."""

import asyncio
import json
from collections.abc import Callable

import httpx2
import pytest

from tests.rehearsal.transcripts import START
from tocsin.edge.clock import FastClock
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.drills import FAULTS, Drills
from tocsin.rehearsal.manifests import MANIFESTS
from tocsin.rehearsal.monitoring import Monitoring, NotTaken

SPEED = 3000


class Told:
    """An intake that takes note."""

    def __init__(self, status: int = 202) -> None:
        self.status = status
        self.bodies: list[tuple[str, set[str]]] = []
        self.tokens: set[str] = set()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.bodies.append((body["status"], {alert["fingerprint"] for alert in body["alerts"]}))
        self.tokens.add(request.headers["authorization"])
        return httpx2.Response(self.status, text="{}")

    def fingerprints(self, status: str) -> set[str]:
        return set().union(*(found for said, found in self.bodies if said == status))


def world(told: Told) -> tuple[Monitoring, Cluster, FastClock]:
    clock = FastClock(SPEED, START)
    cluster = Cluster(clock.now(), MANIFESTS)
    doors = httpx2.AsyncClient(base_url="http://house", transport=httpx2.MockTransport(told))
    return Monitoring(cluster, clock, doors, "tocsin_src_x"), cluster, clock


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


def test_what_fired_is_told_as_over_once_the_cluster_is_well_and_not_before() -> None:
    async def story() -> None:
        told = Told()
        monitoring, cluster, clock = world(told)
        monitoring.strike("node_down", clock.now())
        await monitoring.tell("node_down")
        ending = asyncio.create_task(monitoring.tell_the_end())
        await clock.sleep(120)
        assert not told.fingerprints("resolved")
        cluster.act_on_server("node-2", "reboot", clock.now())
        await asyncio.wait_for(ending, 10)
        assert told.fingerprints("resolved") == told.fingerprints("firing") != set()
        assert told.tokens == {"Bearer tocsin_src_x"}

    asyncio.run(story())


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_one_that_monitoring_sees_and_can_be_mended(fault) -> None:
    async def story() -> None:
        told = Told()
        monitoring, cluster, clock = world(told)
        monitoring.strike(fault, clock.now())
        assert not cluster.at(clock.now()).is_well
        assert await monitoring.tell(fault) == len(told.bodies) > 0
        cluster.act_on_server("node-1", "reboot", clock.now())
        cluster.act_on_server("node-2", "reboot", clock.now())
        cluster.apply("Middleware", "ingress/limit", next(iter(MANIFESTS.values())), clock.now())
        await asyncio.wait_for(monitoring.tell_the_end(), 10)

    asyncio.run(story())


def test_a_body_that_is_not_taken_is_an_error() -> None:
    async def story() -> None:
        monitoring, _, clock = world(Told(status=401))
        monitoring.strike("node_down", clock.now())
        await monitoring.tell("node_down")

    with pytest.raises(NotTaken, match="401"):
        asyncio.run(story())


def test_beginning_again_ends_the_drill_before_and_repairs_the_cluster() -> None:
    async def story() -> None:
        told = Told()
        monitoring, cluster, clock = world(told)
        drills = Drills(monitoring, clock)
        await asyncio.wrap_future(drills.begin("node_down"))
        await until(lambda: bool(told.fingerprints("firing")))
        first = told.fingerprints("firing")
        await asyncio.wrap_future(drills.begin("ddos"))
        assert drills.current == "ddos"
        assert told.fingerprints("resolved") == first
        assert cluster.machines["node-2"].is_up
        await until(lambda: told.fingerprints("firing") != first)
        await drills.end()
        assert drills.current is None

    asyncio.run(story())


def test_a_drill_can_be_begun_from_another_thread() -> None:
    async def story() -> None:
        monitoring, cluster, clock = world(Told())
        drills = Drills(monitoring, clock)
        await asyncio.to_thread(lambda: drills.begin("node_down").result(5))
        assert not cluster.machines["node-2"].is_up
        await drills.end()

    asyncio.run(story())
