"""A real mail server on loopback that keeps what it takes and can be told to refuse."""

from __future__ import annotations

import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


class _AnyPort(Controller):
    """Takes a free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """
    `mails` holds what was taken, each with the addresses of its envelope.

    `recipient_answer` and `content_answer` are what it says instead of 250; `password` is the one it asks for.
    With `tls` it demands STARTTLS.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, password: str = "") -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.recipient_answer = ""
        self.content_answer = ""
        self._password = password
        self._controller = _AnyPort(
            self,
            hostname="127.0.0.1",
            port=0,
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=self._authenticate,
            auth_required=bool(password),
            auth_require_tls=tls is not None,
        )

    @property
    def port(self) -> int:
        return self._controller.port

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop(no_assert=True)

    def _authenticate(
        self, server: Server, session: Session, envelope: Envelope, mechanism: str, said: Any
    ) -> AuthResult:
        right = isinstance(said, LoginPassword) and said.password.decode() == self._password
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        if self.content_answer:
            return self.content_answer
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=SMTP)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"
