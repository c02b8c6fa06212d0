"""Signing in, the first account, invitations, and a change of password."""

import re
from datetime import timedelta

from tests.web.stage import PASSWORD, submit, token_on

NEW = "another long sentence"


def first_link(stage, valid_for=timedelta(hours=24)) -> str:
    return "/welcome/" + stage.house.accounts.new_link("welcome", None, stage.clock.now(), valid_for)


def test_one_comes_back_to_where_one_was_going(stage) -> None:
    stage.account("alice")
    browser = stage.stranger()
    page = browser.get("/sign-in?back=%2Fprocedure%3Fx%3D1")
    assert 'name="back" value="/procedure?x=1"' in page.text
    answer = submit(browser, "/sign-in", "/sign-in", name="Alice", password=PASSWORD, back="/procedure?x=1")
    assert answer.headers["location"] == "/procedure?x=1"


def test_nobody_is_sent_to_another_house(stage) -> None:
    stage.account("alice")
    browser = stage.stranger()
    assert 'value="/"' in browser.get("/sign-in?back=https%3A%2F%2Fevil.example").text
    answer = submit(browser, "/sign-in", "/sign-in", name="alice", password=PASSWORD, back="//evil.example/")
    assert answer.headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(stage) -> None:
    stage.account("alice")
    browser = stage.stranger()
    answers = [
        submit(browser, "/sign-in", "/sign-in", name=name, password="wrong wrong wrong") for name in ("alice", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace("alice", "") == answers[1].text.replace("nobody", "")


def test_the_sixth_guess_waits_and_is_told_how_long(stage) -> None:
    stage.account("alice")
    browser = stage.stranger()
    for _ in range(5):
        submit(browser, "/sign-in", "/sign-in", name="alice", password="wrong wrong wrong")
    answer = submit(browser, "/sign-in", "/sign-in", name="alice", password=PASSWORD)
    assert answer.status_code == 429
    assert "Try again in 5\u00a0min." in answer.text
    assert answer.headers["retry-after"] == "301"
    stage.clock.passes(minutes=5)
    assert submit(browser, "/sign-in", "/sign-in", name="alice", password=PASSWORD).status_code == 303


def test_signing_in_gives_a_session_of_its_own(stage) -> None:
    stage.account("alice")
    browser = stage.stranger()
    before = token_on(browser, "/sign-in")
    submit(browser, "/sign-in", "/sign-in", name="alice", password=PASSWORD)
    assert token_on(browser, "/") != before


def test_a_session_ends_after_twelve_hours(alice, stage) -> None:
    stage.clock.passes(hours=11, minutes=59)
    assert alice.get("/").status_code == 200
    stage.clock.passes(minutes=1)
    assert alice.get("/").status_code == 303


def test_the_first_link_makes_the_administrator_once(stage) -> None:
    link, browser = first_link(stage), stage.stranger()
    assert "You are the first here" in browser.get(link).text
    fields = {"name": "root", "display": "Root", "password": NEW, "again": NEW}
    assert submit(browser, link, link, **fields).headers["location"] == "/"
    assert browser.get("/accounts").status_code == 200
    assert stage.house.accounts.account("root").role == "admin"
    late = stage.stranger()
    assert late.get(link).status_code == 410
    token = token_on(late, "/sign-in")
    assert late.post(link, data={"token": token, **fields, "name": "eve"}).status_code == 410
    assert stage.house.accounts.account("eve") is None


def test_looking_at_the_first_link_does_not_use_it_up(stage) -> None:
    link = first_link(stage)
    for _ in range(3):
        assert stage.stranger().get(link).status_code == 200
        assert stage.stranger().head(link).status_code == 200


def test_a_link_runs_out(stage) -> None:
    link = first_link(stage, timedelta(minutes=5))
    stage.clock.passes(minutes=5)
    assert stage.stranger().get(link).status_code == 410


def test_a_slip_in_the_form_does_not_use_the_link_up(stage) -> None:
    link, browser = first_link(stage), stage.stranger()
    slips = [
        {"name": "root", "password": "short", "again": "short"},
        {"name": "root", "password": NEW, "again": NEW + "x"},
        {"name": "../root", "password": NEW, "again": NEW},
        {"name": "", "password": NEW, "again": NEW},
    ]
    for slip in slips:
        assert submit(browser, link, link, **slip).status_code == 422
    assert submit(browser, link, link, name="root", password=NEW, again=NEW).status_code == 303


def test_an_invited_person_chooses_a_password(root, stage) -> None:
    page = submit(root, "/accounts", "/accounts", name="bob", display="Bob", role="responder").text
    link = re.search(r"http://testserver(/welcome/[\w-]+)", page).group(1)
    assert link not in root.get("/accounts").text
    bob = stage.stranger()
    assert submit(bob, link, link, password=NEW, again=NEW).status_code == 303
    assert bob.get("/").status_code == 200
    assert bob.get("/accounts").status_code == 403
    assert stage.stranger().get(link).status_code == 410


def test_an_invitation_gives_nobody_else_a_password(root, stage) -> None:
    page = submit(root, "/accounts", "/accounts", name="bob").text
    link = re.search(r"http://testserver(/welcome/[\w-]+)", page).group(1)
    eve = stage.stranger()
    submit(eve, link, link, name="root", display="Root", password=NEW, again=NEW)
    assert stage.house.accounts.account("root").password != stage.house.accounts.account("bob").password
    assert [account.role for account in stage.house.accounts.accounts()] == ["responder", "admin"]


def test_two_people_are_never_shown_by_one_name(root, stage) -> None:
    assert submit(root, "/accounts", "/accounts", name="bob", display="ROOT").status_code == 409
    assert submit(root, "/accounts", "/accounts", name="root", display="Bob").status_code == 409


def test_a_new_password_ends_the_other_sessions(alice, stage) -> None:
    elsewhere = stage.signed_in("alice")
    fields = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert submit(alice, "/account", "/account/password", **fields).status_code == 303
    assert alice.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303


def test_the_old_password_is_needed_and_cannot_be_guessed_there_either(alice, stage) -> None:
    fields = {"current": "wrong wrong wrong", "password": NEW, "again": NEW}
    answers = [submit(alice, "/account", "/account/password", **fields).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_the_language_of_an_account_is_that_of_its_pages(alice, stage) -> None:
    assert submit(alice, "/account", "/account/language", language="fr").status_code == 303
    assert '<html lang="fr">' in alice.get("/", headers={"Accept-Language": "en"}).text
    assert stage.house.accounts.account("alice").language == "fr"


def test_the_switch_in_the_footer_is_remembered(charlie) -> None:
    assert '<html lang="fr">' in charlie.get("/sign-in?lang=fr", headers={"Accept-Language": "en"}).text
    assert '<html lang="fr">' in charlie.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert 'href="/sign-in?back=%2Freport&amp;lang=en"' in charlie.get("/sign-in?back=%2Freport&lang=fr").text
