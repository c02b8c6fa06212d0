"""kubectl top: a dead node's usage is `<unknown>`, and its pods are missing from the list."""

from __future__ import annotations

from tocsin.rehearsal.answers import Answer
from tocsin.rehearsal.kubectl.asked import Asked, not_found, wrong
from tocsin.rehearsal.kubectl.objects import CPUS, MEMORY_KIB
from tocsin.rehearsal.machines import Machine
from tocsin.rehearsal.tables import columns
from tocsin.rehearsal.workloads import PracticePod

SURGE = 4  # how much busier the entrance is under an attack


def nodes(asked: Asked) -> Answer:
    """`kubectl top nodes`."""
    machines = asked.cluster.machines
    missing = [name for name in asked.line.words if name not in machines]
    if missing:
        return not_found("nodes", missing[0])
    shown = [machine for machine in machines.values() if not asked.line.words or machine.name in asked.line.words]
    header = ("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)")
    return Answer(out=columns(header, [_node_row(asked, machine) for machine in shown], trailing=True))


def _node_row(asked: Asked, machine: Machine) -> tuple[str, ...]:
    if not machine.is_up or machine.heartbeat_at is not None:
        return machine.name, *("<unknown>",) * 4
    millicores = machine.cpu_millicores + (300 if asked.cluster.attacked_since else 0)
    memory = machine.memory_bytes
    return (
        machine.name,
        f"{millicores}m",
        f"{millicores // (10 * CPUS)}%",
        f"{memory >> 20}Mi",
        f"{memory * 100 // (MEMORY_KIB << 10)}%",
    )


def pods(asked: Asked) -> Answer:
    """`kubectl top pods [--sort-by=cpu|memory]`."""
    order = asked.line.last("sort-by")
    if order not in ("", "cpu", "memory"):
        return wrong("--sort-by accepts only cpu or memory")
    measured = [pod for pod in asked.pods() if _is_measured(asked, pod)]
    if not measured:
        where = f" in {asked.namespace} namespace." if asked.namespace else ""
        return Answer(err=f"No resources found{where}\n")
    if order:
        measured.sort(key=lambda pod: -(pod.mebibytes if order == "memory" else cpu(asked, pod)))
    spread = asked.line.has("all-namespaces")
    header = (*(("NAMESPACE",) if spread else ()), "NAME", "CPU(cores)", "MEMORY(bytes)")
    rows = [
        (*((pod.workload.namespace,) if spread else ()), pod.name, f"{cpu(asked, pod)}m", f"{pod.mebibytes}Mi")
        for pod in measured
    ]
    return Answer(out=columns(header, rows, trailing=True))


def _is_measured(asked: Asked, pod: PracticePod) -> bool:
    machine = asked.cluster.machines[pod.node]
    return pod.started and machine.is_up and machine.heartbeat_at is None


def cpu(asked: Asked, pod: PracticePod) -> int:
    """Millicores: the entrance and what stands behind it are busier while attacked."""
    busy = asked.cluster.attacked_since is not None and pod.workload.name in ("traefik", "web")
    return pod.millicores * (SURGE if busy else 1)
