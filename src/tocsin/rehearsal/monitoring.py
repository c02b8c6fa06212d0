"""
The practice world's Prometheus and Alertmanager: a fault is noticed, told over HTTP, and told again when it is over.

What is sent is what the real ones send, to the intake that every sender uses, with a sender's token. The surprise:
nobody tells it when the fault is mended; it looks at the cluster, as monitoring does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import httpx2

from tocsin.edge.clock import Clock
from tocsin.rehearsal.alerts import Alarm, alarms, bodies
from tocsin.rehearsal.cluster import Cluster, Fault

NOTICED_AFTER = 60.0  # practice seconds: the rule's `for`, and the grace before it
LOOKS_EVERY = 10.0
INGEST = "/ingest/alertmanager"


class NotTaken(Exception):
    """The intake did not take a body; the message says what it answered."""


class Monitoring:
    """`doors` has the server's address as its base; `token` is a sender's token of the practice world."""

    def __init__(self, cluster: Cluster, clock: Clock, doors: httpx2.AsyncClient, token: str) -> None:
        self._cluster = cluster
        self._clock = clock
        self._doors = doors
        self._token = token
        self.firing: list[Alarm] = []

    def strike(self, fault: Fault, now: datetime) -> None:
        """Begin with a sound cluster and break it."""
        cluster = self._cluster
        cluster.begin_anew(now)
        match fault:
            case "node_down":
                cluster.node_down("node-2", now)
            case "control_plane_down":
                cluster.node_down("node-1", now)
            case "primary_down":
                cluster.primary_down(now)
            case "ddos":
                cluster.ddos(now)

    async def tell(self, fault: Fault) -> int:
        """Wait until a rule would fire, then post its alerts; gives how many bodies. Raises `NotTaken`."""
        await self._clock.sleep(NOTICED_AFTER)
        self.firing = alarms(fault, self._cluster, self._clock.now())
        return await self._post(self.firing, "firing")

    async def tell_the_end(self) -> int:
        """Wait until the cluster is well, then post the resolved alerts; gives how many bodies. Raises `NotTaken`."""
        while not self._cluster.at(self._clock.now()).is_well:
            await self._clock.sleep(LOOKS_EVERY)
        return await self.clear()

    async def clear(self) -> int:
        """Post what fires as resolved, now; gives how many bodies."""
        over, self.firing = self.firing, []
        return await self._post(over, "resolved")

    async def _post(self, found: Sequence[Alarm], status: Literal["firing", "resolved"]) -> int:
        sent = bodies(found, status, self._clock.now())
        for body in sent:
            headers = {
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "Alertmanager/0.28.1",
            }
            answer = await self._doors.post(INGEST, content=body, headers=headers)
            if not answer.is_success:
                raise NotTaken(f"POST {INGEST}: {answer.status_code} {answer.text[:200]}")
        return len(sent)
