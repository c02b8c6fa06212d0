"""
Which faults come together, by name; a name and a seed give one storm.

The seeds are of two parts. `TUNED` may be looked at while the correlation is worked on. `HELD_OUT` may not: they are
played to report a figure, and what they show is not acted upon.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.storms.cluster import Cluster, cluster
from bench.storms.faults import (
    SINGLES,
    Fault,
    Signal,
    api_down,
    bad_release,
    cache_loss,
    control_plane_death,
    disk_full,
    firewall_down,
    node_death,
    primary_loss,
    single,
    unexplained,
    volume_full,
)

TUNED = range(24)
HELD_OUT = range(1_000, 1_024)
SIZES = (2, 2, 3, 5, 8, 13, 21, 34, 50)
LATE = 560.0  # under ten minutes between the first child and the last: the window that the procedure grants
END = 1_400.0


@dataclass(frozen=True)
class Storm:
    name: str
    seed: int
    cluster: Cluster
    signals: tuple[Signal, ...]
    shared: frozenset[int]
    """Which signals, by their place, several faults have caused: a workload that misses pods of two dead machines."""


def storm(name: str, seed: int) -> Storm:
    """The same name and seed give the same storm."""
    chance = random.Random(f"{name}/{seed}")
    made = cluster(chance.choice(SIZES), chance)
    signals = [signal for fault in SCENARIOS[name](made, chance) for signal in fault.play(made, chance)]
    signals = _distinct(signals)
    if chance.random() < 0.3:
        signals = [_ended(signal, chance) for signal in signals]
    ordered = tuple(sorted(signals, key=lambda signal: signal.at))
    return Storm(name, seed, made, ordered, _shared(ordered, made))


def _shared(signals: tuple[Signal, ...], made: Cluster) -> frozenset[int]:
    causes = {signal.cause for signal in signals}
    dead = {machine.name for machine in made.machines if f"{machine.name} down" in causes}
    hit = {pod.workload: 0 for pod in made.pods}
    for workload in hit:
        hit[workload] = len(dead & {pod.node for pod in made.of(workload)})
    return frozenset(place for place, signal in enumerate(signals) if hit.get(signal.workload, 0) > 1)


def _distinct(signals: list[Signal]) -> list[Signal]:
    """The same alert of two faults is one alert, of the fault that made it first: a fingerprint has one cause."""
    first: dict[tuple[tuple[str, str], ...], Signal] = {}
    for signal in sorted(signals, key=lambda signal: signal.at):
        first.setdefault(tuple(sorted(signal.labels.items())), signal)
    return list(first.values())


def _ended(signal: Signal, chance: random.Random) -> Signal:
    """Some end while others still begin: resolves come mixed in."""
    if chance.random() < 0.6:
        return signal
    return replace(signal, ends=min(END, signal.at + chance.uniform(60, 600)))


def _worker(made: Cluster, chance: random.Random) -> str:
    return chance.choice(made.workers).name


def _some_singles(chance: random.Random, count: int, latest: float = 300.0) -> list[Fault]:
    return [single(name, SINGLES[name], chance.uniform(0, latest)) for name in chance.sample(sorted(SINGLES), count)]


def _one_node(made: Cluster, chance: random.Random) -> list[Fault]:
    return [node_death(_worker(made, chance))]


def _late_children(made: Cluster, chance: random.Random) -> list[Fault]:
    return [node_death(_worker(made, chance), spread=LATE)]


def _node_and_singles(made: Cluster, chance: random.Random) -> list[Fault]:
    return [node_death(_worker(made, chance)), *_some_singles(chance, 3)]


def _two_nodes(made: Cluster, chance: random.Random) -> list[Fault]:
    """Two machines, the second some minutes later, at different places of the cluster."""
    names = [machine.name for machine in chance.sample(made.workers, min(2, len(made.workers)))]
    return [node_death(name, number * chance.uniform(0, 200)) for number, name in enumerate(names)]


def _control_plane(made: Cluster, chance: random.Random) -> list[Fault]:
    if not made.sole_control_plane:
        return [api_down()]
    return [control_plane_death(made.machines[0].name)]


def _control_plane_and_singles(made: Cluster, chance: random.Random) -> list[Fault]:
    return [*_control_plane(made, chance), *_some_singles(chance, 3)]


def _api_and_disk(made: Cluster, chance: random.Random) -> list[Fault]:
    return [api_down(), disk_full(chance.choice(made.machines).name, chance.uniform(0, 200))]


def _database(made: Cluster, chance: random.Random) -> list[Fault]:
    return [primary_loss(), *_some_singles(chance, 2)]


def _database_and_cache(made: Cluster, chance: random.Random) -> list[Fault]:
    return [primary_loss(), cache_loss(chance.uniform(0, 200)), volume_full(100)]


def _firewall(made: Cluster, chance: random.Random) -> list[Fault]:
    return [firewall_down(), *_some_singles(chance, 2)]


def _firewall_and_node(made: Cluster, chance: random.Random) -> list[Fault]:
    """The WAF falls while a machine dies that carries none of it."""
    carriers = {pod.node for pod in made.of("waf")}
    others = [machine.name for machine in made.workers if machine.name not in carriers]
    nodes = [node_death(chance.choice(others))] if others else []
    return [firewall_down(chance.uniform(0, 100)), *nodes]


def _release_and_node(made: Cluster, chance: random.Random) -> list[Fault]:
    """A bad release, while a machine dies that carries other things."""
    node = _worker(made, chance)
    there = {pod.workload for pod in made.on(node)}
    others = sorted(
        {pod.workload for pod in made.pods if pod.kind == "deployment" and pod.containers == ("app",)} - there
    )
    releases = [bad_release(chance.choice(others), chance.uniform(0, 200))] if others else []
    return [node_death(node), *releases]


def _disk_before_death(made: Cluster, chance: random.Random) -> list[Fault]:
    """The disk of the machine that dies had filled up before, and another machine's fills up now: three matters."""
    dead = _worker(made, chance)
    other = chance.choice([machine.name for machine in made.machines if machine.name != dead])
    return [disk_full(dead, 0), node_death(dead, 120), disk_full(other, 200)]


