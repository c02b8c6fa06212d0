"""
What the house is told, as values: one `Settings`, one class per table of the file.

The defaults stand here and nowhere else. The surprise: a URL that may hold a password or a token is a `Secret` too,
so that printing the settings never gives one away.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct, field

from tocsin.edge.settings.quantities import Secret, SecretAddress, Size, Span, TimeOfDay

Language = Literal["fr", "en"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Port = Annotated[int, Meta(ge=1, le=65535)]
Text = Annotated[str, Meta(min_length=1)]


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is an error."""


class BusinessHours(Section, frozen=True, kw_only=True):
    """When the office is open, in `Settings.timezone`."""

    opens: TimeOfDay = TimeOfDay(9)
    closes: TimeOfDay = TimeOfDay(18)
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


class Retention(Section, frozen=True, kw_only=True):
    """How long what was kept stays: `bodies` as received, `evidence` (outputs, snapshots)."""

    bodies: Span = Span(days=30)
    evidence: Span = Span(days=365)


class DatabaseSettings(Section, frozen=True, kw_only=True):
    """Where timelines live; nothing said is SQLite in the data folder. `url_file` holds a URL with a password."""

    url: SecretAddress | None = None
    url_file: Path | None = None


class ContactSettings(Section, frozen=True, kw_only=True):
    """What the procedure's table does not say of a contact; the key is its slug ("admin-infra")."""

    name: str = ""
    email: str = ""
    webhook: SecretAddress | None = None
    language: Language | None = None


class EmailSettings(Section, frozen=True, kw_only=True):
    """The mail server that takes our mail. `tls`: "starttls" (587), "tls" from the first byte (465), "none"."""

    host: Text
    sender: Text = field(name="from")
    port: Port = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: Secret | None = None
    password_file: Path | None = None


class WebhookSettings(Section, frozen=True, kw_only=True):
    """
    How pages leave as signed HTTP.

    `hosts` empty allows every host; `allow_private` addresses of our own network, `allow_http` pages in clear.
    """

    secret: Secret | None = None
    secret_file: Path | None = None
    allow_private: bool = False
    allow_http: bool = False
    hosts: tuple[Text, ...] = ()


class ChannelSettings(Section, frozen=True, kw_only=True):
    """The channels; mail exists once it has a host, the webhook always."""

    email: EmailSettings | None = None
    webhook: WebhookSettings = WebhookSettings()


class ClusterSettings(Section, frozen=True, kw_only=True):
    """
    How to reach the Kubernetes API; no `kubeconfig` is the pod's own account. `namespaces` empty is all of them.

    `patroni` are addresses of Patroni's REST API, for databases whose pods do not tell theirs.
    """

    kubeconfig: Path | None = None
    context: str = ""
    namespaces: tuple[Text, ...] = ()
    patroni: tuple[Text, ...] = ()


class ExecutionSettings(Section, frozen=True, kw_only=True):
    """
    What commands may run: `programs` by name (what is not given is looked for on PATH at start).

    `environment` names the server's variables that commands are given; every other one stays here.
    """

    programs: dict[str, Path] = {}
    hcloud_token: Secret | None = None
    hcloud_token_file: Path | None = None
    timeout: Span = Span(minutes=2)
    environment: tuple[Text, ...] = ()


class DiskSettings(Section, frozen=True, kw_only=True):
    """When free space in the data folder is worth an alarm."""

    min_free: Size = Size(1 << 30)


class SourceSettings(Section, frozen=True, kw_only=True):
    """
    Where the own list of alerts of a source (by the name of its token) is read, to find what its deliveries missed.

    `receiver` is what the sender calls us, so that what it delivers to others stays theirs; "" is all of them.
    """

    url: SecretAddress | None = None
    kind: Literal["alertmanager", "grafana"] = "alertmanager"
    receiver: str = ""
    username: str = ""
    password: Secret | None = None
    password_file: Path | None = None
    token: Secret | None = None
    token_file: Path | None = None


class OutsideCheckSettings(Section, frozen=True, kw_only=True):
    """The check outside that calls somebody when it no longer hears from us: its address, which is a secret."""

    url: SecretAddress | None = None
    method: Literal["GET", "POST"] = "GET"
    allow_private: bool = False


class HeartbeatSettings(Section, frozen=True, kw_only=True):
    """
    After how much silence monitoring is taken for blind; `expected` ("source/name") are awaited before they were ever
    seen.
    """

    missing_after: Span = Span(minutes=3)
    expected: tuple[Text, ...] = ()


class SpoolSettings(Section, frozen=True, kw_only=True):
    """How much may wait on the disk while the database takes nothing; then senders are told to try again."""

    limit: Size = Size(256 << 20)


class Settings(Section, frozen=True, kw_only=True):
    """
    Everything the house is told. Paths are absolute: relative ones start from the file's folder.

    `data_folder` is the command line's (--data): neither the file nor a variable of ours can set it. `root` bounds what
    the procedure's links may lead to, and is where commands run; nothing said is the nearest folder with `.git`.
    """

    public_url: str = "http://127.0.0.1:8080"
    language: Language = "fr"
    timezone: str = "Europe/Paris"
    country: str = "FR"
    data_folder: Path = Path("tocsin-data")
    procedure: Path | None = None
    root: Path | None = None
    proxy_headers: bool = False
    quiet_hold: Span = Span(minutes=5)
    quiet_after: Span = Span(minutes=15)
    business_hours: BusinessHours = BusinessHours()
    retention: Retention = Retention()
    database: DatabaseSettings = DatabaseSettings()
    contacts: dict[str, ContactSettings] = {}
    channels: ChannelSettings = ChannelSettings()
    cluster: ClusterSettings = ClusterSettings()
    execution: ExecutionSettings = ExecutionSettings()
    disk: DiskSettings = DiskSettings()
    spool: SpoolSettings = SpoolSettings()
    sources: dict[str, SourceSettings] = {}
    outside_check: OutsideCheckSettings = OutsideCheckSettings()
    heartbeats: HeartbeatSettings = HeartbeatSettings()

    @property
    def known_secrets(self) -> tuple[str, ...]:
        """Every secret that the settings hold, for redaction."""
        email, database = self.channels.email, self.database.url
        held = [self.channels.webhook.secret, self.execution.hcloud_token, email.password if email else None]
        held += [contact.webhook for contact in self.contacts.values()] + [self.outside_check.url]
        held += [secret for source in self.sources.values() for secret in (source.password, source.token)]
        return tuple(secret.reveal() for secret in held if secret) + _password_of(database)


def _password_of(url: Secret | None) -> tuple[str, ...]:
    password = urlsplit(url.reveal()).password if url else None
    return (password,) if password else ()
