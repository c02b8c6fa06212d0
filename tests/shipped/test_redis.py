"""The commands of the Redis runbook on a real Redis with one replica and three Sentinels."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shipped.running import Runner, eventually, free_port, program

pytestmark = pytest.mark.xdist_group("shipped-redis")

GROUP = "mymaster"


class Redis:
    """Two servers and three Sentinels; `ask(port)` runs the procedure's redis-cli commands on one of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first, self.second = free_port(), free_port()
        self.sentinels = [free_port() for _ in range(3)]
        self.cli = program("redis-cli", "Debian: redis-tools")
        self._server = program("redis-server", "Debian: redis-server")
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def ask(self, port: int) -> Runner:
        return Runner({"redis-cli": self.cli}, {"redis-cli": ("-h", "127.0.0.1", "-p", str(port))})

    def sentinel(self, text: str, expect: int | None = 0) -> str:
        """Ask the first Sentinel, whose port is another one here."""
        run = Runner({"redis-cli": self.cli}, here={"26379": str(self.sentinels[0])})
        return run(text, expect=expect, master=GROUP).stdout

    def start(self, port: int, *, replica_of: int | None = None) -> None:
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        arguments += ["--dbfilename", f"{port}.rdb", "--repl-diskless-sync-delay", "0"]
        if replica_of:
            arguments += ["--replicaof", "127.0.0.1", str(replica_of)]
        self._spawn(port, [self._server, *arguments])

    def watch(self) -> None:
        for port in self.sentinels:
            file = self.folder / f"sentinel-{port}.conf"
            file.write_text(
                f"port {port}\nbind 127.0.0.1\ndir {self.folder}\n"
                f"sentinel monitor {GROUP} 127.0.0.1 {self.first} 2\n"
                f"sentinel down-after-milliseconds {GROUP} 2000\nsentinel failover-timeout {GROUP} 10000\n"
            )
            self._spawn(port, [self._server, str(file), "--sentinel"])

    def kill(self, port: int) -> None:
        self._running[port].kill()
        self._running.pop(port).wait()

    def stop(self) -> None:
        for port in list(self._running):
            self.kill(port)

    def _spawn(self, port: int, command: list[str]) -> None:
        log = (self.folder / f"{port}.log").open("wb")
        self._running[port] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    redis = Redis(tmp_path_factory.mktemp("redis"))
    try:
        redis.start(redis.first)
        redis.start(redis.second, replica_of=redis.first)
        redis.watch()
        eventually(lambda: "connected_slaves:1" in replication(redis, redis.first), "the replica is there")
        eventually(
            lambda: "num-slaves\n1" in redis.sentinel("redis-cli -p 26379 SENTINEL masters"), "Sentinel knows it"
        )
        eventually(lambda: "OK 3 usable" in redis.sentinel("redis-cli -p 26379 SENTINEL ckquorum <master>"), "a quorum")
        yield redis
    finally:
        redis.stop()


def replication(redis: Redis, port: int) -> str:
    return redis.ask(port)("redis-cli INFO replication", expect=None).stdout


def test_the_proofs_answer_what_the_page_says_they_do(redis: Redis) -> None:
    run = redis.ask(redis.first)
    assert "role:master" in replication(redis, redis.first)
    assert "master_link_status:up" in replication(redis, redis.second)
    assert "maxmemory_policy" in run("redis-cli INFO memory").stdout
    assert "rdb_last_bgsave_status:ok" in run("redis-cli INFO persistence").stdout
    assert "keyspace_misses" in run("redis-cli INFO stats").stdout
    assert "blocked_clients" in run("redis-cli INFO clients").stdout
    assert run("redis-cli SLOWLOG GET 10").returncode == 0


def test_memory_is_given_and_taken_back(redis: Redis) -> None:
    run = redis.ask(redis.first)
    assert run("redis-cli CONFIG SET maxmemory <bytes>", bytes="104857600").stdout.strip() == "OK"
    assert "104857600" in run("redis-cli CONFIG GET maxmemory").stdout
    run("redis-cli CONFIG SET maxmemory <bytes>", bytes="0")


def test_sentinel_fails_over_when_asked_and_back_again(redis: Redis) -> None:
    assert redis.sentinel("redis-cli -p 26379 SENTINEL failover <master>").strip() == "OK"
    moved = "redis-cli -p 26379 SENTINEL get-master-addr-by-name <master>"
    eventually(lambda: str(redis.second) in redis.sentinel(moved), "the address of the master changes")
    eventually(lambda: "role:master" in replication(redis, redis.second), "the replica is master")
    eventually(lambda: "master_link_status:up" in replication(redis, redis.first), "the old master follows")


def test_a_majority_that_is_lost_is_told_with_exit_code_0(redis: Redis) -> None:
    """redis-cli prints the error and exits with 0: the answer counts, not the code."""
    for port in redis.sentinels[1:]:
        redis.kill(port)
    said = eventually(
        lambda: "NOQUORUM" in (text := redis.sentinel("redis-cli -p 26379 SENTINEL ckquorum <master>")) and text,
        "the quorum is gone",
    )
    assert "NOQUORUM" in said


def test_without_a_majority_the_replica_is_promoted_by_hand_and_follows_again(redis: Redis) -> None:
    master, replica = redis.second, redis.first
    redis.kill(redis.sentinels[0])
    redis.kill(master)
    eventually(lambda: "master_link_status:down" in replication(redis, replica), "the link is down")
    assert redis.ask(replica)("redis-cli REPLICAOF NO ONE").stdout.strip() == "OK"
    assert "role:master" in replication(redis, replica)
    # The undo: it follows somebody else again.
    third = free_port()
    redis.start(third)
    eventually(lambda: "role:master" in replication(redis, third), "another master is up")
    follow = Runner({"redis-cli": redis.cli}, {"redis-cli": ("-p", str(replica))}, here={"6379": str(third)})
    assert follow("redis-cli REPLICAOF <host> 6379", host="127.0.0.1").stdout.strip() == "OK"
    eventually(lambda: "master_link_status:up" in replication(redis, replica), "it follows")
