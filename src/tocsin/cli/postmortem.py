"""`tocsin incident postmortem`: read it, save it."""

from __future__ import annotations

from typing import Any

import click

from tocsin.cli.doors import asked
from tocsin.cli.options import Desk, house_verb
from tocsin.cli.screen import show_text


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--fresh", is_flag=True, help="Drafted anew from the timeline, whatever was saved.")
@click.option("--save", "file", type=click.File("r"), help="Save this file (- is standard input) as the post-mortem.")
@house_verb
def postmortem(desk: Desk, number: int, fresh: bool, file: Any) -> None:
    """Print the post-mortem as Markdown, or save one.

    \b
    tocsin incident postmortem 7 > 7.md
    tocsin incident postmortem 7 --save 7.md
    """
    address = f"/api/incidents/{number}/postmortem"
    with desk.door() as door:
        if file is not None:
            asked(door, "PUT", address, {"text": file.read()})
            desk.say("saved")
            return
        show_text(asked(door, "GET", address + ("?fresh=true" if fresh else ""))["text"])
