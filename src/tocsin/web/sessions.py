"""
Who is signed in: one signed cookie, and the token that its forms carry.

The cookie holds the account's number, when it was given, a random part, and a mark of the password: changing the
password ends every other session. Nothing is kept on the server. The surprise: a reader who is not signed in has a
cookie too (account 0), so that the sign-in form has a token as well.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Struct
from starlette.responses import Response

LASTS = timedelta(hours=12)
NOBODY = 0


class Session(Struct, frozen=True):
    """What a cookie says. `given_at` in seconds since 1970; `mark` of the password, "" for nobody."""

    account: int
    given_at: int
    nonce: str
    mark: str = ""

    @property
    def is_somebody(self) -> bool:
        """Whether an account signed in with it."""
        return self.account != NOBODY


class Sessions:
    """Makes and reads cookies with the house's secret."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self.https = urlsplit(public_url).scheme == "https"
        self.cookie_name = "__Host-tocsin" if self.https else "tocsin"
        self._secret = secret
        self._cookies = URLSafeSerializer(
            secret, salt="tocsin session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def begin(self, account: int, password_hash: str, nonce: str, now: datetime) -> Session:
        """A new session; `account` NOBODY for a reader who has yet to sign in."""
        mark = self.mark(password_hash) if account != NOBODY else ""
        return Session(account, int(now.timestamp()), nonce, mark)

    def mark(self, password_hash: str) -> str:
        """What stands for a password in the cookie: 16 hex digits that change when it does."""
        return hmac.new(self._secret, b"password " + password_hash.encode(), hashlib.sha256).hexdigest()[:16]

    def give(self, response: Response, session: Session) -> None:
        """Set the cookie."""
        value = self._cookies.dumps([session.account, session.given_at, session.nonce, session.mark])
        response.set_cookie(
            self.cookie_name,
            str(value),
            max_age=int(LASTS.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.https,
        )

    def take_back(self, response: Response) -> None:
        """Remove the cookie."""
        response.delete_cookie(self.cookie_name, path="/", httponly=True, samesite="lax", secure=self.https)

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """The session of a cookie; None when there is none, it was not made here, or it is too old."""
        try:
            account, given_at, nonce, mark = self._cookies.loads(cookie or "")
            session = Session(int(account), int(given_at), str(nonce), str(mark))
        except (BadSignature, ValueError, TypeError):
            return None
        given = datetime.fromtimestamp(session.given_at, UTC)
        return session if timedelta(minutes=-1) <= now - given < LASTS else None

    def form_token(self, purpose: str) -> str:
        """The token of a form; `purpose` is the session's nonce, or the page link that the form belongs to."""
        return hmac.new(self._secret, b"form " + purpose.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, token: str, purpose: str) -> bool:
        """Whether the form was ours, in constant time."""
        return hmac.compare_digest(token.encode(), self.form_token(purpose).encode())
