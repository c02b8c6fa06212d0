"""
Whether a command can run as tocsin runs programs: without a shell, without a terminal, within a limit of time.

Rules P302 (a shell started by name), P305 (a terminal), P306 (it never ends) and P307 (a parameter inside a text that
somebody interprets).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tocsin.procedure.commands import PlacedWord
from tocsin.procedure.findings import Finding, Rule, Run, runs_of
from tocsin.procedure.folding import names
from tocsin.procedure.placeholders import names_in
from tocsin.procedure.plans import Plan
from tocsin.procedure.programs import SHELLS

_INTERPRETERS = SHELLS | names("python python3 perl ruby node php psql mysql mongosh awk gawk eval redis-cli")
_TEXT_FLAGS = frozenset({"-c", "-e", "--command", "--eval", "--execute", "-r"})
_FOLLOWERS: dict[str, frozenset[str]] = {
    "tail": frozenset({"-f", "-F", "--follow", "--retry"}),
    "journalctl": frozenset({"-f", "--follow"}),
    "crictl": frozenset({"-f", "--follow"}),
    "docker": frozenset({"-f", "--follow"}),
    "patronictl": frozenset({"-W", "-w", "--watch"}),
}
_TERMINALS = frozenset({"-it", "-ti", "-t", "-i", "--tty", "--stdin"})


def starts_a_shell(plan: Plan) -> Iterator[Finding]:
    """P302: `bash -c "…"` on this machine brings back all that running without a shell keeps out."""
    for run in runs_of(plan):
        if run.program in SHELLS and not run.inside:
            yield Finding(run.command, "P302", run.words[:1], {"word": run.program})


def wants_a_terminal(plan: Plan) -> Iterator[Finding]:
    """P305: `kubectl exec -it`, `docker exec -it`, `ssh -t`."""
    for run in runs_of(plan):
        before = _before_dashes(run)
        if run.program in ("kubectl", "docker", "crictl") and {"exec", "debug", "run", "attach"} & {
            w.value for w in before
        }:
            for word in before:
                if word.value in _TERMINALS:
                    yield Finding(run.command, "P305", (word,), {"word": word.value})
        elif run.program == "ssh" and (asked := run.word("-t", "-tt")):
            yield Finding(run.command, "P305", asked, {"word": asked[0].value})


def _before_dashes(run: Run) -> tuple[PlacedWord, ...]:
    values = [word.value for word in run.words]
    return run.words[: values.index("--")] if "--" in values else run.words


def never_ends(plan: Plan) -> Iterator[Finding]:
    """P306: following a log, watching, a ping without a count, redis-cli MONITOR."""
    for run in runs_of(plan):
        words = _follows(run)
        if words:
            yield Finding(run.command, "P306", words, {"word": " ".join(word.value for word in words)})


def _follows(run: Run) -> tuple[PlacedWord, ...]:
    verb = run.kubectl.words[:1]
    if run.program == "kubectl":
        if verb == ("logs",):
            return run.word("-f", "--follow")
        if verb in (("port-forward",), ("proxy",)):
            return run.word(*verb)
        return run.word("-w", "--watch", "--watch-only") if verb in (("get",), ("events",)) else ()
    if run.program in _FOLLOWERS:
        return run.word(*_FOLLOWERS[run.program])
    if run.program == "ping":
        return () if any(re.match(r"-[a-zA-Z]*[cw]", word) for word in run.rest) else run.words[:1]
    if run.program == "redis-cli":
        return run.word("MONITOR", "monitor", "--latency", "--stat", "SUBSCRIBE", "subscribe")
    return run.words[:1] if run.program == "watch" else ()


def parameter_in_a_text(plan: Plan) -> Iterator[Finding]:
    """P307: `sh -c "… <ip> …"`, `psql -c`, `ssh host "…"`: the value would be read as program text."""
    for run in runs_of(plan):
        for word in _interpreted(run):
            for name in names_in(word.value):
                yield Finding(run.command, "P307", (word,), {"name": name, "program": run.program})


def _interpreted(run: Run) -> Iterator[PlacedWord]:
    if run.program == "ssh":
        yield from run.words[2:]
    elif run.program in ("awk", "gawk", "eval"):
        yield from run.words[1:]
    elif run.program in _INTERPRETERS:
        for flag, text in pairwise(run.words):
            if flag.value in _TEXT_FLAGS or (run.program in SHELLS and re.fullmatch(r"-[a-z]*c", flag.value)):
                yield text


RULES: tuple[Rule, ...] = (starts_a_shell, wants_a_terminal, never_ends, parameter_in_a_text)
