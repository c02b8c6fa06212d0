"""What GitHub's runner reads: one command for each problem, and nothing that a procedure says can become another."""

from __future__ import annotations

from tocsin.procedure.problems import Problem, Severity
from tocsin.procedure.source import Source
from tocsin.procedure.workflow_commands import as_workflow_commands


def problem(message: str, severity: Severity = "error", hint: str = "", path: str = "docs/incidents.md") -> Problem:
    return Problem(code="P401", severity=severity, source=Source(path, 58, 44, 71), message=message, hint=hint)


def test_an_error_is_an_annotation_at_its_words() -> None:
    assert as_workflow_commands([problem("`patronictl` needs --candidate", hint="it refuses")]) == (
        "::error file=docs/incidents.md,line=58,endLine=58,col=44,endColumn=71,title=tocsin P401"
        "::`patronictl` needs --candidate%0Ait refuses"
    )


def test_a_warning_warns_and_an_information_is_a_notice() -> None:
    lines = as_workflow_commands([problem("a", "warning"), problem("b", "info")]).split("\n")
    assert [line.partition(" ")[0] for line in lines] == ["::warning", "::notice"]


def test_a_line_end_or_a_percent_sign_in_a_message_stays_inside_it() -> None:
    written = as_workflow_commands([problem("disk 70%0A, x:y", hint="a\n::stop-commands::x\r")])
    assert written.count("\n") == 0
    assert written.endswith("::disk 70%250A, x:y%0Aa\ufffd::stop-commands::x\ufffd")


def test_colons_and_commas_of_a_path_are_escaped() -> None:
    assert "file=a%3Ab%2Cc%25.md,line=58" in as_workflow_commands([problem("m", path="a:b,c%.md")])


def test_a_whole_line_has_no_end_column() -> None:
    whole = Problem(code="P904", severity="error", source=Source("p", 1), message="m")
    assert as_workflow_commands([whole]) == "::error file=p,line=1,endLine=1,col=1,title=tocsin P904::m"


def test_nothing_found_is_nothing() -> None:
    assert as_workflow_commands([]) == ""
