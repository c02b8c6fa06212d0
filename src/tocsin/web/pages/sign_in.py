"""GET and POST /sign-in, POST /sign-out."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.edge.ids import new_id
from tocsin.edge.store.accounts import Account
from tocsin.web.outside import local_path
from tocsin.web.visits import Pages, Visit


def add(pages: Pages) -> None:
    """Their addresses."""
    pages.get("/sign-in", show, None)
    pages.post("/sign-in", sign_in, None)
    pages.post("/sign-out", sign_out, None)


def show(visit: Visit) -> Response:
    """The form; who is signed in already goes on."""
    back = local_path(visit.request.query_params.get("back", "/"))
    return visit.go(back) if visit.account else _form(visit, back, "", 200)


def sign_in(visit: Visit) -> Response:
    """Check name and password. The answer does not tell which of them was wrong, nor by its time."""
    name, back = visit.form.get("name", "").strip(), local_path(visit.form.get("back", "/"))
    attempts = visit.desk.attempts
    wait = attempts.wait(name, visit.address, visit.now)
    if wait:
        sentence = visit.words.gettext("Too many attempts. Try again in %(span)s.") % {"span": visit.times.span(wait)}
        response = _form(visit, back, sentence, 429)
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return response
    # Counted before the check: many attempts at once are as many attempts.
    attempts.failed(name, visit.address, visit.now)
    account = visit.house.accounts.account(name)
    kept = account.password if account and not account.disabled else None
    if not visit.desk.passwords.fits(visit.form.get("password", ""), kept) or account is None:
        return _form(visit, back, visit.words.gettext("Name or password is wrong."), 401)
    attempts.succeeded(name, visit.address)
    response = visit.go(back)
    give_session(visit, response, account)
    return response


def give_session(visit: Visit, response: Response, account: Account) -> None:
    """A new session, with a random part of its own, for that account."""
    sessions = visit.desk.sessions
    sessions.give(response, sessions.begin(account.id, account.password, new_id("visit"), visit.now))


def sign_out(visit: Visit) -> Response:
    """Forget the session."""
    response = visit.go("/sign-in")
    visit.desk.sessions.take_back(response)
    return response


def _form(visit: Visit, back: str, sentence: str, status: int) -> Response:
    return visit.page("sign_in.html", status, back=back, sentence=sentence, name=visit.form.get("name", ""))
