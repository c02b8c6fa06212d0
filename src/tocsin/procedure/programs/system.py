"""
The programs of a Linux machine that a runbook calls: which only look, which verbs change.

A path that holds secrets makes a reading program R2: what it prints would stand in the timeline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Argv, part

_LOOKS = (
    "ping ping6 dig host nslookup traceroute tracepath whois ss netstat uptime df free du ps w who id whoami uname lscpu "
    "lsblk vmstat iostat mpstat ls stat wc sort head tail cat grep zgrep zcat dmesg lsof pg_isready pg_controldata "
    "echo true false test nproc last getent pgrep"
)
_DESTROYS = "rm shred dd mkfs truncate wipefs dropdb pg_resetwal fdisk parted unlink rmdir"
_SECRET_PATH = re.compile(
    r"secret|/etc/shadow|\.kube/|kubeconfig|id_(rsa|ed25519|ecdsa)|\.pem\b|\.key\b|/proc/[^/]+/environ|pgpass"
)


# Flags that make a program of the list above change something: clear the log, close connections, write a file.
_CHANGES = {"dmesg": ("-c", "-C", "--clear", "-D", "-E", "-n"), "ss": ("-K", "--kill"), "sort": ("-o", "--output")}


def _looks(rest: Argv) -> Risk:
    return "R2" if any(_SECRET_PATH.search(word) for word in rest) else "R0"


def _looks_unless(flags: tuple[str, ...]) -> Callable[[Argv], Risk]:
    return lambda rest: "R2" if part(rest, ()).has(*flags) else _looks(rest)


def _destroys(rest: Argv) -> Risk:
    return "R3"


def _by_word(verbs: Mapping[str, Risk], valued: tuple[str, ...] = (), bare: Risk = "R2") -> Callable[[Argv], Risk]:
    """Judge by the first word that is no flag; `bare` when there is none."""

    def judge(rest: Argv) -> Risk:
        words = part(rest, valued).words
        return verbs.get(words[0], "R2") if words else bare

    return judge


def _reads(*verbs: str) -> dict[str, Risk]:
    return dict.fromkeys(verbs, "R0")


def _journalctl(rest: Argv) -> Risk:
    changes = re.compile(r"--(vacuum|rotate|flush|sync|relinquish|smart|setup|update|cursor-file)")
    return "R2" if any(changes.match(word) for word in rest) else "R0"


def _ip(rest: Argv) -> Risk:
    """`ip a`, `ip -br addr show`: looking; any further verb changes the network."""
    words = part(rest, ("-f", "-family", "-n", "-netns")).words
    return "R0" if words and (len(words) == 1 or words[1] in ("show", "list", "get", "ls")) else "R2"


def _date(rest: Argv) -> Risk:
    asked = part(rest, ("-d", "--date", "-r"))
    return "R2" if asked.has("-s", "--set") or any(not word.startswith("+") for word in asked.words) else "R0"


def _tables(rest: Argv) -> Risk:
    asked = part(rest, ("-t", "--table"))
    return "R0" if asked.has("-L", "-S", "--list", "--list-rules") and not asked.has("-Z", "--zero") else "R2"


def _etcdctl(rest: Argv) -> Risk:
    words = part(rest, ("--endpoints", "--cacert", "--cert", "--key", "-w", "--write-out")).words[:2]
    return (
        "R0"
        if words in (("endpoint", "health"), ("endpoint", "status"), ("member", "list"), ("alarm", "list"))
        else "R2"
    )


_AMTOOL: dict[tuple[str, ...], Risk] = {
    **dict.fromkeys((("alert", "query"), ("silence", "query")), "R0"),
    # A silence that is too wide hides everything, but it ends by itself and can be ended.
    **dict.fromkeys((("silence", "expire"), ("silence", "add")), "R1"),
}


def _amtool(rest: Argv) -> Risk:
    words = part(rest, ("--alertmanager.url", "--http.config.file", "--timeout", "-o", "--output")).words
    return "R0" if words[:1] == ("check-config",) else _AMTOOL.get(words[:2], "R2")


def _kubeadm(rest: Argv) -> Risk:
    return "R0" if part(rest, ()).words[:2] == ("certs", "check-expiration") else "R2"


SYSTEM: Mapping[str, Callable[[Argv], Risk]] = {
    **dict.fromkeys(_LOOKS.split(), _looks),
    **{program: _looks_unless(flags) for program, flags in _CHANGES.items()},
    **dict.fromkeys(_DESTROYS.split(), _destroys),
    "systemctl": _by_word(
        _reads("status", "is-active", "is-failed", "is-enabled", "list-units", "list-timers", "show", "cat"),
        ("-n", "-t", "-p"),
    ),
    "crictl": _by_word(
        {**_reads("ps", "pods", "logs", "images", "stats", "info", "version"), "rmp": "R3"},
        ("-r", "--runtime-endpoint", "-t", "--timeout"),
    ),
    "nft": _by_word(_reads("list")),
    "promtool": _by_word(_reads("query", "check", "test")),
    "journalctl": _journalctl,
    "amtool": _amtool,
    "kubeadm": _kubeadm,
    "ip": _ip,
    "date": _date,
    "hostname": lambda rest: "R2" if part(rest, ()).words else "R0",
    "iptables": _tables,
    "ip6tables": _tables,
    "etcdctl": _etcdctl,
}
