"""
Passwords and tokens in a command: seen by everybody in the list of processes, and kept in the timeline.

A placeholder is no better: its value stands in the command once it is filled in. What only names a file, an account or
nothing at all is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tocsin.procedure.commands import PlacedWord
from tocsin.procedure.findings import Finding, Run, runs_of
from tocsin.procedure.folding import names
from tocsin.procedure.plans import Plan

Words = tuple[PlacedWord, ...]
_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^/@\s:]*:[^/@\s]+@", re.IGNORECASE)
# PostgreSQL's other way to write an address: "host=db user=shop password=…".
_IN_CONNINFO = re.compile(r"^(?=.*\b(?:host|dbname|user)=).*\bpassword=\S")
_HEADER = re.compile(r"\s*(authorization|x-api-key|x-auth-token|private-token)\s*:\s*\S", re.IGNORECASE)
_VARIABLE = re.compile(r"\w*(PASSWORD|PASSWD|PGPASSWORD|TOKEN|SECRET|API_?KEY|REDISCLI_AUTH|MYSQL_PWD)=.+")
_LITERAL = re.compile(r"(--from-literal=)?[\w.-]*(password|passwd|token|secret|api-?key)[\w.-]*=.+", re.IGNORECASE)
_MYSQL = names("mysql mysqladmin mysqldump mariadb mariadb-admin mariadb-dump")


def password_in_command(plan: Plan) -> Iterator[Finding]:
    """P412: each program with the way in which it takes one."""
    for run in runs_of(plan):
        words, instead = next(((found, how) for rule, how in _WAYS if (found := rule(run))), ((), ""))
        if words:
            yield Finding(run.command, "P412", words, {"instead": instead})


def _of_redis(run: Run) -> Words:
    return run.flag("-a", "--pass") if run.program == "redis-cli" else ()


def _of_curl(run: Run) -> Words:
    """`-u user` asks on the terminal and `-u :` is for Kerberos: neither holds one."""
    if run.program not in ("curl", "wget"):
        return ()
    user = run.flag("-u", "--user")
    if user and re.search(r"[^=]*:.", user[-1].value):
        return user
    if password := run.flag("--password", "--http-password"):
        return password
    return tuple(word for word in run.words if _HEADER.match(word.value.removeprefix("--header=")))[:1]


def _of_kubectl(run: Run) -> Words:
    if run.program != "kubectl":
        return ()
    if run.kubectl.words[:2] == ("create", "secret"):
        return tuple(word for word in run.words if _literal(word.value))[:1]
    own = run.words[: len(run.words) - len(run.kubectl.after)]
    return tuple(word for word in own if re.match(r"--(token|password)(=|$)", word.value))[:1]


def _literal(value: str) -> bool:
    return value.startswith("--from-literal=") or _LITERAL.fullmatch(value) is not None


def _of_mysql(run: Run) -> Words:
    """`-psecret` and `--password=secret`; `-p` alone asks for it."""
    if run.program not in _MYSQL:
        return ()
    return tuple(word for word in run.words if re.match(r"-p\S|--password=.", word.value))[:1]


def _of_variable(run: Run) -> Words:
    """`env PGPASSWORD=… psql`: what `env` is given is an argument too."""
    before = run.command.stages[0][: len(run.command.stages[0]) - len(run.words)]
    return tuple(word for word in before if _VARIABLE.fullmatch(word.value))[:1]


def _of_address(run: Run) -> Words:
    own = run.words[: len(run.words) - len(run.kubectl.after)] if run.program == "kubectl" else run.words
    return tuple(word for word in own if _IN_ADDRESS.search(word.value) or _IN_CONNINFO.search(word.value))[:1]


# The key of the phrase that says how it is done.
_WAYS: tuple[tuple[Callable[[Run], Words], str], ...] = (
    (_of_redis, "secret-redis"),
    (_of_curl, "secret-curl"),
    (_of_kubectl, "secret-kubectl"),
    (_of_mysql, "secret-file"),
    (_of_variable, "secret-variable"),
    (_of_address, "secret-file"),
)
