"""
A page as a mail.

Both parts, text and HTML, hold the link as a bare URL, because programs that turn one into the other lose it. The
surprise is the Message-ID: it comes from the page, so a page that is sent again is the same mail to the server that
got it twice; In-Reply-To names the incident, which makes one thread of it.
"""

from __future__ import annotations

import asyncio
import html
import re
import ssl
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

import aiosmtplib
from aiosmtplib import errors

from tocsin.edge.channels.contract import Failed, Message, Sent
from tocsin.edge.clock import Clock, SystemClock
from tocsin.edge.network_errors import reason_of
from tocsin.edge.settings.checks import is_mailbox
from tocsin.edge.settings.model import EmailSettings

LIMIT = timedelta(seconds=18)
EXERCISE = {"fr": "[EXERCICE]", "en": "[EXERCISE]"}
REMINDER = {"fr": "[RAPPEL]", "en": "[REMINDER]"}


class EmailChannel:
    """Hands mails to one server, a connection each. `limit` bounds all of a message; `trust` names whom TLS believes."""

    name = "email"

    def __init__(
        self,
        settings: EmailSettings,
        *,
        clock: Clock | None = None,
        limit: timedelta = LIMIT,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._limit = limit
        self._trust = trust

    async def send(self, address: str, message: Message) -> Sent | Failed:
        """Hand it to the server; `Sent.ref` is the Message-ID."""
        if not is_mailbox(address):
            return Failed("not the address of a mail", permanent=True)
        try:
            mail = mail_of(message, address, self._settings.sender)
            mail["Date"] = format_datetime(self._clock.now())
            async with asyncio.timeout(self._limit.total_seconds()):
                await self._hand_over(mail)
        except (TimeoutError, errors.SMTPTimeoutError):
            return Failed(f"no answer within {self._limit.total_seconds():g} s")
        except errors.SMTPException as error:
            return _failed(error)
        except OSError as error:
            return Failed(reason_of(error))
        except (MessageError, ValueError) as error:
            return Failed(f"cannot be written as a mail: {error}", permanent=True)
        return Sent(str(mail["Message-ID"]))

    async def answers(self, address: str) -> str:
        """Greet the server, sign in where the settings say so, and leave without a mail."""
        if not is_mailbox(address):
            return "not the address of a mail"
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                await self._greet()
        except (TimeoutError, errors.SMTPTimeoutError):
            return f"no answer within {self._limit.total_seconds():g} s"
        except errors.SMTPException as error:
            return _failed(error).why
        except OSError as error:
            return reason_of(error)
        return ""

    async def close(self) -> None:
        """Nothing is kept open between two mails."""

    async def _hand_over(self, mail: EmailMessage) -> None:
        settings = self._settings
        await aiosmtplib.send(
            mail,
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            username=settings.username or None,
            password=settings.password.reveal() if settings.password else None,
            tls_context=self._trust,
            timeout=self._limit.total_seconds(),
        )

    async def _greet(self) -> None:
        settings = self._settings
        server = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            username=settings.username or None,
            password=settings.password.reveal() if settings.password else None,
            tls_context=self._trust,
            timeout=self._limit.total_seconds(),
        )
        async with server:
            await server.ehlo()


def mail_of(message: Message, address: str, sender: str) -> EmailMessage:
    """Write the mail, all but its date. Raises `ValueError` when a header cannot hold what it is given."""
    mail = EmailMessage(policy=SMTP)
    place = _id_right(message.link, sender)
    thread = f"<{'exercise' if message.practice else 'incident'}-{message.incident}@{place}>"
    mail["From"], mail["To"] = sender, address
    mail["Subject"] = _one_line(" ".join((*_marks(message), message.subject)))
    mail["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9._-]', '-', message.page_id)}@{place}>"
    mail["In-Reply-To"] = mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    if message.kind == "page":
        mail["Importance"] = "high"
    mail.set_content(_text(message), cte="quoted-printable")
    mail.add_alternative(_html(message), subtype="html", cte="quoted-printable")
    return mail


def _marks(message: Message) -> tuple[str, ...]:
    marks = (
        EXERCISE[message.language] if message.practice else "",
        REMINDER[message.language] if message.again else "",
    )
    return tuple(mark for mark in marks if mark and mark not in message.subject)


def _text(message: Message) -> str:
    paragraphs = [*_marks(message), message.text, "\n".join(message.lines), message.link]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _html(message: Message) -> str:
    link = html.escape(message.link)
    top = "".join(f"<p><strong>{html.escape(mark)}</strong></p>" for mark in _marks(message))
    lines = "<br>\n".join(html.escape(line) for line in message.lines)
    return (
        f'<!doctype html>\n<html lang="{message.language}">\n<meta charset="utf-8">\n'
        f"<body>\n{top}<p>{html.escape(message.text)}</p>\n<p>{lines}</p>\n"
        f'<p><a href="{link}">{link}</a></p>\n</body>\n</html>\n'
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _id_right(link: str, sender: str) -> str:
    """The right side of our ids: the host of the link, so that two installations never share a thread."""
    host = urlsplit(link).hostname or parseaddr(sender)[1].rpartition("@")[2]
    return re.sub(r"[^A-Za-z0-9.-]", "-", host) or "tocsin"


def _failed(error: errors.SMTPException) -> Failed:
    """Keep the server's own code and words; 5xx means that the same mail will be refused again."""
    refused = error.recipients[0] if isinstance(error, errors.SMTPRecipientsRefused) else error
    if isinstance(refused, errors.SMTPResponseException):
        return Failed(f"{refused.code} {_one_line(refused.message)}", permanent=500 <= refused.code < 600)
    if isinstance(error, errors.SMTPNotSupported):
        return Failed(_one_line(str(error)), permanent=True)
    return Failed(_one_line(reason_of(error)))
