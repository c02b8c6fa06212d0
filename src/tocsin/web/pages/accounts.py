"""/accounts : an administrator invites people and takes their access back."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from tocsin.edge.store.accounts import Account, Role, Taken
from tocsin.web.pages.welcome import INVITED, is_name, is_taken
from tocsin.web.visits import Pages, Visit

INVITED_FOR = timedelta(days=7)


def add(pages: Pages) -> None:
    """Their addresses."""
    pages.get("/accounts", show, "administer")
    pages.post("/accounts", invite, "administer")
    pages.post("/accounts/{account:int}/invitation", invite_again, "administer")
    pages.post("/accounts/{account:int}/state", change_state, "administer")


def show(visit: Visit) -> Response:
    """Everybody."""
    return _page(visit)


def invite(visit: Visit) -> Response:
    """A new account without a password, and the one-time link to choose one."""
    gettext = visit.words.gettext
    name = visit.form.get("name", "").strip()
    if not is_name(name):
        return visit.refused(422, gettext("A name is letters, digits and . @ + - _, at most 60."), "/accounts")
    role: Role = "admin" if visit.form.get("role") == "admin" else "responder"
    display = visit.form.get("display", "").strip()[:80] or name
    if is_taken(visit.house.accounts, name, display):
        return visit.refused(409, gettext("There is already an account of this name."), "/accounts")
    try:
        account = visit.house.accounts.add(
            name, visit.now, display=display, role=role, language=visit.house.settings.language
        )
    except Taken:
        return visit.refused(409, gettext("There is already an account of this name."), "/accounts")
    return _invited(visit, account)


def invite_again(visit: Visit) -> Response:
    """A fresh link, for an invitation that ran out or a password that was forgotten."""
    account = _named(visit)
    return visit.go("/accounts") if account is None or account.disabled else _invited(visit, account)


def change_state(visit: Visit) -> Response:
    """Disable or enable; one's own account stays as it is, so that somebody is left who can undo it."""
    account = _named(visit)
    if account and visit.account and account.id != visit.account.id:
        visit.house.accounts.change(account.id, disabled=visit.form.get("disabled") == "yes")
    return visit.go("/accounts")


def _named(visit: Visit) -> Account | None:
    return visit.house.accounts.account_by_id(int(visit.request.path_params["account"]))


def _invited(visit: Visit, account: Account) -> Response:
    text = visit.house.accounts.new_link(INVITED, account.id, visit.now, INVITED_FOR)
    link = f"{visit.house.settings.public_url.rstrip('/')}/welcome/{text}"
    return _page(visit, link=link, invited=account.display)


def _page(visit: Visit, link: str = "", invited: str = "") -> Response:
    return visit.page("accounts.html", accounts=visit.house.accounts.accounts(), link=link, invited=invited)
