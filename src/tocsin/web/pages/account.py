"""/account : one's own language, password and API tokens."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.edge.store.accounts import Account
from tocsin.web.pages.sign_in import give_session
from tocsin.web.passwords import is_long_enough
from tocsin.web.visits import A_YEAR, LANGUAGE_COOKIE, Pages, Visit
from tocsin.web.words import as_language


def add(pages: Pages) -> None:
    """Their addresses."""
    pages.get("/account", show)
    pages.post("/account/language", change_language, "read")
    pages.post("/account/password", change_password, "read")
    pages.post("/account/tokens", make_token, "read")
    pages.post("/account/tokens/{token:int}/removal", remove_token, "read")


def show(visit: Visit) -> Response:
    """The page."""
    return _page(visit)


def change_language(visit: Visit) -> Response:
    """Of the pages and of the calls that reach this person."""
    language = as_language(visit.form.get("language"))
    response = visit.go("/account")
    if language:
        visit.house.accounts.change(_mine(visit).id, language=language)
        secure = visit.desk.sessions.https
        response.set_cookie(LANGUAGE_COOKIE, language, A_YEAR, httponly=True, samesite="lax", secure=secure)
    return response


def change_password(visit: Visit) -> Response:
    """With the old one; every other session of this account ends."""
    gettext, account, attempts = visit.words.gettext, _mine(visit), visit.desk.attempts
    if attempts.wait(account.name, visit.address, visit.now):
        return _page(visit, gettext("Too many attempts. Try again later."), 429)
    new = visit.form.get("password", "")
    if new != visit.form.get("again"):
        return _page(visit, gettext("The two passwords differ."), 422)
    if not is_long_enough(new):
        return _page(visit, gettext("The password needs at least 12 characters."), 422)
    if not visit.desk.passwords.fits(visit.form.get("current", ""), account.password):
        attempts.failed(account.name, visit.address, visit.now)
        return _page(visit, gettext("The password of today is wrong."), 422)
    changed = visit.house.accounts.change(account.id, password=visit.desk.passwords.hash(new))
    response = visit.go("/account")
    if changed:
        give_session(visit, response, changed)
    return response


def make_token(visit: Visit) -> Response:
    """Shown once, on the answer to this form and never again."""
    label = visit.form.get("label", "").strip()[:80]
    if not label:
        return _page(visit, visit.words.gettext("Say what the token is for."), 422)
    _token, text = visit.house.accounts.new_api_token(_mine(visit).id, label, visit.now)
    return _page(visit, secret=text)


def remove_token(visit: Visit) -> Response:
    """One's own only."""
    wanted = int(visit.request.path_params["token"])
    if any(token.id == wanted for token in visit.house.accounts.api_tokens(_mine(visit).id)):
        visit.house.accounts.drop_api_token(wanted)
    return visit.go("/account")


def _mine(visit: Visit) -> Account:
    assert visit.account is not None, "the gate lets nobody else in"
    return visit.account


def _page(visit: Visit, sentence: str = "", status: int = 200, secret: str = "") -> Response:
    tokens = visit.house.accounts.api_tokens(_mine(visit).id)
    return visit.page("account.html", status, sentence=sentence, tokens=tokens, secret=secret)
