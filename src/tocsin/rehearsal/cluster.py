"""
The practice cluster: two nodes as a small state machine on a clock that is given.

Faults break it, actions mend it, and what follows by itself (a node noticed, pods evicted, a database promoted, a
boot) is planned with the times that the real parts took. Every method is given `now` (UTC), which must not go back.
The surprise: an action that is accepted has not worked yet, and on a hung machine a soft reboot never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from tocsin.rehearsal.agenda import Agenda
from tocsin.rehearsal.database import Database
from tocsin.rehearsal.firewall import Firewall
from tocsin.rehearsal.machines import (
    BOOT_AFTER,
    EVICT_AFTER,
    GRACE,
    KUBELET_AFTER,
    SHUTDOWN_AFTER,
    Machine,
    two_machines,
)
from tocsin.rehearsal.workloads import GONE_AFTER, STARTS_AFTER, PracticePod, pods, workloads

AGE = timedelta(days=41, hours=7)
CRASHES_FOR = timedelta(minutes=4)
CONTROL_PLANE = "node-1"
Fault = Literal["node_down", "control_plane_down", "primary_down", "ddos"]
ServerAction = Literal["reboot", "reset", "poweroff", "poweron", "shutdown"]


class UnknownServer(Exception):
    """No server of that name or number."""


class Cluster:
    """See the module. `manifests` maps a path to the text that `kubectl apply -f` finds there."""

    def __init__(self, start: datetime, manifests: Mapping[str, str] | None = None) -> None:
        self.manifests = dict(manifests or {})
        self.begin_anew(start)

    def begin_anew(self, now: datetime) -> None:
        """Forget all that happened: a sound cluster again."""
        created_at = (now - AGE).replace(microsecond=0)
        self.start = now
        self.applied: dict[str, str] = {}
        self.machines = two_machines(created_at)
        self.workloads = workloads(created_at + timedelta(minutes=11))
        self.pods = pods(self.workloads, created_at + timedelta(minutes=11))
        self.firewall = Firewall(created_at)
        self.attacked_since: datetime | None = None
        self._agenda = Agenda()
        self._names = 0
        hosts = {pod.name: pod.ip for pod in self.pods.values() if pod.workload.name == "postgresql"}
        self.database = Database(
            now, self._agenda, hosts, leader="postgresql-1", store_answers=lambda: self.api == "answers"
        )

    def at(self, now: datetime) -> Cluster:
        """Itself, after all that happened until `now`."""
        self._agenda.run_until(now)
        return self

    # What it is

    @property
    def api(self) -> Literal["answers", "silent", "refused"]:
        """How the Kubernetes API takes a request: it lives on the control plane and starts with its kubelet."""
        machine = self.machines[CONTROL_PLANE]
        if not machine.is_up:
            return "silent"
        return "answers" if machine.heartbeat_at is None else "refused"

    def serves(self, pod: PracticePod) -> bool:
        """Whether the pod's Ready condition holds: its container's word and its node's."""
        return pod.started and self.machines[pod.node].ready == "True"

    def machine(self, name_or_id: str) -> Machine:
        """By name or server number, as the hoster takes either; raises `UnknownServer`."""
        for machine in self.machines.values():
            if name_or_id in (machine.name, str(machine.server_id)):
                return machine
        raise UnknownServer(name_or_id)

    @property
    def is_well(self) -> bool:
        """Both nodes Ready, every pod serving, a database leader with all members listed, no attack."""
        return (
            all(machine.ready == "True" and machine.is_up for machine in self.machines.values())
            and all(self.serves(pod) for pod in self.pods.values())
            and self.database.writable
            and all(member.listed and member.timeline for member in self.database.members.values())
            and self.attacked_since is None
        )

    # Faults

    def node_down(self, name: str, now: datetime, *, hung: bool = False) -> None:
        """Kubelet and network are gone; `hung`: the kernel too, and only a reset helps."""
        machine = self.at(now).machine(name)
        machine.power = "hung" if hung else "silent"
        self._gone(machine, now)

    def primary_down(self, now: datetime) -> None:
        """The database primary's container crashes at every start, for some minutes or until its pod is deleted."""
        pod = self.at(now).pods.get(f"production/{self.database.leader}")
        if pod is None:
            return
        pod.started, pod.waiting = False, "CrashLoopBackOff"
        pod.restarts += 3
        self.database.lose(pod.name, now)
        self._agenda.plan(now + CRASHES_FOR, partial(self._start, pod))

    def ddos(self, now: datetime) -> None:
        """Requests flood in from a few addresses, until rate limiting is applied."""
        self.at(now).attacked_since = now

    # Actions of the hoster

    def act_on_server(self, name_or_id: str, action: ServerAction, now: datetime) -> Machine:
        """The hoster accepts it; what it does depends on the machine. Raises `UnknownServer`."""
        machine = self.at(now).machine(name_or_id)
        if action in ("reboot", "shutdown") and not machine.heeds_power_button:
            return machine
        is_off = machine.power == "off"
        if action == "reboot" or (action, is_off) in (("reset", False), ("poweron", True)):
            self._boot(machine, now)
        elif action == "shutdown":
            self._stop(machine, now + SHUTDOWN_AFTER, now)
        elif action == "poweroff":
            self._stop(machine, now, now)
        return machine

    # Actions of Kubernetes

    def delete_pod(self, pod: PracticePod, now: datetime) -> None:
        """Its owner makes another; on a dead node it stays Terminating until the node is back."""
        self.at(now)
        self._delete(pod, now)

    def restart(self, key: str, now: datetime) -> None:
        """A rollout restart: the pods of the workload are replaced one after the other."""
        workload = self.at(now).workloads[key]
        old = [pod for pod in self.pods.values() if pod.workload is workload and not pod.deleted_at]
        for place, pod in enumerate(old):
            self._agenda.plan(now + place * STARTS_AFTER, partial(self._delete, pod))
        self.at(now)

    def cordon(self, name: str, on: bool, now: datetime) -> bool:
        """Mark the node unschedulable or not; gives whether that changed anything."""
        machine = self.at(now).machine(name)
        changed = machine.cordoned != on
        machine.cordoned = on
        return changed

    def apply(self, kind: str, name: str, text: str, now: datetime) -> Literal["created", "configured", "unchanged"]:
        """Keep the object. A rate limit ends the attack's effect after a while."""
        self.at(now)
        key = f"{kind}/{name}"
        before = self.applied.get(key)
        self.applied[key] = text
        if "ratelimit" in text.lower() and self.attacked_since:
            self._agenda.plan(now + timedelta(seconds=45), self._attack_fades)
        if before is None:
            return "created"
        return "unchanged" if before == text else "configured"

    # What follows by itself

    def _attack_fades(self, at: datetime) -> None:
        self.attacked_since = None

    def _gone(self, machine: Machine, at: datetime) -> None:
        """The node no longer answers: its members die with it, Kubernetes will notice."""
        machine.boots += 1
        machine.heartbeat_at = machine.heartbeat_at or at
        for pod in self._on(machine):
            if pod.workload.name == "postgresql":
                self.database.lose(pod.name, at)
        noticed_at = max(at, machine.heartbeat_at + GRACE)
        self._agenda.plan(noticed_at, partial(self._notice, machine, machine.boots))

    def _stop(self, machine: Machine, at: datetime, now: datetime) -> None:
        if at > now:
            self._agenda.plan(at, lambda then: self._stop(machine, then, then))
            return
        machine.power = "off"
        self._gone(machine, at)

    def _boot(self, machine: Machine, at: datetime) -> None:
        machine.power = "booting"
        self._gone(machine, at)
        boot = machine.boots
        self._agenda.plan(at + BOOT_AFTER, partial(self._kernel_up, machine, boot))
        self._agenda.plan(at + BOOT_AFTER + KUBELET_AFTER, partial(self._kubelet_up, machine, boot))

    def _notice(self, machine: Machine, boot: int, at: datetime) -> None:
        """The controller marks the node, if it runs itself."""
        if machine.boots != boot or machine.ready != "True" or machine.heartbeat_at is None:
            return
        if not self.machines[CONTROL_PLANE].is_up:
            self._agenda.plan(at + GRACE, partial(self._notice, machine, boot))
            return
        machine.ready, machine.ready_since = "Unknown", at
        self._agenda.plan(at + EVICT_AFTER, partial(self._evict, machine, at))

    def _evict(self, machine: Machine, unready_since: datetime, at: datetime) -> None:
        """What tolerated the dead node long enough is deleted; a daemon set's pods stay."""
        if machine.ready == "True" or machine.ready_since != unready_since:
            return
        for pod in self._on(machine):
            if pod.workload.owner != "DaemonSet":
                self._delete(pod, at)

    def _kernel_up(self, machine: Machine, boot: int, at: datetime) -> None:
        if machine.boots == boot:
            machine.power = "up"

    def _kubelet_up(self, machine: Machine, boot: int, at: datetime) -> None:
        """The node is Ready again; every container on it starts anew, what was Terminating goes."""
        if machine.boots != boot:
            return
        if machine.ready != "True":
            machine.ready, machine.ready_since = "True", at
        machine.heartbeat_at = None
        for pod in self._on(machine):
            if pod.deleted_at:
                self._agenda.plan(at + GONE_AFTER, partial(self._remove, pod))
            else:
                pod.started = False
                pod.restarts += 1
                self._agenda.plan(at + STARTS_AFTER, partial(self._start, pod))

    def _delete(self, pod: PracticePod, at: datetime) -> None:
        """A Deployment replaces it at once, a StatefulSet only when the old one is really gone."""
        if pod.deleted_at:
            return
        pod.deleted_at = at
        if pod.workload.name == "postgresql":
            self.database.lose(pod.name, at)
        if self.machines[pod.node].is_up:
            self._agenda.plan(at + GONE_AFTER, partial(self._remove, pod))
        if pod.workload.owner == "Deployment":
            self._create(pod, at, name=self._new_name(pod), node=self._free_node(pod.node))

    def _remove(self, pod: PracticePod, at: datetime) -> None:
        if self.pods.get(pod.key) is not pod:
            return
        del self.pods[pod.key]
        if pod.workload.owner != "Deployment":
            name = pod.name if pod.workload.owner == "StatefulSet" else self._new_name(pod)
            self._create(pod, at, name=name, node=pod.node)

    def _create(self, old: PracticePod, at: datetime, *, name: str, node: str) -> None:
        self._names += 1
        machine = self.machines[node]
        new = PracticePod(
            workload=old.workload,
            name=name,
            node=node,
            ip=f"{machine.pod_network}.{20 + self._names}",
            created_at=at,
            started_at=at,
            template=old.template,
            started=False,
            waiting="ContainerCreating",
            millicores=old.millicores,
            mebibytes=old.mebibytes,
        )
        self.pods[new.key] = new
        self._agenda.plan(at + STARTS_AFTER, partial(self._start, new))

    def _start(self, pod: PracticePod, at: datetime) -> None:
        if self.pods.get(pod.key) is not pod or pod.started or pod.deleted_at or not self.machines[pod.node].is_up:
            return
        pod.started, pod.waiting, pod.started_at = True, "", at
        if pod.workload.name == "postgresql":
            self.database.start(pod.name, pod.ip, at)

    def _on(self, machine: Machine) -> list[PracticePod]:
        return [pod for pod in self.pods.values() if pod.node == machine.name]

    def _free_node(self, dead: str) -> str:
        """Where a replacement goes: a node that takes pods, else the same one."""
        return next((m.name for m in self.machines.values() if m.is_up and m.ready == "True" and not m.cordoned), dead)

    def _new_name(self, pod: PracticePod) -> str:
        """A name as its controller would give: the template's, then five letters that repeat in each rehearsal."""
        letters = "bcdfghjklmnpqrstvwxz2456789"
        number = 7919 * (self._names + 1)
        suffix = "".join(letters[number // len(letters) ** place % len(letters)] for place in range(5))
        return f"{pod.name.rsplit('-', 1)[0]}-{suffix}"
