"""`tocsin connect`: exactly what to paste into a sender, with a token made for it."""

from __future__ import annotations

import re

import click

from tocsin.cli.connections import CONNECTIONS
from tocsin.cli.connections.link import Link
from tocsin.cli.connections.wazuh import script as wazuh_script
from tocsin.cli.doors import asked
from tocsin.cli.options import Desk, house_verb


class Address(click.ParamType[str]):
    """A web address without anything that would end a quoted text in the file it is printed into."""

    name = "url"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Without the slash at its end."""
        if re.fullmatch(r"https?://[^\s'\"<>&\\`$]+", str(value)) is None:
            self.fail(f"{value!r} is not a web address", param, ctx)
        return str(value).rstrip("/")


@click.command()
@click.argument("kind", type=click.Choice(sorted(CONNECTIONS)))
@click.option("--source", metavar="NAME", help="What the sender is called in timelines (default: its kind).")
@click.option("--url", type=Address(), metavar="URL", help="Where the sender reaches tocsin (default: public_url).")
@click.option("-s", "--script", is_flag=True, help="Print Wazuh's integration script instead.")
@house_verb
def connect(desk: Desk, kind: str, source: str | None, url: str | None, script: bool) -> None:
    """Print the configuration of a sender of alerts; a new token stands in it, and nowhere else ever again.

    \b
    tocsin connect alertmanager > alertmanager.yml
    tocsin connect wazuh --script > custom-tocsin
    """
    if script:
        if kind != "wazuh":
            raise click.UsageError("--script is for wazuh")
        click.echo(wazuh_script(), nl=False)
        return
    with desk.door() as door:
        made = asked(door, "POST", "/api/sources", {"source": source or kind, "kind": kind})
    where = f"{url}/ingest/{kind}" if url else made["url"]
    link = Link(url=where, token=made["token"], secret=made.get("signing_secret", ""))
    desk.say("connected", to_stderr=True, source=made["source"], number=made["id"])
    click.echo(CONNECTIONS[kind](link, desk.language), nl=False)
