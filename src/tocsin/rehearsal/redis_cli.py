"""
redis-cli inside a Redis pod: the few questions that a runbook asks.

Recorded with 7.0.15. The surprise: redis-cli prints errors with exit code 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.rehearsal.answers import Answer, WrongUsage, parse
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.workloads import PracticePod

REPLICATION_ID = "bed42fe2c7bf62f3d7412af28cdb3a80efa048c5"
SENTINEL_PORT = "26379"
VALUES = {"-h": "host", "-p": "port", "-a": "password", "-n": "database"}
SWITCHES = {"--no-auth-warning": "quiet"}


def answer(argv: Sequence[str], cluster: Cluster, pod: PracticePod, now: datetime) -> Answer:
    """What it says in this pod."""
    try:
        line = parse(argv, VALUES, SWITCHES)
    except WrongUsage:
        flag = next(word for word in argv if word.startswith("-"))
        return Answer(err=f"Unrecognized option or bad number of args for: '{flag}'\n", code=1)
    words = tuple(word.lower() for word in line.words)
    if line.last("port") == SENTINEL_PORT or words[:1] == ("sentinel",):
        return _sentinel(words, cluster)
    match words:
        case ("ping",):
            return Answer(out="PONG\n")
        case ("info", "replication"):
            return Answer(out=_replication(cluster, pod, now))
        case ("role",):
            return Answer(out="master\n" if pod.name == "redis-0" else "slave\n")
        case _:
            shown = " ".join(f"'{word}'" for word in line.words[1:])
            return Answer(
                out=f"ERR unknown command '{line.words[0] if line.words else ''}', with args beginning with: {shown}\n\n"
            )


def _sentinel(words: tuple[str, ...], cluster: Cluster) -> Answer:
    master = cluster.pods["production/redis-0"]
    match words:
        case ("sentinel", "get-master-addr-by-name", "mymaster"):
            return Answer(out=f"{master.ip}\n6379\n")
        case ("sentinel", "ckquorum", "mymaster"):
            usable = 1 + sum(machine.is_up for machine in cluster.machines.values())
            return Answer(out=f"OK {usable} usable Sentinels. Quorum and failover authorization can be reached\n")
        case _:
            return Answer(out="ERR No such master with that name\n\n")


def _replication(cluster: Cluster, pod: PracticePod, now: datetime) -> str:
    master, replica = cluster.pods["production/redis-0"], cluster.pods.get("production/redis-1")
    offset = 2874 + 14 * int((now - cluster.start).total_seconds())
    linked = replica is not None and replica.started and cluster.machines[replica.node].is_up
    if pod.name == "redis-0":
        address = replica.ip if replica else ""
        head = ["role:master", f"connected_slaves:{int(linked)}"]
        head += [f"slave0:ip={address},port=6379,state=online,offset={offset},lag=1"] if linked else []
    else:
        up = cluster.machines[master.node].is_up and master.started
        head = [
            "role:slave",
            f"master_host:{master.ip}",
            "master_port:6379",
            f"master_link_status:{'up' if up else 'down'}",
            f"master_last_io_seconds_ago:{2 if up else -1}",
            "master_sync_in_progress:0",
            f"slave_repl_offset:{offset}",
            "connected_slaves:0",
        ]
    tail = ["master_failover_state:no-failover", f"master_replid:{REPLICATION_ID}", f"master_repl_offset:{offset}"]
    return "\n".join(["# Replication", *head, *tail, ""])
