"""The team's own text, line by line, with what it means and what is wrong with it in place."""

import re


def line_of(page: str, number: int) -> str:
    """The list item of a line of incidents.md."""
    return page.split(f'<li id="incidents.md-{number}"')[1].split("</li>", maxsplit=1)[0]


def test_every_line_is_there_under_its_number(alice) -> None:
    page = alice.get("/procedure").text
    assert "# Que faire en cas d&#39;incident" in line_of(page, 1)
    assert len(re.findall(r'<li id="incidents\.md-\d+"', page)) == 73
    assert 'id="runbooks/postgresql.md-1"' in page


def test_a_line_that_does_something_says_what(alice) -> None:
    page = alice.get("/procedure").text
    assert "priority P2" in line_of(page, 8)
    assert "R0 read" in line_of(page, 22)
    assert "scenario" in line_of(page, 43)
    assert "R2 outage" in line_of(page, 51)
    assert "contact" in line_of(page, 71)
    assert "supplier" in line_of(page, 73)
    assert 'class="mark"' not in line_of(page, 14)


def test_a_problem_stands_at_its_line_and_in_the_list(alice, stage) -> None:
    page = alice.get("/procedure").text
    problem = stage.house.procedure().errors[0]
    assert problem.code in line_of(page, problem.source.line)
    assert f'href="#incidents.md-{problem.source.line}"' in page


def test_a_banner_says_so_while_there_are_errors(alice, charlie, stage) -> None:
    assert len(stage.house.procedure().errors) == 1
    for path in ("/", "/report", f"/incidents/{stage.fires()}"):
        assert "The procedure has 1 error." in alice.get(path).text
    assert "The procedure has" not in alice.get("/procedure").text
    assert "The procedure has" not in charlie.get("/sign-in").text
