"""Problems as people read them: exactly these lines. The expected texts stand beside the bad files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.procedure.written import document, read, text
from tocsin.procedure.check import check
from tocsin.procedure.problems import Problem
from tocsin.procedure.read import read_procedure
from tocsin.procedure.read.whole import in_order
from tocsin.procedure.render import as_json, as_text, block
from tocsin.procedure.source import Source
from tocsin.procedure.texts import text_of
from tocsin.proof.nobody import nobody_called
from tocsin.world import Duty

WINTER = datetime(2026, 1, 14, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures/procedure"
BAD = sorted((FIXTURES / "bad").glob("*.md"))


def rendered(page: Path) -> str:
    main = text_of(page.name, page.read_bytes())
    other = text("# x\n", "runbooks/postgresql.md")
    texts = {main.path: main, other.path: other}
    procedure = read_procedure(texts, main.path)
    found = (*check(procedure, files=frozenset()), *nobody_called(procedure, Duty(), WINTER))
    return as_text(in_order(found), texts)


@pytest.mark.parametrize("page", [*BAD, FIXTURES / "incidents.md"], ids=lambda page: page.stem)
def test_a_bad_file_is_shown_exactly_so(page: Path) -> None:
    expected = page.with_suffix(".txt")
    assert rendered(page) == expected.read_text()


def test_the_carets_stand_under_the_words() -> None:
    line = "kubectl exec -n production postgresql-0 -- patronictl failover --force"
    main = text("\n" * 57 + line)
    problem = Problem(
        code="P401",
        severity="error",
        source=Source("incidents.md", 58, 44, 71),
        message="`patronictl failover --force` needs --candidate",
        hint="patronictl 4.1 refuses it",
    )
    assert block(problem, {main.path: main}) == (
        "incidents.md:58:44: error P401 `patronictl failover --force` needs --candidate\n"
        "   58 | kubectl exec -n production postgresql-0 -- patronictl failover --force\n"
        "      |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = patronictl 4.1 refuses it\n"
    )


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "carets"),
    [
        ("\tab c", 2, 4, " ab c", " ^^"),
        ("日本 x", 4, 5, "日本 x", "     ^"),
        ("日本 x", 1, 3, "日本 x", "^^^^"),
        ("e\u0301 x", 4, 5, "e\u0301 x", "  ^"),
        ("abc", 1, 0, "abc", "^^^"),
        ("abc", 9, 12, "abc", "   ^"),
        ("a\x1b[31mb", 1, 2, "a\ufffd[31mb", "^"),
    ],
)
def test_columns_stay_true_for_wide_and_hidden_signs(line: str, column: int, end: int, shown: str, carets: str) -> None:
    problem = Problem(code="P1", severity="info", source=Source("p", 1, column, end), message="m")
    assert block(problem, {"p": text(line, "p")}).split("\n")[1:3] == [f"    1 | {shown}", f"      | {carets}"]


def test_a_line_wider_than_a_screen_is_cut_around_the_carets() -> None:
    problem = Problem(code="P1", severity="info", source=Source("p", 1, 501, 504), message="m")
    shown, carets = block(problem, {"p": text("a" * 500 + "bcd" + "e" * 500, "p")}).split("\n")[1:3]
    assert len(shown) < 180
    assert [shown[i] for i, sign in enumerate(carets) if sign == "^"] == ["b", "c", "d"]


def test_a_problem_without_a_text_has_no_source_line() -> None:
    problem = Problem(code="P209", severity="error", source=Source("tocsin.toml", 1), message="m")
    assert block(problem, {}) == "tocsin.toml:1:1: error P209 m\n"


def test_no_problem_renders_as_nothing() -> None:
    assert as_text((), {}) == ""
    assert json.loads(as_json(())) == []


def test_json_has_always_the_same_keys() -> None:
    problems = read(document().replace("< 15 min", "bientôt")).problems
    assert json.loads(as_json(problems)) == [
        {
            "code": "P104",
            "severity": "error",
            "path": "incidents.md",
            "line": 7,
            "column": 37,
            "end_column": 44,
            "message": "temps de réponse illisible\u00a0: «\u00a0bientôt\u00a0»",
            "hint": "écrire par exemple «\u00a0< 15 min\u00a0», «\u00a02h\u00a0», «\u00a01 jour\u00a0»",
        },
    ]
