"""The contract of every channel, against a real mail server and a real HTTP server."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from tests.fakes.http_server import HttpServer
from tests.fakes.mail_server import MailServer
from tocsin.edge.channels.contract import Failed, Sent
from tocsin.edge.channels.email import EmailChannel
from tocsin.edge.channels.registry import channels_of
from tocsin.edge.channels.webhook import WebhookChannel
from tocsin.edge.settings import BadSettings, load_settings
from tocsin.edge.settings.model import EmailSettings, WebhookSettings

SHORT = timedelta(seconds=0.5)


class MailSide:
    """The far end of the mail channel, spoken to in the words of the contract."""

    address = "alice@example.org"

    def __init__(self):
        self.server = MailServer()

    def channel(self, port=None, limit=timedelta(seconds=10)):
        host = EmailSettings(
            host="127.0.0.1", sender="tocsin <t@example.org>", port=port or self.server.port, tls="none"
        )
        return EmailChannel(host, limit=limit)

    def refuse(self, *, for_good):
        self.server.recipient_answer = "550 no such user" if for_good else "451 try again later"

    def texts(self):
        return [
            part.get_content()
            for mail in self.server.mails
            for part in mail.walk()
            if part.get_content_maintype() == "text"
        ]


class WebhookSide:
    """The far end of the webhook, spoken to in the words of the contract."""

    def __init__(self):
        self.server = HttpServer()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.port}/hook"

    def channel(self, port=None, limit=timedelta(seconds=10)):
        if port:
            self.server.port = port
        return WebhookChannel(WebhookSettings(allow_private=True, allow_http=True), limit=limit)

    def refuse(self, *, for_good):
        self.server.status = 410 if for_good else 503

    def texts(self):
        return [msgspec.json.decode(body)["text"] for _, _, body in self.server.requests]


@pytest.fixture(params=[MailSide, WebhookSide])
def side(request):
    there = request.param()
    with there.server:
        yield there


def send(channel, address, message):
    async def once():
        try:
            return await channel.send(address, message)
        finally:
            await channel.close()

    return asyncio.run(once())


def test_what_was_taken_is_sent(side, message):
    assert isinstance(send(side.channel(), side.address, message), Sent)
    assert side.texts()


def test_every_text_that_arrives_holds_the_link_as_it_is(side, message):
    send(side.channel(), side.address, message)
    texts = side.texts()
    assert texts
    for text in texts:
        assert message.link in text or message.link.replace("&", "&amp;") in text


def test_a_refusal_for_good_is_permanent_and_in_the_other_sides_words(side, message):
    side.refuse(for_good=True)
    answer = send(side.channel(), side.address, message)
    assert answer in (Failed("550 no such user", permanent=True), Failed("HTTP 410", permanent=True))
    assert side.texts() in ([], [message.text])


def test_a_refusal_for_now_is_worth_another_try(side, message):
    side.refuse(for_good=False)
    answer = send(side.channel(), side.address, message)
    assert answer in (Failed("451 try again later"), Failed("HTTP 503"))


def test_silence_ends_at_the_limit(side, message, silent_port):
    channel = side.channel(silent_port, SHORT)
    assert send(channel, side.address, message) == Failed("no answer within 0.5 s")


def test_a_refused_connection_is_said(side, message, closed_port):
    answer = send(side.channel(closed_port), side.address, message)
    assert isinstance(answer, Failed)
    assert not answer.permanent
    assert "refused" in answer.why


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.org", "ftp://example.org", "x@y\r\nBcc: z@example.org"])
def test_what_is_no_address_fails_for_good(side, message, address):
    answer = send(side.channel(), address, message)
    assert isinstance(answer, Failed)
    assert answer.permanent
    assert side.texts() == []


def test_two_messages_at_once_both_arrive(side, message):
    async def both():
        channel = side.channel()
        others = msgspec.structs.replace(message, page_id="page-2")
        try:
            return await asyncio.gather(channel.send(side.address, message), channel.send(side.address, others))
        finally:
            await channel.close()

    assert all(isinstance(answer, Sent) for answer in asyncio.run(both()))


def test_the_channels_are_those_that_the_settings_ask_for():
    mail = {"TOCSIN_CHANNELS_EMAIL_HOST": "mx", "TOCSIN_CHANNELS_EMAIL_FROM": "t@example.org"}
    assert set(channels_of(load_settings(None, {}))) == {"webhook"}
    built = channels_of(load_settings(None, mail))
    assert {name: channel.name for name, channel in built.items()} == {"webhook": "webhook", "email": "email"}


def test_a_secret_that_cannot_be_a_key_is_a_bad_setting():
    with pytest.raises(BadSettings, match=r"`channels\.webhook\.secret`: what follows whsec_ is not base64"):
        channels_of(load_settings(None, {"TOCSIN_CHANNELS_WEBHOOK_SECRET": "whsec_é!"}))
