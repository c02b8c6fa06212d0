"""A page as a signed POST: what it holds, how it is signed, and where it never goes."""

import asyncio
import base64
import hashlib
import hmac
from datetime import UTC, datetime
from ipaddress import ip_address

import msgspec
import pytest

from tests.fakes.http_server import HttpServer
from tocsin.edge.channels.contract import Failed, Sent
from tocsin.edge.channels.webhook import WebhookChannel, signature
from tocsin.edge.clock import FastClock
from tocsin.edge.public_address import why_not
from tocsin.edge.settings.model import WebhookSettings
from tocsin.edge.settings.quantities import Secret

LOCAL = {"allow_private": True, "allow_http": True}
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def server():
    with HttpServer() as running:
        yield running


def deliver(settings, address, message, trust=None):
    async def once():
        channel = WebhookChannel(settings, clock=FastClock(1, NOON), trust=trust)
        try:
            return await channel.send(address, message)
        finally:
            await channel.close()

    return asyncio.run(once())


def url(server, scheme="http", host="127.0.0.1"):
    return f"{scheme}://{host}:{server.port}/hook?room=1"


def test_the_signature_is_the_one_of_the_published_example():
    # The worked example of the Standard Webhooks specification.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == expected


@pytest.mark.parametrize("secret", ["plain words", "whsec_" + base64.b64encode(b"k" * 24).decode()])
def test_it_is_signed_over_what_arrives(server, message, secret):
    key = b"k" * 24 if secret.startswith("whsec_") else secret.encode()
    assert deliver(WebhookSettings(secret=Secret(secret), **LOCAL), url(server), message) == Sent()
    [(path, headers, body)] = server.requests
    signed = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == message.page_id
    assert int(headers["webhook-timestamp"]) - NOON.timestamp() in (0, 1)
    assert path == "/hook?room=1"


def test_without_a_secret_nothing_is_signed(server, message):
    deliver(WebhookSettings(**LOCAL), url(server), message)
    assert "webhook-signature" not in server.requests[0][1]


def test_the_body_is_the_message(server, message):
    deliver(WebhookSettings(**LOCAL), url(server), message)
    told = msgspec.json.decode(server.requests[0][2])
    assert told["type"] == "page"
    assert (told["page_id"], told["incident"], told["link"]) == (message.page_id, 42, message.link)
    assert (told["lines"], told["practice"], told["again"]) == (list(message.lines), False, False)


def test_a_redirect_is_not_followed(server, message):
    with HttpServer() as elsewhere:
        server.status, server.headers = 307, {"location": url(elsewhere)}
        answer = deliver(WebhookSettings(**LOCAL), url(server), message)
    assert answer == Failed("HTTP 307: redirects are not followed", permanent=True)
    assert elsewhere.requests == []


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (404, True), (408, False), (429, False), (500, False)])
def test_what_the_other_side_writes_is_never_told(server, message, status, permanent):
    server.status, server.content = status, b"root:x:0:0 internal words"
    assert deliver(WebhookSettings(**LOCAL), url(server), message) == Failed(f"HTTP {status}", permanent)


def test_plain_http_is_refused_unless_allowed(server, message):
    answer = deliver(WebhookSettings(allow_private=True), url(server), message)
    assert answer == Failed("only https is allowed", permanent=True)


def test_only_the_hosts_of_the_list_are_reached(server, message):
    listed = WebhookSettings(hosts=("LocalHost",), **LOCAL)
    assert isinstance(deliver(listed, url(server, host="localhost"), message), Sent)
    answer = deliver(listed, url(server), message)
    assert answer == Failed("127.0.0.1 is not among `channels.webhook.hosts`", permanent=True)
    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_our_own_network_is_refused_unless_allowed(server, message, host):
    answer = deliver(WebhookSettings(allow_http=True), url(server, host=host), message)
    assert isinstance(answer, Failed)
    assert answer.permanent
    assert "leads to" in answer.why
    assert server.requests == []


def test_the_host_header_is_the_name_although_the_connection_goes_to_an_address(server, message):
    deliver(WebhookSettings(**LOCAL), url(server, host="localhost"), message)
    assert server.requests[0][1]["host"] == f"localhost:{server.port}"


def test_a_certificate_is_checked_against_the_name(server_tls, client_trust, message):
    private = WebhookSettings(allow_private=True)
    with HttpServer(server_tls) as server:
        assert deliver(private, url(server, "https", "localhost"), message, client_trust) == Sent()
        wrong_name = deliver(private, url(server, "https"), message, client_trust)
        unknown = deliver(private, url(server, "https", "localhost"), message)
    assert isinstance(wrong_name, Failed)
    assert wrong_name.why.startswith("the certificate is not valid: ")
    assert unknown == Failed("the certificate is not valid: self-signed certificate")
    assert len(server.requests) == 1


def test_a_name_that_nobody_knows_is_said(message):
    answer = deliver(WebhookSettings(), "https://nowhere.invalid/hook", message)
    assert isinstance(answer, Failed)
    assert not answer.permanent
    assert answer.why.startswith("the name is not known")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("93.184.215.14", ""),
        ("2606:2800:21f::1", ""),
        ("10.1.2.3", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("127.0.0.1", "private"),
        ("fd12::1", "private"),
        ("::1", "private"),
        ("169.254.169.254", "metadata"),
        ("168.63.129.16", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("169.254.1.1", "no single machine"),
        ("fe80::1", "no single machine"),
        ("224.0.0.1", "no single machine"),
        ("0.0.0.0", "no single machine"),
        ("::ffff:10.0.0.1", "inside"),
        ("::ffff:8.8.8.8", "inside"),
        ("64:ff9b::a00:1", "inside"),
        ("2002:a00:1::", "inside"),
    ],
)
def test_addresses_are_judged(address, why):
    told = why_not(ip_address(address), allow_private=False)
    assert bool(told) is bool(why)
    assert why in told


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1"])
def test_metadata_is_refused_even_when_our_own_network_is_allowed(address):
    assert why_not(ip_address(address), allow_private=True)


def answers(settings, address):
    async def once():
        channel = WebhookChannel(settings)
        try:
            return await channel.answers(address)
        finally:
            await channel.close()

    return asyncio.run(once())


def test_to_find_out_whether_it_answers_it_connects_and_asks_nothing(server):
    assert answers(WebhookSettings(**LOCAL), url(server)) == ""
    assert server.requests == []


def test_what_may_not_be_reached_or_is_not_there_does_not_answer(server):
    assert answers(WebhookSettings(), url(server)) == "only https is allowed"
    assert answers(WebhookSettings(allow_http=True), url(server)).endswith("would allow it)")
    assert answers(WebhookSettings(**LOCAL), "http://127.0.0.1:1/") == "connection refused"
