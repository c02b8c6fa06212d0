"""A mail server that lets the test act at the instant when a mail has come and is not yet answered."""

import asyncio
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fakes.mail_server import MailServer


class WatchedMail(MailServer):
    """`before_answer` is called with each mail, in a thread; None does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.before_answer: Callable[[EmailMessage], None] | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.before_answer is not None:
            await asyncio.to_thread(self.before_answer, self.mails[-1])
        return answer

    def of_page(self, page_id: str) -> list[EmailMessage]:
        """The mails of that page, in the order in which they came."""
        return [mail for mail in list(self.mails) if str(mail["message-id"]).startswith(f"<{page_id}@")]


def is_reminder(mail: EmailMessage) -> bool:
    """Whether it says of itself that it may have come before."""
    return "[REMINDER]" in mail["subject"]


def settings_for(mail: MailServer, more: str = "") -> str:
    """A tocsin.toml in English whose only contact gets mail."""
    return f"""\
language = "en"
public_url = "https://tocsin.example"
{more}
[contacts.admin-infra]
name = "Alice"
email = "alice@example.org"
[channels.email]
host = "127.0.0.1"
port = {mail.port}
tls = "none"
from = "tocsin@example.org"
"""
