"""`tocsin heartbeat`: what must keep beating."""

from __future__ import annotations

from urllib.parse import quote

import click

from tocsin.cli.doors import asked
from tocsin.cli.options import Desk, house_verb, json_option
from tocsin.cli.screen import clock_time, show_json, show_table

COLUMNS = ("source", "last_at", "silent_since", "name")


@click.group()
def heartbeat() -> None:
    """Heartbeats: their silence is a P1."""


@heartbeat.command("list")
@json_option
@house_verb
def list_heartbeats(desk: Desk, as_json: bool) -> None:
    """What is expected, when it last came, and since when it is silent."""
    with desk.door() as door:
        beats = asked(door, "GET", "/api/heartbeats")["heartbeats"]
    if as_json:
        show_json(beats)
        return
    rows = [[b["source"], clock_time(b["last_at"]), clock_time(b["silent_since"]), b["name"]] for b in beats]
    show_table([desk.phrase(f"column_{name}") for name in COLUMNS], rows)


@heartbeat.command()
@click.argument("source")
@click.argument("name")
@house_verb
def forget(desk: Desk, source: str, name: str) -> None:
    """Expect it no longer; if it beats again, it is expected again."""
    with desk.door() as door:
        asked(door, "DELETE", f"/api/heartbeats/{quote(source, safe='')}/{quote(name, safe='')}")
    desk.say("heartbeat_forgotten", name=name)
