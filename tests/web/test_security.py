"""What every answer carries, and whose requests are heard."""

import pytest

from tests.web.stage import submit, token_on
from tocsin.edge.store.contract import Unavailable
from tocsin.web.security import is_ours

PUBLIC = "https://tocsin.example.org"


def ours(**headers: str) -> bool:
    return is_ours({name.replace("_", "-"): value for name, value in headers.items()}, PUBLIC)


def test_a_form_of_our_own_page_is_heard() -> None:
    assert ours(sec_fetch_site="same-origin", origin="null")
    assert ours(origin=PUBLIC, host="10.0.0.5:8080")
    assert ours(origin="http://10.0.0.5:8080", host="10.0.0.5:8080")
    assert ours(host="10.0.0.5:8080"), "a program says nothing: the token decides"


def test_a_form_of_another_site_is_not_heard() -> None:
    assert not ours(sec_fetch_site="cross-site", origin=PUBLIC)
    assert not ours(sec_fetch_site="same-site")
    assert not ours(origin="https://evil.example", host="tocsin.example.org")
    assert not ours(origin="null", host="tocsin.example.org")


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/p/forged", "/static/tocsin.css", "/welcome/x"])
def test_every_answer_has_the_headers(charlie, path) -> None:
    headers = charlie.get(path, headers={"Accept": "text/html"}).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_page_is_kept_by_no_cache_and_a_style_sheet_by_its_content(charlie) -> None:
    page = charlie.get("/sign-in")
    assert page.headers["cache-control"] == "no-store"
    sheet = next(part for part in page.text.split('"') if part.startswith("/static/tocsin.css?"))
    assert "max-age" in charlie.get(sheet).headers["cache-control"]


def test_a_form_without_its_token_changes_nothing(alice, stage) -> None:
    number = stage.fires()
    for fields in ({"note": "x"}, {"token": ""}, {"token": "0" * 64}):
        assert alice.post(f"/incidents/{number}/acknowledgement", data=fields).status_code == 403
    assert stage.house.incident(number).acknowledged_at is None


def test_somebody_elses_token_does_not_fit(alice, root, stage) -> None:
    number = stage.fires()
    theirs = token_on(root, f"/incidents/{number}")
    assert alice.post(f"/incidents/{number}/acknowledgement", data={"token": theirs}).status_code == 403


def test_a_form_from_another_site_changes_nothing_even_with_the_token(alice, stage) -> None:
    number = stage.fires()
    token = token_on(alice, f"/incidents/{number}")
    answer = alice.post(
        f"/incidents/{number}/acknowledgement", data={"token": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert stage.house.incident(number).acknowledged_at is None


def test_only_forms_are_read(alice, stage) -> None:
    number = stage.fires()
    path = f"/incidents/{number}/notes"
    token = token_on(alice, f"/incidents/{number}")
    assert alice.post(path, json={"token": token, "text": "x"}).status_code == 415
    assert alice.post(path, data={"token": token, "text": "x" * (5 << 20)}).status_code == 413
    many = {f"f{number}": "x" for number in range(200)}
    assert alice.post(path, data={"token": token, **many}).status_code == 400


def test_an_address_that_is_not_there_is_a_page_for_people_and_json_for_programs(charlie) -> None:
    page = charlie.get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, "There is nothing here." in page.text) == (404, True)
    assert charlie.get("/nowhere", headers={"Accept": "application/json"}).json()["error"] == "http"


def test_a_bug_has_a_number_and_tells_nothing_more(stage, monkeypatch) -> None:
    stage.account("alice")
    browser = stage.signed_in("alice")
    browser.raise_server_exceptions = False
    monkeypatch.setattr(type(stage.house.store), "find", lambda self, query: 1 / 0)
    browser._transport.raise_server_exceptions = False
    page = browser.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert "bug-" in page.text
    assert "ZeroDivision" not in page.text


def test_a_store_that_does_not_answer_is_told_to_people_too(alice, stage, monkeypatch) -> None:
    def away(self, account_id: int):
        raise Unavailable("the disk is full")

    monkeypatch.setattr(type(stage.house.accounts), "account_by_id", away)
    page = alice.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "The house cannot answer now." in page.text
    assert page.headers["retry-after"] == "5"


def test_what_cannot_be_written_is_given_back(alice, stage, monkeypatch) -> None:
    number = stage.fires()
    token = token_on(alice, f"/incidents/{number}")

    def away(self, command, **with_it):
        raise Unavailable("the disk is full")

    monkeypatch.setattr(type(stage.house), "record", away)
    answer = alice.post(f"/incidents/{number}/notes", data={"token": token, "text": "an hour of notes"})
    assert answer.status_code == 503
    assert "an hour of notes" in answer.text


def test_signing_out_takes_the_cookie_back(alice) -> None:
    assert submit(alice, "/", "/sign-out").headers["location"] == "/sign-in"
    assert alice.get("/").headers["location"].startswith("/sign-in")
