"""
From a TOML file and the environment to `Settings`, or `BadSettings` with the key that is wrong.

A variable wins over the file. The surprise: secrets are read here, once, from the files that the settings name, so a
missing one is found at start and not during an incident.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tocsin.edge.settings.checks import check_settings
from tocsin.edge.settings.environment import NOT_TOLD, from_environment
from tocsin.edge.settings.errors import BadSettings, of_syntax, of_value
from tocsin.edge.settings.model import ContactSettings, Section, Settings, SourceSettings
from tocsin.edge.settings.quantities import Secret, SecretAddress, read_quantity


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the file (None: no file) and the variables; raises `BadSettings` for the first mistake."""
    written = _read(path) if path else {}
    for key in NOT_TOLD & written.keys():
        raise BadSettings(path.name if path else "", key, "is not set here but by --data or TOCSIN_DATA")
    folder = path.resolve().parent if path else Path.cwd()
    told = from_environment(Settings, environ)
    told.merge_into(written)
    file_name = path.name if path else "environment"
    try:
        settings = _convert(written)
        check_settings(settings, told.keys)
        return _with_secrets(_anchored(settings, folder))
    except BadSettings as bad:
        variable = told.variable_of(bad.key)
        raise BadSettings("environment" if variable else file_name, variable or bad.key, bad.sentence) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise BadSettings(path.name, "", f"is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise BadSettings(path.name, "", f"cannot be read: {error.strerror}") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise of_syntax(path.name, text, error) from None


def _convert(written: dict[str, Any]) -> Settings:
    # msgspec does not name the key of a mapping in its errors, so each entry is tried alone first.
    for slug, contact in _entries(written.get("contacts")):
        _checked(contact, ContactSettings, f"contacts.{slug}")
    for name, source in _entries(written.get("sources")):
        _checked(source, SourceSettings, f"sources.{name}")
    execution = written.get("execution")
    for name, program in _entries(execution.get("programs") if isinstance(execution, dict) else None):
        _checked(program, Path, f"execution.programs.{name}")
    settings: Settings = _checked(written, Settings, "")
    return settings


def _entries(table: Any) -> list[tuple[str, Any]]:
    return list(table.items()) if isinstance(table, dict) else []


def _checked(raw: Any, kind: type[Any], key: str) -> Any:
    try:
        return msgspec.convert(raw, kind, dec_hook=read_quantity)
    except msgspec.ValidationError as error:
        raise of_value(kind, key, error) from None


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Make every path absolute, so that nothing depends on where the server was started."""

    def anchor(section: Any) -> Any:
        if isinstance(section, Path):
            return folder / section.expanduser()
        if isinstance(section, dict) and all(isinstance(entry, Section) for entry in section.values()):
            return {name: anchor(entry) for name, entry in section.items()}
        if not isinstance(section, Section):
            return section
        names = (part.name for part in msgspec.structs.fields(section))
        return msgspec.structs.replace(section, **{name: anchor(getattr(section, name)) for name in names})

    anchored = anchor(settings)
    assert isinstance(anchored, Settings)
    return anchored


def _with_secrets(settings: Settings) -> Settings:
    """Read the files that hold secrets."""
    replace = msgspec.structs.replace
    database, channels, execution = settings.database, settings.channels, settings.execution
    if database.url_file and not database.url:
        url = SecretAddress(_secret("database.url_file", database.url_file).reveal())
        database = replace(database, url=url)
    email, webhook = channels.email, channels.webhook
    if email and email.password_file and not email.password:
        email = replace(email, password=_secret("channels.email.password_file", email.password_file))
    if webhook.secret_file and not webhook.secret:
        webhook = replace(webhook, secret=_secret("channels.webhook.secret_file", webhook.secret_file))
    if execution.hcloud_token_file and not execution.hcloud_token:
        token = _secret("execution.hcloud_token_file", execution.hcloud_token_file)
        execution = replace(execution, hcloud_token=token)
    channels = replace(channels, email=email, webhook=webhook)
    sources = {name: _source_with_secrets(name, source) for name, source in settings.sources.items()}
    return replace(settings, database=database, channels=channels, execution=execution, sources=sources)


def _source_with_secrets(name: str, source: SourceSettings) -> SourceSettings:
    key = f"sources.{name}"
    if source.password_file and not source.password:
        source = msgspec.structs.replace(source, password=_secret(f"{key}.password_file", source.password_file))
    if source.token_file and not source.token:
        source = msgspec.structs.replace(source, token=_secret(f"{key}.token_file", source.token_file))
    return source


def _secret(key: str, path: Path) -> Secret:
    try:
        text = path.read_text().strip()
    except OSError as error:
        raise BadSettings("", key, f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadSettings("", key, f"{path} is not a text") from None
    if not text:
        raise BadSettings("", key, f"{path} is empty")
    return Secret(text)
