"""The commands of the PostgreSQL runbook on three real members of a Patroni cluster, with etcd as their store."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.postgres import USER, programs
from tests.shipped.running import Runner, eventually, free_port, program
from tocsin.edge.preflight.patroni import members

pytestmark = [pytest.mark.xdist_group("shipped-patroni"), pytest.mark.timeout(300)]

SCOPE = "main"
READ_ONLY = 'psql -U postgres -At -c "select pg_is_in_recovery()"'
LIST = "patronictl list"


class Member:
    """One member: its name, its ports, its process."""

    def __init__(self, number: int) -> None:
        self.name = f"postgresql-{number}"
        self.rest, self.port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None


class Group:
    """The members and their store. `patronictl` runs the procedure's commands, `on(name)` those of one pod."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._etcd_port = free_port()
        self.members = [Member(number) for number in range(3)]
        self.patronictl = Runner(
            {"patronictl": program("patronictl", "PyPI: patroni, in TOCSIN_TEST_TOOLS")},
            {"patronictl": ("-c", str(folder / "postgresql-0.yml"))},
        )
        self._patroni = program("patroni", "PyPI: patroni, in TOCSIN_TEST_TOOLS")
        self._etcd_program = program("etcd", "Debian: etcd-server")
        self._psql = program("psql", "Debian: postgresql-15")
        self._bin = programs()
        self._etcd: subprocess.Popen[bytes] | None = None

    def member(self, name: str) -> Member:
        return next(member for member in self.members if member.name == name)

    def on(self, name: str) -> Runner:
        """What runs in that member's pod."""
        member = self.member(name)
        return Runner(
            {"psql": self._psql},
            {"psql": ("-h", "127.0.0.1", "-p", str(member.port))},
            here={"http://localhost:8008/patroni": f"http://127.0.0.1:{member.rest}/patroni"},
        )

    def state(self) -> dict[str, dict[str, Any]]:
        """By member, what Patroni says of the group; asked of whichever member answers."""
        for member in self.members:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{member.rest}/cluster", timeout=2) as answer:
                    return {one["name"]: one for one in json.load(answer)["members"]}
            except (OSError, urllib.error.URLError):
                continue
        return {}

    def leader(self) -> str:
        return next((name for name, one in self.state().items() if one["role"] == "leader"), "")

    def replicas(self) -> list[str]:
        """The replicas that stream."""
        return sorted(n for n, one in self.state().items() if one["role"] == "replica" and one["state"] == "streaming")

    def is_read_only(self, name: str) -> bool:
        return self.on(name)(READ_ONLY).stdout.strip() == "t"

    def start(self) -> None:
        peer = f"http://127.0.0.1:{free_port()}"
        store = f"http://127.0.0.1:{self._etcd_port}"
        arguments = ["--data-dir", str(self.folder / "etcd"), "--listen-client-urls", store]
        arguments += [
            "--advertise-client-urls",
            store,
            "--listen-peer-urls",
            peer,
            "--initial-advertise-peer-urls",
            peer,
        ]
        arguments += ["--initial-cluster", f"default={peer}", "--unsafe-no-fsync"]
        self._etcd = self._spawn("etcd", [self._etcd_program, *arguments])
        eventually(lambda: urllib.request.urlopen(f"{store}/health", timeout=2).status == 200, "etcd answers")
        for member in self.members:
            self._configure(member)
            self.begin(member)
        eventually(lambda: self.leader() and len(self.replicas()) == 2, "a leader and two replicas", within=90)

    def begin(self, member: Member) -> None:
        member.process = self._spawn(member.name, [self._patroni, str(self.folder / f"{member.name}.yml")])

    def lose(self, member: Member) -> None:
        """The machine dies: Patroni and every process of its PostgreSQL at once."""
        pid_file = self.folder / member.name / "postmaster.pid"
        postmaster = int(pid_file.read_text().split()[0])
        assert member.process
        os.killpg(member.process.pid, signal.SIGKILL)
        member.process.wait()
        for child in _children(postmaster):
            _kill(child)
        _kill(postmaster)

    def stop(self) -> None:
        for member in self.members:
            if member.process and member.process.poll() is None:
                os.killpg(member.process.pid, signal.SIGTERM)
        for member in self.members:
            if member.process:
                member.process.wait(30)
        if self._etcd:
            self._etcd.terminate()
            self._etcd.wait(10)

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        user = pwd.getpwnam(USER) if os.geteuid() == 0 else None
        as_user: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd="/",
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "HOME": str(self.folder)},
                **as_user,
            )

    def _configure(self, member: Member) -> None:
        local = {"username": USER, "password": "none"}
        parameters = {"unix_socket_directories": str(self.folder), "fsync": "off", "max_connections": 20}
        settings = {
            "scope": SCOPE,
            "name": member.name,
            "restapi": {"listen": f"127.0.0.1:{member.rest}", "connect_address": f"127.0.0.1:{member.rest}"},
            "etcd3": {"host": f"127.0.0.1:{self._etcd_port}"},
            "bootstrap": {
                "dcs": {
                    "ttl": 20,
                    "loop_wait": 3,
                    "retry_timeout": 4,
                    "maximum_lag_on_failover": 1048576,
                    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": parameters},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{member.port}",
                "connect_address": f"127.0.0.1:{member.port}",
                "data_dir": str(self.folder / member.name),
                "bin_dir": str(self._bin),
                "pgpass": str(self.folder / f"{member.name}.pgpass"),
                "authentication": {"superuser": local, "replication": {"username": "copy", "password": "none"}},
                "pg_hba": [
                    "local all all trust",
                    "host all all 127.0.0.1/32 trust",
                    "host replication all 127.0.0.1/32 trust",
                ],
            },
        }
        (self.folder / f"{member.name}.yml").write_text(yaml.safe_dump(settings))


def _children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    folder = Path(tempfile.mkdtemp(prefix="tocsin-patroni-"))
    group = Group(folder)
    if os.geteuid() == 0:
        owner = pwd.getpwnam(USER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        group.start()
        yield group
    finally:
        group.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_proofs_show_who_leads_who_follows_and_who_may_write(group: Group) -> None:
    leader = group.leader()
    told = group.patronictl(LIST).stdout
    assert "Leader" in told
    assert told.count("streaming") == 2
    assert group.patronictl("patronictl history").returncode == 0
    assert [group.is_read_only(member.name) for member in group.members].count(False) == 1
    assert not group.is_read_only(leader)
    run = group.on(leader)
    own = json.loads(run("curl -s --max-time 5 http://localhost:8008/patroni").stdout)
    assert own["role"] in ("primary", "master")
    lag = run(
        'psql -U postgres -At -c "select application_name, state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) '
        'from pg_stat_replication"'
    )
    assert lag.stdout.count("streaming") == 2
    slots = run(
        'psql -U postgres -At -c "select slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) '
        'from pg_replication_slots"'
    )
    assert slots.stdout.count("|t|") == 2
    assert "Filesystem" in run("df -h").stdout
    assert "IFree" in run("df -i").stdout
    assert run('psql -U postgres -At -c "select sum(checksum_failures) from pg_stat_database"').stdout.strip() == "0"
    assert (
        "active" in run('psql -U postgres -At -c "select state, count(*) from pg_stat_activity group by state"').stdout
    )


def test_a_look_ahead_binds_the_members_to_their_rest_addresses(group: Group) -> None:
    """Before anything happens; one address that answers is enough, and one that does not costs nothing."""
    one = group.members[0]
    found = asyncio.run(members(["http://127.0.0.1:1", f"http://127.0.0.1:{one.rest}/patroni"]))
    assert {member.name: member.rest for member in found} == {
        member.name: f"http://127.0.0.1:{member.rest}" for member in group.members
    }
    assert {member.scope for member in found} == {SCOPE}
    assert [member.name for member in found if member.role == "leader"] == [group.leader()]


def test_a_switchover_moves_the_leader_and_loses_nothing(group: Group) -> None:
    leader, candidate = group.leader(), group.replicas()[0]
    group.patronictl(
        "patronictl switchover <cluster> --leader <leader> --candidate <candidate> --force",
        cluster=SCOPE,
        leader=leader,
        candidate=candidate,
    )
    eventually(lambda: not group.is_read_only(candidate), "the candidate takes writes")
    eventually(lambda: len(group.replicas()) == 2, "the old leader streams from the new one", within=60)
    assert group.is_read_only(leader)
    assert group.leader() == candidate


def test_a_failover_to_a_named_member(group: Group) -> None:
    candidate = group.replicas()[0]
    group.patronictl(
        "patronictl failover <cluster> --candidate <candidate> --force", cluster=SCOPE, candidate=candidate
    )
    eventually(lambda: not group.is_read_only(candidate), "the candidate takes writes")
    eventually(lambda: len(group.replicas()) == 2, "the group is whole again", within=60)


def test_a_pause_is_shown_and_given_back(group: Group) -> None:
    group.patronictl("patronictl pause <cluster> --wait", cluster=SCOPE)
    assert "Maintenance mode" in group.patronictl(LIST).stdout
    group.patronictl("patronictl resume <cluster> --wait", cluster=SCOPE)
    assert "Maintenance mode" not in group.patronictl(LIST).stdout


def test_a_replica_is_rebuilt_from_the_leader(group: Group) -> None:
    member = group.replicas()[0]
    mark = group.folder / member / "written-before"
    mark.touch()
    group.patronictl("patronictl reinit <cluster> <member> --force", cluster=SCOPE, member=member)
    eventually(lambda: not mark.exists(), "its old files are gone")
    eventually(lambda: member in group.replicas(), "it streams again", within=60)


def test_abandoned_slots_are_dropped_and_sleepers_closed(group: Group) -> None:
    leader = group.leader()
    run = group.on(leader)
    make = [*run_psql(group, leader), "select pg_create_physical_replication_slot('abandoned', true)"]
    subprocess.run(make, check=True, capture_output=True)
    left = 'psql -U postgres -At -c "select count(*) from pg_replication_slots where not active"'
    assert run(left).stdout.strip() == "1"
    run(
        'psql -U postgres -At -c "select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active"'
    )
    assert run(left).stdout.strip() == "0"
    closed = run(
        'psql -U postgres -At -c "select pg_terminate_backend(pid) from pg_stat_activity where '
        "state = 'idle in transaction' and now() - state_change > interval '10 minutes'\""
    )
    assert closed.stdout.strip() == ""


def run_psql(group: Group, name: str) -> list[str]:
    return ["psql", "-h", "127.0.0.1", "-p", str(group.member(name).port), "-U", USER, "-At", "-c"]


def test_a_dead_leader_is_replaced_by_patroni_itself(group: Group) -> None:
    """Why the page says to wait: the key of the dead leader is good until its ttl ends."""
    lost = group.member(group.leader())
    group.lose(lost)
    others = [member.name for member in group.members if member is not lost]
    eventually(
        lambda: [name for name in others if not group.is_read_only(name)], "another member takes writes", within=60
    )
    group.begin(lost)
    eventually(lambda: lost.name in group.replicas(), "the lost member follows", within=60)


def test_the_original_line_is_refused_by_the_tool_itself(group: Group) -> None:
    """`patronictl failover --force`, as the procedure had it."""
    command = [program("patronictl", "PyPI: patroni"), "-c", str(group.folder / "postgresql-0.yml")]
    ran = subprocess.run([*command, "failover", "--force"], capture_output=True, text=True, check=False, timeout=30)
    assert ran.returncode == 1
    assert "only to a specific candidate" in ran.stdout + ran.stderr
