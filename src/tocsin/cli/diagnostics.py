"""
Problems as an editor takes them: by file, each a range with a severity.

The surprise: an editor counts from 0, and in units of the encoding that it agreed on with the server (most count a 🔥 as
two); the codec of the workspace knows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lsprotocol.types import Diagnostic, DiagnosticSeverity
from pygls.workspace import PositionCodec, ServerTextPosition, ServerTextRange

from tocsin.procedure.problems import Problem, Severity
from tocsin.procedure.source import Source, Text

SEVERITIES: dict[Severity, DiagnosticSeverity] = {
    "error": DiagnosticSeverity.Error,
    "warning": DiagnosticSeverity.Warning,
    "info": DiagnosticSeverity.Information,
}


def by_path(
    problems: Iterable[Problem], texts: Mapping[str, Text], codec: PositionCodec
) -> dict[str, list[Diagnostic]]:
    """The diagnostics of each path."""
    found: dict[str, list[Diagnostic]] = {}
    for problem in problems:
        text = texts.get(problem.source.path)
        lines = text.content.split("\n") if text else []
        found.setdefault(problem.source.path, []).append(_diagnostic(problem, lines, codec))
    return found


def _diagnostic(problem: Problem, lines: list[str], codec: PositionCodec) -> Diagnostic:
    return Diagnostic(
        range=codec.range_to_client_units(lines, _range(problem.source, lines)),
        severity=SEVERITIES[problem.severity],
        code=problem.code,
        source="tocsin",
        message="\n".join(filter(None, (problem.message, problem.hint))),
    )


def _range(at: Source, lines: list[str]) -> ServerTextRange:
    line = at.line - 1
    width = len(lines[line]) if line < len(lines) else 0
    start = min(at.column - 1, width)
    end = min(at.end_column - 1, width) if at.end_column else width
    return ServerTextRange(ServerTextPosition(line, start), ServerTextPosition(line, max(end, start)))
