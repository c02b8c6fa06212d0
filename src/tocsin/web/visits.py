"""
One request, as a page sees it.

A `Desk` turns a request into a `Visit`: who asks (session and account), in which language, at what instant, and the
form they sent. The gate is here and nowhere else: a page is reached only by an account that may, a change only by a
form of ours. A page is a plain function, run in a worker thread. The surprise: whatever goes wrong with a form, the
answer shows again what was typed, because somebody typed it at 3 a.m.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tocsin.decide import NoSuchIncident
from tocsin.edge.ids import new_id
from tocsin.edge.store.accounts import CAPABILITIES, Account, Capability
from tocsin.edge.store.contract import Unavailable
from tocsin.incident.refused import Refused
from tocsin.incident.sentences import refusal
from tocsin.lexicon import Language
from tocsin.loops.house import House
from tocsin.web.attempts import Attempts
from tocsin.web.bodies import Gone, TooLarge, TooSlow, read_body
from tocsin.web.forms import BadForm
from tocsin.web.instants import Instants
from tocsin.web.outside import local_path
from tocsin.web.passwords import Passwords
from tocsin.web.rendering import renderer
from tocsin.web.security import CHANGES, is_ours
from tocsin.web.sessions import NOBODY, Session, Sessions
from tocsin.web.words import as_language, choose

LONGEST_FORM = 4 * 1024 * 1024  # bytes: a pasted megabyte, percent-encoded
MOST_FIELDS = 100
LANGUAGE_COOKIE = "tocsin-language"
A_YEAR = 365 * 86400
# What is never shown again.
UNSHOWN = frozenset({"token", "password", "again", "current", "digest", "step", "pipeline", "run", "back"})


class Desk:
    """What all pages share: the house, the templates, the sessions."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.renderer = renderer()
        self.sessions = Sessions(house.secret, house.settings.public_url)
        self.passwords = Passwords()
        self.attempts = Attempts()
        self.zone = ZoneInfo(house.settings.timezone)
        self.fragments: dict[tuple[str, Language], tuple[object, Markup]] = {}

    def visit(self, request: Request, form: Mapping[str, str]) -> Visit:
        """Read who asks; blocks for a look into the accounts."""
        now = self.house.clock.now()
        session = self.sessions.read(request.cookies.get(self.sessions.cookie_name), now)
        account = self._account(session)
        if session is None or (session.is_somebody and account is None):
            session = self.sessions.begin(NOBODY, "", new_id("visit"), now)
            return Visit(self, request, form, session, None, now, is_new=True)
        return Visit(self, request, form, session, account, now)

    def nobody(self, request: Request) -> Visit:
        """The same without asking the store who it is: for the pages that say that something is broken."""
        now = self.house.clock.now()
        return Visit(self, request, {}, self.sessions.begin(NOBODY, "", "", now), None, now)

    def _account(self, session: Session | None) -> Account | None:
        """The account of a session: still there, not disabled, with the password that it had then."""
        if session is None or not session.is_somebody:
            return None
        account = self.house.accounts.account_by_id(session.account)
        if account is None or account.disabled or self.sessions.mark(account.password) != session.mark:
            return None
        return account


