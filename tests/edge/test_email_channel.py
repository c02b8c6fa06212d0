"""A page as a mail: threads, marks, both parts, and the server's own words."""

import asyncio

import msgspec
import pytest

from tests.fakes.mail_server import MailServer
from tocsin.edge.channels.contract import Failed, Sent
from tocsin.edge.channels.email import EmailChannel, mail_of
from tocsin.edge.settings.model import EmailSettings
from tocsin.edge.settings.quantities import Secret

change = msgspec.structs.replace


def sent(message):
    return mail_of(message, "alice@example.org", "tocsin <t@example.org>")


def test_a_page_sent_again_is_the_same_mail_and_says_so(message):
    first, again = sent(message), sent(change(message, again=True))
    assert first["Message-ID"] == again["Message-ID"] == "<page-0123456789abcdef@tocsin.example.org>"
    assert again["Subject"] == "[RAPPEL] P1 PostgreSQL sans primaire"


def test_the_mails_of_one_incident_are_one_thread(message):
    other = change(message, page_id="page-2")
    assert sent(message)["In-Reply-To"] == sent(other)["In-Reply-To"] == "<incident-42@tocsin.example.org>"
    assert sent(message)["Message-ID"] != sent(other)["Message-ID"]


def test_an_exercise_is_marked_everywhere_and_shares_no_thread_with_reality(message):
    mail = sent(change(message, practice=True))
    assert mail["Subject"].startswith("[EXERCICE] ")
    assert mail["In-Reply-To"] == "<exercise-42@tocsin.example.org>"
    assert all("[EXERCICE]" in part.get_content() for part in mail.iter_parts())
    english = sent(change(message, practice=True, language="en", subject="[EXERCISE] P1"))
    assert english["Subject"] == "[EXERCISE] P1"


def test_machines_do_not_answer_it(message):
    assert sent(message)["Auto-Submitted"] == "auto-generated"


def test_both_parts_hold_every_line_and_the_html_part_escapes(message):
    text, markup = (part.get_content() for part in sent(message).iter_parts())
    assert all(line in text for line in message.lines)
    assert "Écritures impossibles &lt;depuis&gt; 02:14 &amp; après." in markup
    assert f"\n{message.link}\n" in text
    assert markup.count("https://tocsin.example.org/a/42?c=x&amp;k=1</a>") == 1


def test_a_subject_cannot_add_a_header(message):
    mail = sent(change(message, subject="P1\r\nBcc: eve@example.com"))
    assert mail["Bcc"] is None
    assert mail["Subject"] == "P1 Bcc: eve@example.com"


def deliver(settings, message, trust=None, **limits):
    return asyncio.run(EmailChannel(settings, trust=trust, **limits).send("alice@example.org", message))


def settings_for(server, **said):
    return EmailSettings(**{"host": "localhost", "sender": "t@example.org", "port": server.port, "tls": "none", **said})


def test_it_arrives_whole(message):
    with MailServer() as server:
        answer = deliver(settings_for(server), message)
    [mail] = server.mails
    assert answer == Sent("<page-0123456789abcdef@tocsin.example.org>")
    assert server.recipients == [["alice@example.org"]]
    assert mail["Date"].datetime.tzinfo is not None
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ("550 5.1.1 no such user", Failed("550 5.1.1 no such user", permanent=True)),
        ("452 4.2.2 mailbox full", Failed("452 4.2.2 mailbox full")),
    ],
)
def test_the_servers_words_are_kept(message, answer, failed):
    with MailServer() as server:
        server.recipient_answer = answer
        assert deliver(settings_for(server), message) == failed
        server.recipient_answer, server.content_answer = "", answer
        assert deliver(settings_for(server), message) == failed


def test_starttls_with_a_password(message, server_tls, client_trust):
    with MailServer(server_tls, password="correct horse") as server:
        right = settings_for(server, tls="starttls", username="u", password=Secret("correct horse"))
        assert isinstance(deliver(right, message, client_trust), Sent)
        wrong = settings_for(server, tls="starttls", username="u", password=Secret("wrong"))
        refused = deliver(wrong, message, client_trust)
    assert isinstance(refused, Failed)
    assert refused.why.startswith("535 ")
    assert "wrong" not in refused.why


def test_a_certificate_that_nobody_vouches_for_is_not_believed(message, server_tls):
    with MailServer(server_tls) as server:
        answer = deliver(settings_for(server, tls="starttls"), message)
    assert answer == Failed("the certificate is not valid: self-signed certificate")
    assert server.mails == []


def test_a_server_without_starttls_gets_nothing_in_clear(message):
    with MailServer() as server:
        answer = deliver(settings_for(server, tls="starttls"), message)
    assert isinstance(answer, Failed)
    assert "STARTTLS" in answer.why
    assert server.mails == []


@pytest.mark.parametrize(
    ("password", "told", "expected"),
    [("", {}, ""), ("right", {"username": "u", "password": Secret("right")}, "")],
)
def test_to_find_out_whether_it_answers_it_greets_signs_in_and_sends_nothing(password, told, expected):
    with MailServer(password=password) as server:
        settings = settings_for(server, **told)
        assert asyncio.run(EmailChannel(settings).answers("alice@example.org")) == expected
        assert server.mails == []


def test_an_account_that_the_server_refuses_does_not_answer():
    with MailServer(password="right") as server:
        settings = settings_for(server, username="u", password=Secret("wrong"))
        assert asyncio.run(EmailChannel(settings).answers("alice@example.org")).startswith("535 ")


def test_a_server_that_is_not_there_does_not_answer():
    settings = EmailSettings(host="127.0.0.1", sender="t@example.org", port=1, tls="none")
    assert asyncio.run(EmailChannel(settings).answers("alice@example.org")) == "connection refused"
    assert asyncio.run(EmailChannel(settings).answers("alice")) == "not the address of a mail"
