"""The programs that can be asked: how each prints its help, and how it tells its version."""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.procedure.grammar.table import Style


class Known(NamedTuple):
    """`whole` are the arguments that print everything at once, () when each subcommand has its own page of `--help`."""

    style: Style
    version: tuple[str, ...] = ("--version",)
    whole: tuple[str, ...] = ()


KNOWN: dict[str, Known] = {
    "kubectl": Known("cobra", ("version", "--client")),
    "hcloud": Known("cobra", ("version",)),
    "helm": Known("cobra", ("version", "--short")),
    "cscli": Known("cobra", ("version",)),
    "etcdctl": Known("cobra", ("version",)),
    "patronictl": Known("click", ("version",)),
    "amtool": Known("kingpin", whole=("--help-long",)),
    "promtool": Known("kingpin", whole=("--help-long",)),
    "psql": Known("getopt", whole=("--help",)),
    "systemctl": Known("verbs", whole=("--help",)),
    "curl": Known("curl", whole=("--help", "all")),
    "redis-cli": Known("redis", whole=("--help",)),
}
_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)|^systemd (\d+)", re.MULTILINE)


def version_in(text: str) -> str:
    """The first thing in a text that looks like a version, "" when nothing does."""
    found = _VERSION.search(text)
    return (found[1] or found[2]) if found else ""
