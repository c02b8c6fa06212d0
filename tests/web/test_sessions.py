"""A cookie is worth what the house says, for twelve hours, and not after a change of the password."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import Response

from tocsin.web.sessions import LASTS, NOBODY, Session, Sessions

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SECRET = b"s" * 32


def given(sessions: Sessions, session: Session) -> tuple[str, str]:
    """The cookie's value and its attributes."""
    response = Response()
    sessions.give(response, session)
    name_and_value, _, attributes = response.headers["set-cookie"].partition(";")
    return name_and_value.partition("=")[2], attributes.lower()


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SECRET, "http://127.0.0.1:8080")


def test_a_cookie_comes_back_as_the_session_it_was(sessions) -> None:
    session = sessions.begin(7, "hash", "nonce", NOW)
    assert sessions.read(given(sessions, session)[0], NOW + timedelta(hours=11)) == session


def test_a_cookie_ends_after_twelve_hours(sessions) -> None:
    cookie, _ = given(sessions, sessions.begin(7, "hash", "nonce", NOW))
    assert sessions.read(cookie, NOW + LASTS) is None


def test_a_cookie_from_the_future_is_not_believed(sessions) -> None:
    cookie, _ = given(sessions, sessions.begin(7, "hash", "nonce", NOW + timedelta(hours=1)))
    assert sessions.read(cookie, NOW) is None


@pytest.mark.parametrize("cookie", [None, "", "x", "WzddLg.x.y", "a" * 5000])
def test_what_was_not_made_here_is_nothing(sessions, cookie) -> None:
    assert sessions.read(cookie, NOW) is None


def test_another_houses_cookie_is_nothing(sessions) -> None:
    cookie, _ = given(Sessions(b"t" * 32, "http://127.0.0.1"), sessions.begin(7, "hash", "nonce", NOW))
    assert sessions.read(cookie, NOW) is None


def test_one_changed_letter_makes_it_worthless(sessions) -> None:
    cookie, _ = given(sessions, sessions.begin(7, "hash", "nonce", NOW))
    changed = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    assert sessions.read(changed, NOW) is None


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(sessions) -> None:
    _, attributes = given(sessions, sessions.begin(NOBODY, "", "nonce", NOW))
    assert "httponly" in attributes
    assert "samesite=lax" in attributes
    assert "secure" not in attributes


def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    sessions = Sessions(SECRET, "https://tocsin.example.org")
    _, attributes = given(sessions, sessions.begin(NOBODY, "", "nonce", NOW))
    assert sessions.cookie_name.startswith("__Host-")
    assert "secure" in attributes
    assert "path=/" in attributes
    assert "domain" not in attributes


def test_the_mark_follows_the_password_and_does_not_tell_it(sessions) -> None:
    assert sessions.mark("one") != sessions.mark("two")
    assert sessions.mark("one") not in "one"


def test_a_form_token_fits_its_purpose_only(sessions) -> None:
    token = sessions.form_token("nonce")
    assert sessions.is_form_token(token, "nonce")
    assert not sessions.is_form_token(token, "another")
    assert not sessions.is_form_token("", "nonce")
    assert not sessions.is_form_token("é", "nonce")
