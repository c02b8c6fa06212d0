"""The link of a page: looking changes nothing, one button takes the incident, nothing riskier is offered."""

import re

import pytest

from tocsin.incident.commands import Acknowledge


@pytest.fixture
def number(stage) -> int:
    return stage.fires()


@pytest.fixture
def link(stage, number) -> str:
    return stage.house.contact_link(number, "admin-infra").removeprefix("http://testserver")


def press(browser, link: str):
    token = re.search(r'name="token" value="([0-9a-f]{64})"', browser.get(link).text).group(1)
    return browser.post(link, data={"token": token})


def test_scanners_may_look_as_often_as_they_like(charlie, stage, number, link) -> None:
    before = stage.house.timeline(number)
    for method in ("GET", "HEAD", "OPTIONS"):
        charlie.request(method, link)
    assert stage.house.timeline(number) == before


def test_it_shows_the_least_and_one_button(charlie, link) -> None:
    page = charlie.get(link).text
    assert "Node 2 is down" in page
    assert "I take it" in page
    assert "Respond by" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("<form") == 1
    assert "kubectl" not in main


def test_the_button_takes_it_in_the_contacts_name_without_a_session(charlie, stage, number, link) -> None:
    assert press(charlie, link).headers["location"] == link
    incident = stage.house.incident(number)
    assert (incident.status, incident.acknowledged_by) == ("acknowledged", "Admin Infra")
    assert "Taken by Admin Infra" in charlie.get(link).text


def test_who_comes_second_is_told_who_was_first(charlie, stage, number, link) -> None:
    page = charlie.get(link)
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page.text).group(1)
    stage.house.record(Acknowledge(incident=number, by="Bob", via="cli"))
    assert charlie.post(link, data={"token": token}).status_code == 303
    assert stage.house.incident(number).acknowledged_by == "Bob"
    assert "Taken by Bob" in charlie.get(link).text


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_the_button_needs_the_token_of_its_own_page(charlie, stage, number, link, token) -> None:
    assert charlie.post(link, data={"token": token}).status_code == 403
    assert stage.house.incident(number).acknowledged_at is None


def test_the_token_of_one_link_does_not_fit_another(charlie, stage, number, link) -> None:
    other = stage.house.contact_link(stage.fires("RedisDown", node="node-1"), "admin-infra").removeprefix(
        "http://testserver"
    )
    assert other != link
    token = re.search(r'name="token" value="([0-9a-f]{64})"', charlie.get(other).text).group(1)
    assert charlie.post(link, data={"token": token}).status_code == 403


def test_a_forged_link_opens_nothing(charlie, stage, number, link) -> None:
    for forged in ("/p/x", link[:-3] + "AAA", link.replace(f"/p/{number}.", f"/p/{number + 1}.")):
        assert charlie.get(forged).status_code == 410
        assert charlie.post(forged, data={"token": "x"}).status_code in (403, 410)
    assert stage.house.incident(number).acknowledged_at is None


def test_the_link_opens_nothing_else(charlie, number, link) -> None:
    charlie.get(link)
    assert charlie.get(f"/incidents/{number}").headers["location"].startswith("/sign-in")
