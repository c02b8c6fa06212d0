"""
How each line stands, in a terminal and in CI: the lower part of `tocsin check --proof` and of `tocsin preflight`.

Without a server the states are those that follow from the text, and from a look ahead when one was taken; with a data
folder what was rehearsed and ran is among them. On a terminal Rich draws columns as wide as it is; anywhere else one
line for each, as a compiler would.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from tocsin.cli.doors import Visitor, asked, open_door
from tocsin.cli.options import user_name
from tocsin.cli.screen import show_json
from tocsin.cluster.inventory import NOTHING_BOUND
from tocsin.edge.clock import SystemClock
from tocsin.edge.duty import duty
from tocsin.edge.settings import Settings
from tocsin.lexicon import Language
from tocsin.procedure.model import Procedure
from tocsin.proof.book import EMPTY, Proof, ProofBook, learn
from tocsin.proof.look import Look, news
from tocsin.proof.standing import standings
from tocsin.proof.view import Json, view
from tocsin.web.outside import one_line

SIGNS = {"fails": "✗", "warns": "!", "holds": "✓", "idle": "○"}
STYLES = {"fails": "bold red", "warns": "yellow", "holds": "green", "idle": "dim"}


def view_alone(
    procedure: Procedure, settings: Settings, look: Look | None, language: Language, known: ProofBook = EMPTY
) -> Json:
    """What this process knows by itself, and of a house when its book is given."""
    now = SystemClock().now()
    book = known
    if look is not None:
        book = learn(known, news(look, known, "", changed=True, language=language))
    found = standings(procedure, book, duty(settings, procedure.contacts, now), now, language)
    seen = look.inventory if look is not None else NOTHING_BOUND
    return view(found, book, seen, look.why if look is not None else {}, language)


def show_alone(procedure: Procedure, settings: Settings, look: Look | None, data: Path | None, form: str) -> None:
    """What `tocsin check --proof` prints, in the procedure's language; a house's proofs count where their text does."""
    language = procedure.language
    known = _book_of(data, language) if data is not None else EMPTY
    show(view_alone(procedure, settings, look, language, known), form)


def _book_of(data: Path, language: Language) -> ProofBook:
    visitor = Visitor(data=data, person=user_name(), language=language)
    with open_door(visitor) as door:
        shown = asked(door, "GET", "/api/proof")
    lines = {
        line["digest"]: {one.kind: one for one in msgspec.convert(line["proofs"], list[Proof])}
        for line in shown["lines"]
    }
    return ProofBook(lines)


def show(shown: Mapping[str, Any], form: str) -> None:
    """Print it: "json", or for people."""
    if form == "json":
        show_json(shown)
        return
    if sys.stdout.isatty():
        _draw(shown["lines"])
    else:
        for line in shown["lines"]:
            place = f"{line['path']}:{line['line']}"
            click.echo(f"{place}: {SIGNS[line['mark']]} {one_line(line['said'])}")
    click.echo(shown["said"])


def _draw(lines: list[Json]) -> None:
    """Four columns; the texts share what the signs and numbers leave."""
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column(ratio=4)
    path = ""
    for line in lines:
        if line["path"] != path:
            path = line["path"]
            table.add_row("", "", Styled(one_line(path), style="bold"), "")
        style = STYLES[line["mark"]]
        table.add_row(
            Styled(SIGNS[line["mark"]], style=style),
            str(line["line"]),
            Styled(one_line(line["text"])),
            Styled(one_line(line["said"]), style=style),
        )
    Console(highlight=False).print(table)