def _many_singles(made: Cluster, chance: random.Random) -> list[Fault]:
    """Nothing but matters of their own, in one minute."""
    return [*_some_singles(chance, 10, latest=40), disk_full(chance.choice(made.machines).name), volume_full()]


def _unexplained(made: Cluster, chance: random.Random) -> list[Fault]:
    return [unexplained(chance.randint(40, 120)), *_some_singles(chance, 2)]


def _unexplained_and_node(made: Cluster, chance: random.Random) -> list[Fault]:
    return [unexplained(chance.randint(40, 120)), node_death(_worker(made, chance)), volume_full(60)]


def _everything(made: Cluster, chance: random.Random) -> list[Fault]:
    """A bad night: a machine, the database and the cache elsewhere, a disk, and three matters of their own."""
    carriers = {pod.node for pod in (*made.of("postgresql"), *made.of("redis"))}
    others = [machine.name for machine in made.workers if machine.name not in carriers]
    nodes = [node_death(chance.choice(others))] if others else []
    disk = disk_full(chance.choice(sorted(carriers)), 150)
    return [*nodes, primary_loss(60), cache_loss(120), disk, *_some_singles(chance, 3)]


SCENARIOS: dict[str, Callable[[Cluster, random.Random], list[Fault]]] = {
    "one machine dies": _one_node,
    "one machine dies, late children": _late_children,
    "one machine dies, three matters beside it": _node_and_singles,
    "two machines die": _two_nodes,
    "the control plane dies": _control_plane,
    "the control plane dies, three matters beside it": _control_plane_and_singles,
    "the API is down, a disk fills up": _api_and_disk,
    "the primary is lost": _database,
    "the primary and the cache are lost": _database_and_cache,
    "the WAF is down": _firewall,
    "the WAF is down, a machine dies": _firewall_and_node,
    "a bad release, a machine dies": _release_and_node,
    "a full disk before its machine dies": _disk_before_death,
    "many matters in one minute": _many_singles,
    "a storm that nobody knows": _unexplained,
    "a storm that nobody knows, a machine dies": _unexplained_and_node,
    "a bad night": _everything,
}
