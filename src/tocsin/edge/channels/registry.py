"""The channels that the settings ask for. The only module that knows them all."""

from __future__ import annotations

from tocsin.edge.channels.contract import Channel
from tocsin.edge.channels.email import EmailChannel
from tocsin.edge.channels.webhook import WebhookChannel
from tocsin.edge.settings import BadSettings, Settings


def channels_of(settings: Settings) -> dict[str, Channel]:
    """Build them by name; raises `BadSettings` when a secret cannot be a key. Close each when done."""
    try:
        channels: dict[str, Channel] = {"webhook": WebhookChannel(settings.channels.webhook)}
    except ValueError as error:
        raise BadSettings("settings", "channels.webhook.secret", str(error)) from None
    if settings.channels.email:
        channels["email"] = EmailChannel(settings.channels.email)
    return channels
