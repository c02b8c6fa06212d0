"""`tocsin user`: accounts of people."""

from __future__ import annotations

from urllib.parse import quote

import click

from tocsin.cli.doors import asked
from tocsin.cli.options import Desk, house_verb, json_option
from tocsin.cli.screen import clock_time, show_json, show_table


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command()
@click.argument("name")
@click.option("--display", default="", help="How the person stands in timelines (default: NAME).")
@click.option("--email", default="")
@click.option("--role", type=click.Choice(["responder", "admin"]), default="responder", show_default=True)
@json_option
@house_verb
def add(desk: Desk, name: str, display: str, email: str, role: str, as_json: bool) -> None:
    """Make an account; the last line is a one-time link where the person chooses a password.

    \b
    tocsin user add alice --display "Alice Martin" --email alice@example.org --role admin
    """
    wanted = {"name": name, "display": display, "email": email, "role": role}
    with desk.door() as door:
        made = asked(door, "POST", "/api/accounts", wanted)
    if as_json:
        show_json(made)
        return
    desk.say("user_made", name=made["name"], role=made["role"], at=clock_time(made["expires_at"]))
    click.echo(made["link"])


@user.command("list")
@json_option
@house_verb
def list_users(desk: Desk, as_json: bool) -> None:
    """Everybody."""
    with desk.door() as door:
        people = asked(door, "GET", "/api/accounts")["accounts"]
    if as_json:
        show_json(people)
        return
    rows = [
        [
            known["name"],
            known["role"],
            desk.phrase("disabled") if known["disabled"] else "",
            known["email"],
            known["display"],
        ]
        for known in people
    ]
    show_table([desk.phrase(f"column_{name}") for name in ("name", "role", "state", "email", "display")], rows)


@user.command("token")
@click.argument("name")
@click.option("--label", default="cli", show_default=True, help="What it is for.")
@json_option
@house_verb
def api_token(desk: Desk, name: str, label: str, as_json: bool) -> None:
    """Make an API token that acts as that person; it stands alone on the last line."""
    with desk.door() as door:
        made = asked(door, "POST", f"/api/accounts/{quote(name, safe='')}/tokens", {"label": label})
    if as_json:
        show_json(made)
        return
    desk.say("api_token_made", name=name)
    click.echo(made["token"])
