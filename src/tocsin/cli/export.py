"""`tocsin export`: timelines and evidence into one file."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.failures import Failure
from tocsin.cli.options import Desk, house_verb
from tocsin.edge.bundle import check_bundle


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--incident", "number", type=click.IntRange(min=1), help="Only this one, with the ledger.")
@house_verb
def export(desk: Desk, file: Path, number: int | None) -> None:
    """Write timelines and evidence into FILE (a .tar.gz), for `tocsin verify`.

    \b
    tocsin export --incident 7 incident-7.tar.gz
    """
    with desk.door() as door:
        try:
            door.save("/api/export" if number is None else f"/api/export?incident={number}", file)
        except FileExistsError:
            raise Failure(desk.phrase("exists", file=file)) from None
    found = check_bundle(file)
    desk.say("exported", streams=found.streams, lines=found.lines, blobs=found.blobs, file=file)
