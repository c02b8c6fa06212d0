"""
What each known program's verbs can do: one function per program, arguments in, risk out.

The facts: kubectl 1.32, patronictl 4.1, hcloud 1.39, redis-cli 7.0. A verb that a table does not name is R2.
`SHELL_TEXT` names the programs that hand a text to another shell, and how to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Argv, part
from tocsin.procedure.folding import names
from tocsin.procedure.programs.databases import patronictl, psql, redis_cli
from tocsin.procedure.programs.machines import cscli, hcloud, helm
from tocsin.procedure.programs.network import curl, wget
from tocsin.procedure.programs.system import SYSTEM

PROGRAMS: Mapping[str, Callable[[Argv], Risk]] = {
    **SYSTEM,
    "patronictl": patronictl,
    "psql": psql,
    "redis-cli": redis_cli,
    "hcloud": hcloud,
    "cscli": cscli,
    "helm": helm,
    "curl": curl,
    "wget": wget,
}
SHELLS = names("sh bash dash ash zsh ksh")
_SSH_VALUED = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOopQRSWw")


def shell_text(rest: Argv) -> str:
    """The text behind `sh -c`, "" when there is none (a script, an interactive shell)."""
    return part(rest, ("-c", "-o")).value("-c")


def ssh_text(rest: Argv) -> str:
    """
    The command that ssh gives to the other side's shell; "" for an interactive session, and for options that could run
    a program on this side (ProxyCommand, a configuration of one's own).
    """
    parted = part(rest, _SSH_VALUED, 1)
    if parted.has("-F") or any("command" in word.casefold() for word in rest[: len(rest) - len(parted.after)]):
        return ""
    return " ".join(parted.after)


SHELL_TEXT: Mapping[str, Callable[[Argv], str]] = {**dict.fromkeys(SHELLS, shell_text), "ssh": ssh_text}
