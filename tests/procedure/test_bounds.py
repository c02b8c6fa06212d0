"""A file may be as hostile as it likes: what is read of it is bounded, and what is left out is told."""

from __future__ import annotations

import pytest

from tests.procedure.written import codes, document, read, text
from tocsin.procedure.blocks import blocks_of
from tocsin.procedure.bounds import GUESSED, LONGEST_LINE, MOST_LINES, MOST_MARKS, bounded
from tocsin.procedure.check import check
from tocsin.procedure.folding import unique


def test_an_ordinary_procedure_is_read_whole() -> None:
    assert bounded(document()) == (document(), (), 0)


@pytest.mark.parametrize("sign", ["[", "*a ", "`a ", "[a](b.md) ", "word "])
def test_a_line_without_end_is_left_out_and_the_lines_below_keep_their_numbers(sign: str) -> None:
    long = sign * LONGEST_LINE + "!"
    procedure = read(f"# P\n\n{long}\n\n## Triage\n\n```bash\nkubectl get pods\n```\n")
    (told,) = (problem for problem in procedure.problems if problem.code == "P905")
    (below,) = procedure.triage
    assert below.source.line == told.source.line + 5


def test_a_line_as_long_as_is_allowed_is_read() -> None:
    (block,) = blocks_of(text("a" * LONGEST_LINE))
    assert block.source.end_column == LONGEST_LINE + 1


def test_a_page_is_read_up_to_its_last_allowed_line() -> None:
    held = "\n" * (MOST_LINES - 1) + "last"
    assert bounded(held + "\n") == (held + "\n", (), 0)
    assert bounded(held + "\none more") == (held, (), MOST_LINES + 1)


@pytest.mark.parametrize("line", ["[" * 100, "| a " * 30 + "|", "*a " * 50, "- " * 200 + "a", "> " * 99, "\t" * 90])
def test_a_page_is_read_up_to_its_last_allowed_mark(line: str) -> None:
    end = bounded(f"{line}\n" * (MOST_LINES - 10)).end
    assert 0 < end <= MOST_MARKS // 30 + 1


def test_what_is_not_read_is_one_problem_at_the_place_where_reading_ends() -> None:
    start = document()
    procedure = read(start + "| a | b |\n" * MOST_LINES * 2)
    told = [problem for problem in procedure.problems if problem.code == "P906"]
    assert [problem.source.line for problem in told] == [MOST_LINES + 1]
    assert procedure.errors


def test_a_linked_page_has_the_same_bounds() -> None:
    main, book = text("# P\n\n## Diagnostic\n\n- [b](b.md)\n"), text("[" * (LONGEST_LINE + 1), "b.md")
    procedure = read(main.content, {book.path: book})
    assert [p.source.path for p in procedure.problems if p.code == "P905"] == ["b.md"]


def test_only_the_first_wrong_names_are_guessed_and_all_are_told() -> None:
    rows = "".join(f"| A{n} | P1 | redis-downn |\n" for n in range(GUESSED + 10))
    procedure = read(document("## Alertes\n\n| Alerte | Priorité | Scénario |\n|---|---|---|\n" + rows))
    told = [problem for problem in check(procedure) if problem.code == "P131"]
    assert len(told) == GUESSED + 10
    guessed = [problem for problem in told if "redis-down" in problem.hint and "connus" not in problem.hint]
    assert guessed == told[:GUESSED]


def test_a_fence_of_quotes_that_never_end_is_read_line_by_line_in_the_end() -> None:
    procedure = read(document("## Scénarios\n\n### X\n\n```bash\n" + "$(\n" * 300 + "```"))
    assert "P301" in codes(procedure.problems) or "P302" in codes(procedure.problems)


def test_thousands_of_one_name_are_numbered() -> None:
    taken: dict[str, int] = {}
    assert [unique("x", taken) for _ in range(3)] == ["x", "x-2", "x-3"]
    assert unique("x-3", taken) == "x-3-2"
    assert unique("x", taken) == "x-4"
