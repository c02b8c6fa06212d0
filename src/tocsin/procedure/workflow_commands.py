"""
Problems as GitHub's workflow commands: one line each on the output of a job becomes an annotation on the pull request.

The runner reads them anywhere in the output, so every part is escaped: a line end or a `::` in somebody's heading must
not begin a command of its own. The surprise: within properties `:` and `,` are signs too, within the message they are not.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.procedure.problems import Problem, Severity
from tocsin.procedure.render import visible

COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def as_workflow_commands(problems: Iterable[Problem]) -> str:
    """One command on each line; "" when there is no problem."""
    return "\n".join(_command(problem) for problem in problems)


def _command(problem: Problem) -> str:
    at = problem.source
    properties = {"file": at.path, "line": at.line, "endLine": at.line, "col": at.column}
    if at.end_column > at.column:
        properties["endColumn"] = at.end_column
    properties["title"] = f"tocsin {problem.code}"
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = [problem.message, problem.hint] if problem.hint else [problem.message]
    return f"::{COMMANDS[problem.severity]} {told}::{_message(chr(10).join(map(visible, lines)))}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
