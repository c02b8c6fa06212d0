"""
GET and POST /welcome/TOKEN : a one-time link becomes an account that can sign in.

The first link (of nobody yet) makes the administrator; an invitation gives its account a password. Of all who send
the form, one gets the link. Looking at the page does not use it up.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from tocsin.edge.store.accounts import Account, Accounts, Taken
from tocsin.web.pages.sign_in import give_session
from tocsin.web.passwords import is_long_enough
from tocsin.web.visits import Pages, Visit

FIRST = "welcome"
INVITED = "password"
_NAME = re.compile(r"[\w][\w.@+-]{0,59}")


def add(pages: Pages) -> None:
    """Its addresses."""
    pages.get("/welcome/{link}", show, None)
    pages.post("/welcome/{link}", begin, None)


def show(visit: Visit) -> Response:
    """The form, while the link is good."""
    return _form(visit, "", 200) if _is_good(visit) else _gone(visit)


def begin(visit: Visit) -> Response:
    """Use the link up and sign in."""
    if not _is_good(visit):
        return _gone(visit)
    gettext = visit.words.gettext
    invited, password = _invited(visit), visit.form.get("password", "")
    name = visit.form.get("name", "").strip()
    if password != visit.form.get("again"):
        return _form(visit, gettext("The two passwords differ."), 422)
    if not is_long_enough(password):
        return _form(visit, gettext("The password needs at least 12 characters."), 422)
    if invited is None and not is_name(name):
        return _form(visit, gettext("A name is letters, digits and . @ + - _, at most 60."), 422)
    if invited is None and is_taken(visit.house.accounts, name, visit.form.get("display", "").strip() or name):
        return _form(visit, gettext("There is already an account of this name."), 422)
    hashed = visit.desk.passwords.hash(password)
    purpose = INVITED if invited else FIRST
    if visit.house.accounts.consume(visit.request.path_params["link"], purpose, visit.now) is None:
        return _gone(visit)
    account = _given_password(visit, invited, hashed) if invited else _first(visit, name, hashed)
    if account is None:
        return _gone(visit)
    response = visit.go("/")
    give_session(visit, response, account)
    return response


def is_name(name: str) -> bool:
    """Whether one may sign in with it."""
    return _NAME.fullmatch(name) is not None


def is_taken(accounts: Accounts, name: str, shown: str) -> bool:
    """
    Whether somebody signs in with that name, or is shown by that one.

    The timeline names people by what is shown, and the rule of two people compares it.
    """
    return any(
        known.name == name.lower() or (known.display or known.name).casefold() == shown.casefold()
        for known in accounts.accounts()
    )


def _first(visit: Visit, name: str, hashed: str) -> Account | None:
    display = visit.form.get("display", "").strip()[:80]
    try:
        return visit.house.accounts.add(
            name, visit.now, display=display or name, role="admin", password=hashed, language=visit.language
        )
    except Taken:
        return None


def _given_password(visit: Visit, invited: Account, hashed: str) -> Account | None:
    return visit.house.accounts.change(invited.id, password=hashed, language=visit.language)


def _is_good(visit: Visit) -> bool:
    link = visit.house.accounts.link(visit.request.path_params["link"])
    if link is None or link.used_at is not None or link.expires_at <= visit.now:
        return False
    if link.account_id is None:
        return link.purpose == FIRST
    return link.purpose == INVITED and _invited(visit) is not None


def _invited(visit: Visit) -> Account | None:
    """The account that the link is for; None for the first link, or when the account is gone or disabled."""
    link = visit.house.accounts.link(visit.request.path_params["link"])
    account = visit.house.accounts.account_by_id(link.account_id) if link and link.account_id is not None else None
    return account if account and not account.disabled else None


def _gone(visit: Visit) -> Response:
    sentence = visit.words.gettext("This link was used already, or has expired. Ask for a new one.")
    return visit.page("absent.html", 410, sentence=sentence)


def _form(visit: Visit, sentence: str, status: int) -> Response:
    return visit.page(
        "welcome.html",
        status,
        sentence=sentence,
        invited=_invited(visit),
        name=visit.form.get("name", ""),
        display=visit.form.get("display", ""),
    )
