"""The home page: the team's own document with what is known of each line, from the first minute."""

from __future__ import annotations


def line_of(page: str, number: int) -> str:
    return page.split(f'<li id="incidents.md-{number}"')[1].split("</li>", maxsplit=1)[0]


def test_without_any_incident_it_counts_the_lines_that_do_something(alice, stage) -> None:
    page = alice.get("/").text
    assert "lines do something:" in page
    assert "1 fails" in page
    assert "never rehearsed" in page


def test_a_command_shows_its_state_below_its_own_words(alice, stage) -> None:
    error = stage.house.procedure().errors[0]
    shown = line_of(alice.get("/").text, error.source.line)
    assert 'data-mark="fails"' in shown
    assert "✗" in shown
    assert "fails: " in shown


def test_what_fails_is_listed_above_and_leads_to_its_line(alice, stage) -> None:
    line = stage.house.procedure().errors[0].source.line
    page = alice.get("/").text
    assert page.index(f'<a href="#incidents.md-{line}"') < page.index(f'<li id="incidents.md-{line}"')


def test_open_incidents_stay_on_top(alice, stage) -> None:
    number = stage.fires()
    page = alice.get("/").text
    assert page.index(f'href="/incidents/{number}"') < page.index("lines do something:")


def test_what_ran_in_an_incident_is_seen_on_its_line(alice, stage) -> None:
    number = stage.fires()
    stage.perform(number)
    assert "ran for real just now: exit code 0" in alice.get("/").text


def test_it_speaks_french(alice) -> None:
    page = alice.get("/?lang=fr").text
    assert "lignes agissent" in page
    assert "jamais répétée" in page
