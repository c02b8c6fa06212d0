"""`tocsin token`: what senders of alerts show."""

from __future__ import annotations

import click

from tocsin.cli.doors import asked
from tocsin.cli.options import Desk, house_verb, json_option
from tocsin.cli.screen import clock_time, show_json, show_table


@click.group()
def token() -> None:
    """Tokens of the senders of alerts."""


@token.command()
@click.option("--source", required=True, metavar="NAME", help="What the sender is called in timelines.")
@click.option("--kind", default="alertmanager", show_default=True, help="What it sends.")
@json_option
@house_verb
def create(desk: Desk, source: str, kind: str, as_json: bool) -> None:
    """Make a token; it stands alone on the last line, and nowhere else ever again.

    \b
    tocsin token create --source prometheus-prod | tail -n 1 > alertmanager.token
    """
    with desk.door() as door:
        made = asked(door, "POST", "/api/sources", {"source": source, "kind": kind})
    if as_json:
        show_json(made)
        return
    desk.say("token_made", source=made["source"], kind=made["kind"])
    if "signing_secret" in made:
        desk.say("signing_secret", secret=made["signing_secret"])
    click.echo(made["token"])


@token.command("list")
@json_option
@house_verb
def list_tokens(desk: Desk, as_json: bool) -> None:
    """Every token, revoked ones too; never the secret itself."""
    with desk.door() as door:
        tokens = asked(door, "GET", "/api/sources")["sources"]
    if as_json:
        show_json(tokens)
        return
    rows = []
    for known in tokens:
        over = known["revoked_at"]
        state = desk.phrase("revoked_at", at=clock_time(over)) if over else desk.phrase("active")
        rows.append([str(known["id"]), known["kind"], state, clock_time(known["created_at"]), known["source"]])
    show_table([desk.phrase(f"column_{name}") for name in ("id", "kind", "state", "created", "source")], rows)


@token.command()
@click.argument("number", type=click.IntRange(min=1))
@house_verb
def revoke(desk: Desk, number: int) -> None:
    """Refuse the token of that id (see `tocsin token list`) from now on."""
    with desk.door() as door:
        asked(door, "DELETE", f"/api/sources/{number}")
    desk.say("revoked", number=number)
