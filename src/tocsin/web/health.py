"""
Is it well: for an orchestrator, a load balancer, Prometheus.

/healthz is red when the store cannot write or a loop stands still: a restart may help. /readyz is red too until every
loop has turned once: send nobody here yet. While the spool takes what the store does not, both say so and stay green:
a restart could not open the database either, and senders must still find us. /metrics counts. None of them asks who
is there, none of them tells a secret, a name or a reason that an outsider could use; the reasons are in the log.

The surprise: pages are counted from the timelines, not by whoever sends them, so every replica counts the same ones.
Take the maximum over replicas, never the sum.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tocsin.edge.clock import FastClock
from tocsin.edge.store.contract import Find, Store, Unavailable
from tocsin.incident.events import PageFailed, PageSent
from tocsin.loops.house import House
from tocsin.procedure.model import PRIORITIES
from tocsin.web.meters import Meters

STILL_AFTER = 180.0
"""The slowest loop turns once a minute; one that has not turned for this long hangs or is dead."""
LOOPS = ("reader", "waker", "performer")
SPOOLED = {"store", "spool"}
"""What is no reason to be restarted or left alone, as long as the spool takes what comes."""
BATCH = 1_000
MANY = 10_000
log = structlog.get_logger(__name__)

Metric = GaugeMetricFamily | CounterMetricFamily


def routes(house: House, meters: Meters | None = None) -> list[BaseRoute]:
    """/healthz, /readyz, /metrics."""
    counted = meters or Meters()
    counted.registry.register(HouseMetrics(house))

    async def healthz(request: Request) -> Response:
        return _told(house, await asyncio.to_thread(_troubles, house))

    async def readyz(request: Request) -> Response:
        starting = {f"loop {name}": "not started" for name in LOOPS if name not in house.turned}
        return _told(house, {**starting, **await asyncio.to_thread(_troubles, house)})

    async def metrics(request: Request) -> Response:
        text = await asyncio.to_thread(generate_latest, counted.registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def _troubles(house: House) -> dict[str, str]:
    troubles = {f"loop {name}": f"still for {age:.0f} s" for name, age in _ages(house).items() if age > STILL_AFTER}
    if why := house.store.healthy():
        troubles["store"] = why
    if house.spool is not None and house.spool.waiting:
        troubles["spool"] = f"{house.spool.waiting} bodies wait"
    return troubles


def _ages(house: House) -> dict[str, float]:
    """Seconds of the wall's time since each loop's last turn; a practice clock runs faster than the loops do."""
    now = house.clock.now()
    speed = house.clock.speed if isinstance(house.clock, FastClock) else 1.0
    return {name: max(0.0, (now - turned).total_seconds() / speed) for name, turned in list(house.turned.items())}


def _told(house: House, troubles: Mapping[str, str]) -> Response:
    if troubles:
        log.error("the house is not well", **{name.replace(" ", "_"): why for name, why in troubles.items()})
    takes = house.spool is not None and not house.spool.trouble
    red = troubles.keys() - (SPOOLED if takes else set())
    return JSONResponse(
        {"ok": not troubles, "troubles": sorted(troubles)}, 503 if red else 200, {"Cache-Control": "no-store"}
    )


class HouseMetrics(Collector):
    """What is read off the house when Prometheus asks. What the store cannot tell now is left out, never 0."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pages = PageCount(house.store)

    def collect(self) -> Iterator[Metric]:
        """One scrape."""
        yield self._loops()
        if (spool := self._house.spool) is not None:
            yield GaugeMetricFamily("tocsin_spooled", "Bodies that wait in the spool.", value=spool.waiting)
        try:
            yield from self._stored(self._house.store)
        except Unavailable as error:
            log.warning("the store's metrics are left out", why=str(error))

    def describe(self) -> list[Metric]:
        """Nothing in advance: registering must not read the store."""
        return []

    def _loops(self) -> Metric:
        gauge = GaugeMetricFamily("tocsin_loop_age_seconds", "Since the loop's last turn.", labels=["loop"])
        for name, age in _ages(self._house).items():
            gauge.add_metric([name], age)
        return gauge

    def _stored(self, store: Store) -> Iterator[Metric]:
        yield GaugeMetricFamily("tocsin_backlog", "Bodies that wait to be read.", value=store.backlog())
        incidents = GaugeMetricFamily("tocsin_incidents_open", "Open incidents.", labels=["priority"])
        rows = store.find(Find(is_open=True, limit=MANY))
        found = [row.priority for row in rows if row.kind != "maintenance"]
        for priority in (*PRIORITIES, ""):
            incidents.add_metric([priority or "none"], found.count(priority))
        yield incidents
        sheltered = len(rows) - len(found)
        yield GaugeMetricFamily("tocsin_incidents_in_maintenance", "Open incidents that call nobody.", value=sheltered)
        pages = CounterMetricFamily("tocsin_pages", "Pages and notices since start, by outcome.", labels=["outcome"])
        sent, failed = self._pages.count()
        pages.add_metric(["sent"], sent)
        pages.add_metric(["failed"], failed)
        yield pages


class PageCount:
    """Follows the timelines from where they stood at the start."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._position = store.position()
        self._sent = self._failed = 0

    def count(self) -> tuple[int, int]:
        """How many were sent and how many failed so far."""
        while batch := self._store.tail(self._position, BATCH):
            self._position = batch[-1][0]
            self._sent += sum(isinstance(entry.event, PageSent) for _, entry in batch)
            self._failed += sum(isinstance(entry.event, PageFailed) for _, entry in batch)
        return self._sent, self._failed
