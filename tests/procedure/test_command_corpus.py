"""Lines that the real tools took, and what the recorded tables say of them: a right command must not be called wrong."""

from bench.commands import called_wrong
from bench.corpus import LINES, read_corpus
from tocsin.edge.tools.shipped import recorded_tables
from tocsin.procedure.grammar.table import Tools


def test_no_line_that_its_tool_took_is_called_wrong() -> None:
    tools = Tools({}, recorded_tables())
    taken = [one.line for one in read_corpus().verdicts if not one.refused]
    assert {line for line in taken if called_wrong(line, tools)} == set()


def test_each_line_of_the_corpus_has_its_verdict() -> None:
    lines = [line for line in LINES.read_text().splitlines() if line and not line.startswith("#")]
    assert [one.line for one in read_corpus().verdicts] == lines
