"""What the types of settings cannot say: a zone that exists, an address that is one, a pair that belongs together."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from urllib.parse import urlsplit

from tocsin.edge.settings.countries import COUNTRIES
from tocsin.edge.settings.errors import BadSettings
from tocsin.edge.settings.model import DatabaseSettings, EmailSettings, Settings
from tocsin.edge.settings.quantities import Secret

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAILBOX = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
DATABASES = ("sqlite", "postgresql")


def check_settings(settings: Settings, told: frozenset[str]) -> None:
    """Raise `BadSettings` for the first key whose value cannot be; `told` are the keys that the environment gave."""
    for key, sentence in _mistakes(settings, told):
        raise BadSettings("", key, sentence)


def is_mailbox(text: str) -> bool:
    """Say whether a text can be the address of a mail: one @, no space."""
    return MAILBOX.fullmatch(text) is not None


def _mistakes(settings: Settings, told: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from _of_house(settings)
    yield from _of_database(settings.database, told)
    yield from _of_contacts(settings)
    if settings.channels.email:
        yield from _of_email(settings.channels.email)
    for name, program in settings.execution.programs.items():
        if not program.is_absolute():
            yield f"execution.programs.{name}", f"expected an absolute path, got {program}"
    for name, listed in settings.sources.items():
        if listed.url is None:
            yield f"sources.{name}.url", "is missing: where is the list of its alerts?"
        elif not _is_web(listed.url.reveal()):
            yield f"sources.{name}.url", "expected an address such as http://alertmanager.monitoring:9093"
        if listed.username and (listed.token or listed.token_file):
            yield f"sources.{name}.token_file", "is one too many: there is a username already"
    if settings.outside_check.url and not _is_web(settings.outside_check.url.reveal()):
        yield "outside_check.url", "expected an address such as https://hc-ping.com/…"
    for name in settings.heartbeats.expected:
        source, _, heartbeat = name.partition("/")
        if not source.strip() or not heartbeat.strip():
            yield "heartbeats.expected", f'expected the source and the heartbeat, such as "prod/Watchdog", got "{name}"'
    for key, span in (
        ("quiet_hold", settings.quiet_hold),
        ("execution.timeout", settings.execution.timeout),
        ("heartbeats.missing_after", settings.heartbeats.missing_after),
    ):
        if not span:
            yield key, "must be longer than nothing"


def _of_house(settings: Settings) -> Iterator[tuple[str, str]]:
    if not _is_web(settings.public_url):
        yield "public_url", "expected an address such as https://tocsin.example.org"
    if not _is_zone(settings.timezone):
        yield "timezone", f'"{settings.timezone}" is no time zone; one is "Europe/Paris"'
    if settings.country not in COUNTRIES:
        yield "country", f'no public holidays are known for "{settings.country}"; expected two capitals such as "FR"'
    hours = settings.business_hours
    if hours.opens >= hours.closes:
        yield "business_hours.closes", f"{hours.closes:%H:%M} is not after {hours.opens:%H:%M}, when the office opens"


def _is_zone(name: str) -> bool:
    """Ask for the one: to list them all reads a folder of hundreds."""
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _of_database(database: DatabaseSettings, told: frozenset[str]) -> Iterator[tuple[str, str]]:
    url = urlsplit(database.url.reveal()) if database.url else None
    if url and url.scheme.partition("+")[0] not in DATABASES:
        yield "database.url", "expected sqlite:///… or postgresql://…"
    if url and url.password and "database.url" not in told:
        yield "database.url", "holds a password: name a file that holds the whole address in `database.url_file`"


def _of_contacts(settings: Settings) -> Iterator[tuple[str, str]]:
    for slug, contact in settings.contacts.items():
        if SLUG.fullmatch(slug) is None:
            yield f"contacts.{slug}", 'expected the slug of a contact such as "admin-infra"'
        if contact.email and not is_mailbox(contact.email):
            yield f"contacts.{slug}.email", "expected one address such as alice@example.org"
        if contact.webhook and not _is_web(contact.webhook.reveal()):
            yield f"contacts.{slug}.webhook", "expected an address such as https://hooks.example.org/page"


def _of_email(email: EmailSettings) -> Iterator[tuple[str, str]]:
    if not is_mailbox(re.sub(r"^[^<>]*<(.*)>$", r"\1", email.sender)):
        yield "channels.email.from", "expected an address such as tocsin@example.org"
    has_password = isinstance(email.password, Secret) or email.password_file is not None
    if email.username and not has_password:
        yield "channels.email.password_file", "is missing: a username needs a password"
    if has_password and not email.username:
        yield "channels.email.username", "is missing: a password needs a username"


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False
