"""
A storm through the rooms that decide, on a virtual clock: bodies in, and which incident each alert ends in.

What loops/record does, without a store: decide, settle, follow the clocks. The cluster's places are those of the
photograph taken before. An alert belongs to the incident that holds it at the end; one that was absorbed by another
counts with the other.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from bench.storms.bodies import BEGINS, deliveries
from bench.storms.scenarios import END, Storm
from tests.house import SMALL
from tocsin.cluster.snapshot import Snapshot
from tocsin.cluster.topology import topology_of
from tocsin.decide import decide, settle, wake_at
from tocsin.detection.sources.alertmanager import fingerprint, read
from tocsin.edge.procedure_files import shipped_catalogue
from tocsin.incident import commands as c
from tocsin.incident.state import NOTHING_YET, Incident, fold
from tocsin.procedure.model import Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of
from tocsin.triage.catalogue import read_catalogue
from tocsin.world import World

CUT = 0.25


@dataclass
class Played:
    """
    `causes` is the true cause by fingerprint of every alert that arrived, `held` the incident that holds it; `shared`
    counts those that several faults caused, which are in no pair.
    """

    causes: dict[str, str]
    held: dict[str, int]
    incidents: dict[int, Incident] = field(default_factory=dict)
    shared: int = 0


def play(storm: Storm) -> Played:
    """The whole storm, with a quarter of the large bodies cut."""
    chance = random.Random(f"bodies of {storm.name}/{storm.seed}")
    house = House(storm.cluster.snapshot(), BEGINS)
    arrived: set[str] = set()
    for delivery in deliveries(storm.signals, chance, cut=CUT, until=END + 100):
        house.until(BEGINS + timedelta(seconds=delivery.at))
        alerts = tuple(read(delivery.body, "alertmanager").alerts)
        arrived |= {alert.fingerprint for alert in alerts if alert.status == "firing"}
        house.ask(
            c.ReceiveAlerts(source="alertmanager", alerts=alerts, received_at=house.now, ended=house.ended(alerts))
        )
    named = {fingerprint(s.labels): s.cause for n, s in enumerate(storm.signals) if n not in storm.shared}
    causes = {mark: cause for mark, cause in named.items() if mark in arrived}
    return Played(causes, house.held(), house.incidents, len(arrived) - len(causes))


class House:
    """The rooms that decide, with the places of one photograph."""

    def __init__(self, snapshot: Snapshot, begins: datetime) -> None:
        self.now = begins
        self.incidents: dict[int, Incident] = {}
        self.world = World(
            procedure=_procedure(),
            topology=topology_of(snapshot),
            catalogue=read_catalogue(shipped_catalogue()),
        )

    def until(self, end: datetime) -> None:
        """Every clock rings at its instant."""
        while True:
            wakes = [
                (w, n) for n, i in self.incidents.items() if (w := wake_at(i, self.world)) is not None and w <= end
            ]
            if not wakes:
                break
            when, number = min(wakes)
            self.now = max(self.now, when)
            before = self.incidents[number]
            self.ask(c.Look(incident=number))
            self._settle(number)
            if self.incidents[number] == before:
                raise AssertionError(f"incident {number} wakes at {when} and nothing happens")
        self.now = end

    def ask(self, command: c.Command) -> None:
        world = replace(self.world, next_incident=max(self.incidents, default=0) + 1)
        for append in decide(command, self.incidents, world, self.now):
            number = int(append.stream.partition("/")[2])
            self.incidents[number] = fold(append.events, self.incidents.get(number, NOTHING_YET))
            self._settle(number)

    def ended(self, alerts: tuple) -> tuple:
        open_ones = {a.episode for i in self.incidents.values() if i.is_open for a in i.alerts}
        over = {a.episode for i in self.incidents.values() if not i.is_open for a in i.alerts}
        return tuple(alert.episode for alert in alerts if alert.episode in over - open_ones)

    def held(self) -> dict[str, int]:
        """The last incident that took each alert; what was absorbed is the absorber's."""
        return {a.fingerprint: i.number for i in self.incidents.values() if i.status != "merged" for a in i.alerts}

    def _settle(self, number: int) -> None:
        incident = self.incidents[number]
        self.incidents[number] = fold(settle(incident, self.world, self.now), incident)


@cache
def _procedure() -> Procedure:
    text = text_of("incidents.md", (Path(SMALL) / "incidents.md").read_bytes())
    return read_procedure({"incidents.md": text}, "incidents.md")
