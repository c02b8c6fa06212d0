"""
patronictl, psql and redis-cli.

Facts: patronictl 4.1 (`failover` can lose transactions that were not replicated, `reinit` wipes a member), Redis 7.0.
The surprise: redis-cli prints errors with exit code 0, and KEYS and MONITOR read but can stop the server: R2.
"""

from __future__ import annotations

import re

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Arguments, Argv, part
from tocsin.procedure.folding import names

_PATRONICTL: dict[str, Risk] = {
    **dict.fromkeys(("list", "topology", "history", "show-config", "version", "dsn"), "R0"),
    **dict.fromkeys(("pause", "resume", "reload", "flush"), "R1"),
    **dict.fromkeys(("switchover", "restart", "edit-config", "query"), "R2"),
    **dict.fromkeys(("failover", "reinit", "remove"), "R3"),
}
PATRONICTL_VALUED = names(
    "-c --config-file -d --dcs-url --dcs -f --format -W -w --watch --group --candidate --leader --primary --member "
    "--scheduled --force-scheduled --timeout -r --role -p --pg-version"
) - {"-W"}


def patronictl(rest: Argv) -> Risk:
    """Judge by the verb, the first word that is no flag."""
    asked = part(rest, PATRONICTL_VALUED)
    return _PATRONICTL.get(asked.words[0], "R2") if asked.words else "R2"


_PSQL_VALUED = names(
    "-c --command -d --dbname -h --host -p --port -U --username -F -f --file -v --set -o --output -L -P --pset -R"
)
# Functions of PostgreSQL that only look.
_SQL_READS = names(
    "pg_is_in_recovery pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_current_wal_lsn pg_wal_lsn_diff "
    "pg_last_xact_replay_timestamp pg_size_pretty pg_database_size pg_total_relation_size pg_relation_size now age "
    "count sum max min avg coalesce round extract date_trunc version current_setting to_char"
)
_SQL_WORDS = names("in and or not values over filter as on exists when then any all from where select using")


def psql(rest: Argv) -> Risk:
    """R0 for `-l` and for one SELECT, SHOW or TABLE that calls only functions that look; all else is unknown."""
    asked = part(rest, _PSQL_VALUED)
    if asked.has("-f", "--file", "-o", "--output", "-L", "-v", "--set"):
        return "R2"
    if asked.has("-l", "--list"):
        return "R0"
    return "R0" if _only_looks(asked.value("-c", "--command")) else "R2"


def _only_looks(sql: str) -> bool:
    bare = re.sub(r"'[^']*'", "''", sql).strip().rstrip(";").rstrip().casefold()
    if not re.match(r"(select|show|table)\b", bare) or re.search(r";|--|/\*|\\|\"|\$", bare):
        return False
    called = set(re.findall(r"([\w.]+)\s*\(", bare)) - _SQL_WORDS
    return called <= _SQL_READS and not re.search(r"\b(into|for\s+(no\s+key\s+)?(update|share|key))\b", bare)


_REDIS_VALUED = names("-h -p -s -a -u -n -r -i -d -D --user --pass --cacert --cert --key --sni --eval --rdb -X")
_REDIS: dict[str, Risk] = {
    **dict.fromkeys(
        names(
            "info role ping lastsave dbsize ttl pttl type get mget exists strlen llen scard hlen zcard time scan command "
            "echo"
        ),
        "R0",
    ),
    **dict.fromkeys(names("bgsave bgrewriteaof"), "R1"),
    **dict.fromkeys(
        names(
            "replicaof slaveof flushall flushdb shutdown debug del unlink set restore swapdb rename expire migrate "
            "persist hset hdel lpush rpush sadd srem zadd zrem move copy eval evalsha script function"
        ),
        "R3",
    ),
}
_REDIS_GROUPS: dict[str, dict[str, Risk]] = {
    "slowlog": {"get": "R0", "len": "R0", "reset": "R1"},
    "latency": {"latest": "R0", "doctor": "R0", "history": "R0", "graph": "R0", "reset": "R1"},
    "memory": {"usage": "R0", "stats": "R0", "doctor": "R0", "malloc-stats": "R0", "purge": "R1"},
    "client": {"list": "R0", "info": "R0", "getname": "R0", "id": "R0"},
    "cluster": {"info": "R0", "nodes": "R0", "slots": "R0", "shards": "R0", "reset": "R3", "flushslots": "R3"},
    "object": {"encoding": "R0", "idletime": "R0", "freq": "R0", "refcount": "R0"},
    "acl": {"whoami": "R0", "list": "R2"},
    "config": {"get": "R0", "set": "R1", "rewrite": "R1", "resetstat": "R1"},
    "sentinel": {
        **dict.fromkeys(
            names(
                "masters master replicas slaves sentinels ckquorum get-master-addr-by-name myid is-master-down-by-addr"
            ),
            "R0",
        ),
        "failover": "R2",
    },
}


def redis_cli(rest: Argv) -> Risk:
    """Judge by the command behind the flags; without one, redis-cli waits for typing: unknown."""
    asked = part(_until_command(rest), _REDIS_VALUED)
    words = [word.casefold() for word in _command(rest)]
    if asked.has("--eval", "--rdb", "-x", "-X", "--pipe", "--cluster", "--functions-rdb"):
        return "R2"
    if not words:
        return "R0" if _is_scan(asked) else "R2"
    if words[0] in _REDIS_GROUPS:
        return _of_redis_group(words)
    return _REDIS.get(words[0], "R2")


def _is_scan(asked: Arguments) -> bool:
    return asked.has("--bigkeys", "--memkeys", "--hotkeys")


def _command(rest: Argv) -> Argv:
    """What redis-cli sends: from the first word that is neither a flag nor a flag's value."""
    return rest[len(_until_command(rest)) :]


def _until_command(rest: Argv) -> Argv:
    at = 0
    while at < len(rest) and rest[at].startswith("-"):
        at += 2 if rest[at] in _REDIS_VALUED else 1
    return rest[:at]


def _of_redis_group(words: list[str]) -> Risk:
    verb = words[1] if len(words) > 1 else ""
    about = words[2] if len(words) > 2 else ""
    if words[0] == "config" and verb == "get" and ("*" in about or "pass" in about or "auth" in about):
        return "R2"
    if words[0] == "config" and verb == "set" and about == "stop-writes-on-bgsave-error":
        return "R3"
    return _REDIS_GROUPS[words[0]].get(verb, "R2")
