"""`tocsin init [FOLDER]`: write a good first procedure, to be adapted."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tocsin.cli.failures import Failure
from tocsin.cli.options import language_option
from tocsin.cli.words import language_of, phrase
from tocsin.edge.first_procedure import PAGES, AlreadyThere, write_first_procedure


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@language_option
def init(folder: Path, lang: str | None) -> None:
    """Write a good first procedure into FOLDER (the current one when none is named), to be adapted.

    It is checked, and its commands were run. No file that is there already is touched: then nothing is written.
    """
    spoken = language_of(lang, os.environ)
    try:
        written = write_first_procedure(folder, spoken)
    except AlreadyThere as there:
        raise Failure(phrase("init_there", spoken, paths=there)) from None
    except OSError as error:
        raise Failure(str(error)) from None
    for path in written:
        click.echo(path)
    click.echo(phrase("init_next", spoken, page=folder / PAGES / "incidents.md", folder=folder / PAGES))
