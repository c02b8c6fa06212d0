"""
The PostgreSQL members under Patroni, with the times that a real cluster of ttl 30, loop_wait 10 took.

The surprise, recorded: until the leader's key runs out, `patronictl list` goes on showing the dead member as
"Leader running", and a manual failover changes nothing before that either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.rehearsal.agenda import Agenda

NOTICE_AFTER = timedelta(seconds=8.5)  # replicas lose their stream: "streaming" becomes "running"
PROMOTE_AFTER = timedelta(seconds=27.9)  # the leader's key is gone and the other accepts writes
NEW_TIMELINE_AFTER = timedelta(seconds=2.1)  # after a promotion
FORGET_AFTER = timedelta(seconds=30)  # a dead replica's own key
REJOIN_AFTER = timedelta(seconds=8.6)  # from a started container to a streaming replica
LOOP_WAIT = timedelta(seconds=10)
FAILOVER_TAKES = timedelta(seconds=4)
DEMOTED_REJOINS_AFTER = timedelta(seconds=12)


@dataclass
class Member:
    """One PostgreSQL. `listed` while its key lives in Patroni's store; `timeline` None while it tells none."""

    name: str
    host: str
    timeline: int | None = 1
    state: str = "streaming"
    alive: bool = True
    listed: bool = True
    lives: int = 0


class Database:
    """
    The cluster "main". Members by name; `leader` "" when nobody leads. Its plans go into the cluster's agenda.

    `store_answers` tells whether Patroni's own store (the Kubernetes API) does: nobody is promoted without it.
    """

    scope = "main"
    system = 7711372500119411272

    def __init__(
        self,
        start: datetime,
        agenda: Agenda,
        hosts: dict[str, str],
        leader: str,
        store_answers: Callable[[], bool],
    ) -> None:
        self.members = {name: Member(name, host) for name, host in sorted(hosts.items())}
        self.leader = leader
        self.timeline = 1
        self.history: list[tuple[int, int, datetime, str]] = []
        self._start = start
        self._agenda = agenda
        self._store_answers = store_answers
        self.members[leader].state = "running"

    def lsn(self, now: datetime) -> int:
        """The write position: it grows while somebody leads."""
        return 0x4000060 + 40 * int((now - self._start).total_seconds())

    @property
    def writable(self) -> bool:
        """A living leader takes writes."""
        return bool(self.leader) and self.members[self.leader].alive

    def lose(self, name: str, at: datetime) -> None:
        """The member's node or container dies."""
        member = self.members[name]
        if not member.alive:
            return
        member.alive = False
        member.lives += 1
        life = member.lives
        if name == self.leader:
            self._agenda.plan(at + NOTICE_AFTER, lambda then: self._stream_lost(name, life))
            self._agenda.plan(at + PROMOTE_AFTER, lambda then: self._expire(name, life, then))
        else:
            self._agenda.plan(at + FORGET_AFTER, lambda then: self._forget(name, life))

    def start(self, name: str, host: str, at: datetime) -> None:
        """The member's container runs again: in place as leader if its key still lives, else it rejoins."""
        member = self.members[name]
        member.alive = True
        member.lives += 1
        member.host = host
        member.listed = True
        if name == self.leader:
            member.state = "running"
            return
        member.state, member.timeline = "starting", None
        life = member.lives
        self._agenda.plan(at + REJOIN_AFTER, lambda then: self._rejoin(name, life, then))

    def fail_over(self, candidate: str, at: datetime) -> None:
        """A living leader hands over: the candidate leads at once, the old leader rejoins some seconds later."""
        old = self.members[self.leader]
        self._promote(candidate, at)
        old.state, old.timeline = "stopped", None
        life = old.lives
        for other in self.members.values():
            if other.name not in (candidate, old.name) and other.alive:
                other.state = "running"
        self._agenda.plan(at + DEMOTED_REJOINS_AFTER, lambda then: self._rejoin(old.name, life, then))

    def _stream_lost(self, name: str, life: int) -> None:
        if self.members[name].lives == life:
            for other in self.members.values():
                if other.name != name and other.alive:
                    other.state = "running"

    def _expire(self, name: str, life: int, at: datetime) -> None:
        """The dead leader's key ran out."""
        if self.members[name].lives != life or self.leader != name:
            return
        if not self._store_answers():
            self._agenda.plan(at + LOOP_WAIT, lambda then: self._expire(name, life, then))
            return
        self.members[name].listed = False
        candidate = next((m.name for m in self.members.values() if m.alive), "")
        self.leader = ""
        if candidate:
            self._promote(candidate, at)

    def _promote(self, name: str, at: datetime) -> None:
        self.history.append((self.timeline, self.lsn(at), at, name))
        self.timeline += 1
        self.leader = name
        self.members[name].state = "running"
        self._agenda.plan(at + NEW_TIMELINE_AFTER, lambda then: self._on_new_timeline())

    def _on_new_timeline(self) -> None:
        for member in self.members.values():
            if member.alive and member.timeline is not None:
                member.timeline = self.timeline
                member.state = "running" if member.name == self.leader else "streaming"

    def _forget(self, name: str, life: int) -> None:
        if self.members[name].lives == life:
            self.members[name].listed = False

    def _rejoin(self, name: str, life: int, at: datetime) -> None:
        member = self.members[name]
        if member.lives != life or not member.alive:
            return
        if not self.leader:
            self._promote(name, at)
        member.timeline = self.timeline
        member.state = "running" if self.leader == name else "streaming"
