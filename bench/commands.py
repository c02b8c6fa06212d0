"""How right the checker is of commands: the recorded corpus, held against recorded tables and against this machine's programs."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from bench.corpus import Verdict, read_corpus
from bench.figures import Figure
from tocsin.edge.settings import Settings
from tocsin.edge.tools.shipped import recorded_tables
from tocsin.edge.tools.toolbox import toolbox_of
from tocsin.procedure.grammar.holding import Asked
from tocsin.procedure.grammar.table import Tools
from tocsin.procedure.grammar.verdict import objections


def commands(folder: Path) -> Iterator[Figure]:
    """Precision and recall of each tool; every right line that is called wrong is printed."""
    verdicts = read_corpus().verdicts
    recorded = Tools({}, recorded_tables())
    asked = [Asked(one.line.split()[0], tuple(shlex.split(one.line)[1:]), False) for one in verdicts]
    installed = toolbox_of(Settings(), os.environ, folder / "tools").tools(asked)
    for program in sorted({one.program for one in asked}):
        own = [one for one in verdicts if one.line.split()[0] == program]
        yield from figures(f"{program}, recorded", own, recorded)
        if program in installed.installed:
            yield from figures(f"{program}, installed", own, installed)


def figures(name: str, verdicts: list[Verdict], tools: Tools) -> Iterator[Figure]:
    """Of what is called wrong, how much the tool refuses; of what it refuses, how much is called wrong."""
    called = [one for one in verdicts if called_wrong(one.line, tools)]
    refused = [one for one in verdicts if one.refused]
    both = [one for one in called if one.refused]
    for one in called:
        if not one.refused:
            print(f"  called wrong, but taken: {one.line}   ({one.said})")
    beside = f"{len(verdicts)} lines, {len(refused)} refused"
    yield Figure(
        f"{name}: precision", len(both) / len(called) if called else 1.0, "", 1.0, at_least=True, beside=beside
    )
    yield Figure(f"{name}: recall", len(both) / len(refused) if refused else 1.0, "")


def called_wrong(line: str, tools: Tools) -> bool:
    """A flag given twice that the tool takes is advice, and does not count."""
    program, *rest = shlex.split(line)
    return any(one.fault.refused for one in objections(program, rest, tools, inside=False))
