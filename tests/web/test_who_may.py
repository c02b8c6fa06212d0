"""A play: Alice responds, Root administers, Charlie has no account and sees nothing."""

import pytest

from tests.web.stage import submit, token_on
from tocsin.web.forms import GESTURES

PAGES = ["/", "/incidents/1", "/incidents/1/postmortem", "/incidents/1/postmortem.md", "/incidents/1/commands"]
PAGES += ["/report", "/procedure", "/account", "/maintenance"]


@pytest.mark.parametrize("path", [*PAGES, "/accounts"])
def test_charlie_is_asked_to_sign_in_and_brought_back(charlie, stage, path) -> None:
    stage.fires()
    answer = charlie.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?back=" + path.replace("/", "%2F")


@pytest.mark.parametrize("noun", [*GESTURES, "postmortem", "commands"])
def test_charlie_changes_nothing(charlie, stage, noun) -> None:
    number = stage.fires()
    before = stage.house.incident(number)
    answer = charlie.post(
        f"/incidents/{number}/{noun}",
        data={"token": token_on(charlie, "/sign-in"), "text": "what I typed", "reason": "r", "priority": "P1"},
    )
    assert answer.status_code == 401
    assert "what I typed" in answer.text
    assert stage.house.incident(number) == before


@pytest.mark.parametrize("path", PAGES)
def test_alice_sees_every_page_of_her_work(alice, stage, path) -> None:
    stage.fires()
    assert alice.get(path).status_code == 200


def test_alice_does_not_manage_accounts(alice, stage) -> None:
    token = token_on(alice, "/")
    assert alice.get("/accounts").status_code == 403
    assert alice.post("/accounts", data={"token": token, "name": "eve"}).status_code == 403
    assert alice.post("/accounts/1/state", data={"token": token, "disabled": "yes"}).status_code == 403
    assert alice.post("/accounts/1/invitation", data={"token": token}).status_code == 403
    assert [account.name for account in stage.house.accounts.accounts()] == ["alice"]


def test_root_manages_accounts_and_responds(root, stage) -> None:
    number = stage.fires()
    assert root.get("/accounts").status_code == 200
    assert submit(root, f"/incidents/{number}", f"/incidents/{number}/acknowledgement").status_code == 303


def test_a_disabled_account_is_out_at_once(alice, root, stage) -> None:
    assert submit(root, "/accounts", "/accounts/1/state", disabled="yes").status_code == 303
    assert alice.get("/").status_code == 303
    answer = submit(alice, "/sign-in", "/sign-in", name="alice", password="correct horse battery")
    assert answer.status_code == 401


def test_root_does_not_shut_the_door_on_root(root, stage) -> None:
    submit(root, "/accounts", "/accounts/1/state", disabled="yes")
    assert not stage.house.accounts.account("root").disabled


def test_ones_tokens_are_ones_own(alice, root, stage) -> None:
    submit(root, "/account", "/account/tokens", label="script")
    token = stage.house.accounts.api_tokens(stage.house.accounts.account("root").id)[0]
    submit(alice, "/account", f"/account/tokens/{token.id}/removal")
    assert stage.house.accounts.api_tokens(token.account_id) == [token]
    submit(root, "/account", f"/account/tokens/{token.id}/removal")
    assert stage.house.accounts.api_tokens(token.account_id) == []


def test_a_token_is_shown_once(alice, stage) -> None:
    shown = submit(alice, "/account", "/account/tokens", label="script").text
    text = next(part for part in shown.replace("<", " ").replace(">", " ").split() if part.startswith("tocsin_api_"))
    assert stage.house.accounts.api_token(text) is not None
    assert text not in alice.get("/account").text
