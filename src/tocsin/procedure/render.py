"""
Problems as people and programs read them.

As text: the place, the sentence, the source line with carets under the words, the hint. As JSON: a list of flat
objects, always the same keys (`workflow_commands` and `sarif` have the other forms). The surprise: a source line is
somebody's text, so signs that would move a terminal's cursor or turn its direction are shown as replacement signs.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping

from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source, Text

GUTTER = 5
WIDEST = 160
_BEFORE_CARETS = 60


def as_text(problems: Iterable[Problem], texts: Mapping[str, Text]) -> str:
    """All problems, one block each, an empty line between; "" when there are none."""
    return "\n".join(block(problem, texts) for problem in problems)


def block(problem: Problem, texts: Mapping[str, Text]) -> str:
    """One problem: its head line, then the source line with carets and the hint when there are any."""
    at = problem.source
    lines = [f"{at.path}:{at.line}:{at.column}: {problem.severity} {problem.code} {visible(problem.message)}"]
    written = texts[at.path].line(at.line) if at.path in texts else ""
    if written.strip():
        shown, carets = _underlined(written, at)
        lines += [f"{at.line:>{GUTTER}} | {shown}", f"{'':>{GUTTER}} | {carets}"]
    if problem.hint:
        lines.append(f"{'':>{GUTTER}} = {visible(problem.hint)}")
    return "\n".join(lines) + "\n"


def as_json(problems: Iterable[Problem]) -> str:
    """A JSON list of objects with code, severity, path, line, column, end_column (0: to the line's end), message, hint."""
    rows = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "path": problem.source.path,
            "line": problem.source.line,
            "column": problem.source.column,
            "end_column": problem.source.end_column,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _underlined(written: str, at: Source) -> tuple[str, str]:
    """The line and the carets below it, cut around them when the line is too wide for a screen."""
    # Nobody is shown what stands far behind the carets, and a line may be as long as a file.
    line = visible(written[: at.column + WIDEST * 2].rstrip())
    start = min(at.column - 1, len(line))
    end = min(max(at.end_column - 1, start + 1), max(len(line), start + 1)) if at.end_column else max(len(line), 1)
    cut = max(0, start - _BEFORE_CARETS) if len(line) > WIDEST else 0
    stop = min(len(line), cut + WIDEST)
    shown = ("…" if cut else "") + line[cut:stop] + ("…" if stop < len(line) else "")
    before = _width(("…" if cut else "") + line[cut:start])
    return shown, " " * before + "^" * max(_width(line[start : min(end, stop)]), 1)


def visible(text: str) -> str:
    """Show the signs that a terminal obeys: one visible sign for each, so that columns stay true."""
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    if sign == "\t":
        return " "
    harmful = unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") and sign not in "\u200d\u00ad"
    return "\ufffd" if harmful else sign


def _width(text: str) -> int:
    """How many columns a terminal gives a text: two for wide signs, none for combining ones."""
    return sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1
