"""One line with everything that is known of it."""

from __future__ import annotations

from tocsin.proof.lines import digest_of

NODES = f"/proof/{digest_of('kubectl get nodes')}"


def test_what_ran_says_when_by_what_and_how_it_ended(alice, stage) -> None:
    number = stage.fires()
    stage.perform(number)
    page = alice.get(NODES).text
    assert "kubectl get nodes" in page
    assert "ran for real" in page
    assert f'<a href="/incidents/{number}">INC-{number}</a>' in page
    assert "exit code 0" in page
    assert page.count('href="/#incidents.md-') == 2, "the same words stand on two lines"


def test_the_home_page_leads_there(alice) -> None:
    assert f'href="{NODES}"' in alice.get("/").text


def test_words_that_no_line_has_are_not_there(alice) -> None:
    answer = alice.get("/proof/0123456789abcdef", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "an edit begins a new one" in answer.text


def test_a_stranger_is_asked_to_sign_in(charlie) -> None:
    assert charlie.get(NODES).status_code == 303