class Visit:
    """One request. `form` is empty for a GET; `now` is the house's clock."""

    def __init__(
        self,
        desk: Desk,
        request: Request,
        form: Mapping[str, str],
        session: Session,
        account: Account | None,
        now: datetime,
        is_new: bool = False,
    ) -> None:
        self.is_new = is_new
        self.desk = desk
        self.house = desk.house
        self.request = request
        self.form = form
        self.session = session
        self.account = account
        self.now = now
        self.language = choose(
            (
                request.query_params.get("lang"),
                request.cookies.get(LANGUAGE_COOKIE),
                account.language if account else None,
            ),
            request.headers.get("accept-language", ""),
            desk.house.settings.language,
        )
        self.words = desk.renderer.words[self.language]
        self.times = Instants(self.words, desk.zone, now)

    @property
    def person(self) -> str:
        """The asker's name as it will stand in the timeline."""
        if self.account is None:
            raise HTTPException(401)
        return self.account.display or self.account.name

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return self.request.url.path

    def in_language(self, language: str) -> str:
        """This page in another language; the front, when this one answers a form."""
        if self.request.method in CHANGES:
            return f"/?lang={language}"
        query = [(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"]
        return f"{self.path}?{urlencode([*query, ('lang', language)])}"

    @property
    def practice(self) -> bool:
        """Whether the whole house plays."""
        return self.house.practice

    @property
    def procedure_errors(self) -> int:
        """How many errors the text in force has: the banner, for those who may see the text."""
        return len(self.house.procedure().errors) if self.account else 0

    @property
    def blind_since(self) -> datetime | None:
        """The last sign of life of a heartbeat that is missing: another banner."""
        return self.house.sight.pulses().blind_since

    @property
    def form_token(self) -> str:
        """What stands in each form of this page."""
        return self.desk.sessions.form_token(self.session.nonce)

    @property
    def typed(self) -> dict[str, str]:
        """What a person typed and may want back."""
        return {name: value for name, value in self.form.items() if name not in UNSHOWN and value.strip()}

    @property
    def address(self) -> str:
        """Where the request comes from, "" when that is not known."""
        return self.request.client.host if self.request.client else ""

    def may(self, capability: Capability) -> bool:
        """Whether the asker's role allows it."""
        return self.account is not None and capability in CAPABILITIES[self.account.role]

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Show a template, which sees `visit`, `times` and `values`."""
        html = self.desk.renderer.page(template, self.language, {"visit": self, "times": self.times, **values})
        return HTMLResponse(
            html, status, headers={"Content-Language": self.language, "Vary": "Accept-Language, Cookie"}
        )

    def fragment(self, template: str, of: object, values: Callable[[], dict[str, Any]]) -> Markup:
        """A part that is the same for every reader of a language, kept for as long as it is `of` the same thing."""
        key = (template, self.language)
        kept = self.desk.fragments.get(key)
        if kept is None or kept[0] is not of:
            html = self.desk.renderer.page(template, self.language, {"visit": self, "times": self.times, **values()})
            kept = self.desk.fragments[key] = (of, Markup(html))
        return kept[1]

    def go(self, path: str) -> RedirectResponse:
        """After a form: see other."""
        return RedirectResponse(path, 303)

    def refused(self, status: int, sentence: str, back: str = "/") -> HTMLResponse:
        """Say why not, show what was typed, and offer the way back."""
        return self.page("refused.html", status, sentence=sentence, back=back, typed=self.typed)


View = Callable[[Visit], Response]


class Pages:
    """Collects routes; `needs` is what the asker must be allowed, None for everybody."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.routes: list[Route] = []

    def get(self, path: str, view: View, needs: Capability | None = "read") -> None:
        """A page that changes nothing (HEAD comes with it)."""
        self.routes.append(Route(path, _endpoint(self.desk, view, needs, ""), methods=["GET"]))

    def post(self, path: str, view: View, needs: Capability | None = "respond", purpose: str = "") -> None:
        """
        A form. Its token belongs to the session, or, when `purpose` is the name of a path parameter, to that link.
        """
        self.routes.append(Route(path, _endpoint(self.desk, view, needs, purpose), methods=["POST"]))


def link_purpose(text: str) -> str:
    """What a form token is made for when the form belongs to a link instead of a session."""
    return f"link {text}"


def _endpoint(
    desk: Desk, view: View, needs: Capability | None, purpose: str
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form = await read_form(request) if request.method in CHANGES else {}
        return await run_in_threadpool(_answer, desk, request, form, view, needs, purpose)

    return endpoint


def _answer(
    desk: Desk, request: Request, form: Mapping[str, str], view: View, needs: Capability | None, purpose: str
) -> Response:
    visit = desk.visit(request, form)
    response = _stopped(visit, needs, purpose) or _seen(visit, view)
    if visit.is_new and "set-cookie" not in response.headers:
        desk.sessions.give(response, visit.session)
    if language := as_language(request.query_params.get("lang")):
        response.set_cookie(
            LANGUAGE_COOKIE, language, A_YEAR, httponly=True, samesite="lax", secure=desk.sessions.https
        )
    return response


def _stopped(visit: Visit, needs: Capability | None, purpose: str) -> Response | None:
    """The answer to who may not; None lets pass."""
    changes = visit.request.method in CHANGES
    if needs is not None and visit.account is None:
        if changes:
            return visit.refused(
                401, visit.words.gettext("You are no longer signed in: nothing was changed."), _way_back(visit)
            )
        query = f"?{visit.request.url.query}" if visit.request.url.query else ""
        return visit.go(f"/sign-in?back={quote(visit.path + query, safe='')}")
    if needs is not None and not visit.may(needs):
        return visit.refused(403, visit.words.gettext("Your account may not do this."))
    if changes and not _is_our_form(visit, purpose):
        return visit.refused(
            403,
            visit.words.gettext("This form is too old, or did not come from here: nothing was changed."),
            _way_back(visit),
        )
    return None


def _is_our_form(visit: Visit, purpose: str) -> bool:
    made_for = link_purpose(visit.request.path_params[purpose]) if purpose else visit.session.nonce
    return is_ours(visit.request.headers, visit.house.settings.public_url) and visit.desk.sessions.is_form_token(
        visit.form.get("token", ""), made_for
    )


def _seen(visit: Visit, view: View) -> Response:
    """The page, or what stopped it in words."""
    words = visit.words
    try:
        return view(visit)
    except Refused as refused:
        return visit.refused(409, refusal(refused, visit.language), _way_back(visit))
    except BadForm as bad:
        return visit.refused(422, words.gettext(bad.sentence), _way_back(visit))
    except NoSuchIncident:
        return visit.page("absent.html", 404, sentence=words.gettext("There is no such incident."))
    except Unavailable:
        return visit.refused(
            503,
            words.gettext("The house cannot write now: nothing was changed. Try again in a moment."),
            _way_back(visit),
        )


def _way_back(visit: Visit) -> str:
    """Where a form stood: the page above its own path, or the front."""
    number = visit.request.path_params.get("number")
    return f"/incidents/{number}" if number is not None else local_path(visit.form.get("back", "/"))


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form, the last of each name; raises HTTPException for another type or too much."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    try:
        body = await read_body(request.receive, LONGEST_FORM)
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except TooLarge:
        raise HTTPException(413) from None
    except TooSlow:
        raise HTTPException(408) from None
    except (Gone, ValueError):
        raise HTTPException(400) from None
    return {name: value.replace("\r\n", "\n") for name, value in fields}
