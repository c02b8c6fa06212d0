"""`tocsin procedure show PATH`: what was understood of a procedure, as Markdown that reads back to the same."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tocsin.cli.failures import Failure
from tocsin.cli.words import language_of
from tocsin.edge.procedure_files import NoProcedure, read_procedure_files
from tocsin.edge.settings import BadSettings, load_settings
from tocsin.procedure.show import shown


@click.group()
def procedure() -> None:
    """What tocsin understands of a procedure."""


@procedure.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The settings, tocsin.toml."
)
def show(path: Path, config: Path | None) -> None:
    """Print the rules that were understood of the procedure at PATH, as one page of Markdown.

    What is not on it, tocsin does not apply. Its runbooks stay pages of their own.
    """
    try:
        read, _ = read_procedure_files(path, load_settings(config, os.environ))
    except BadSettings as bad:
        raise Failure(str(bad)) from None
    except NoProcedure as absent:
        raise Failure(absent.told(language_of(None, os.environ))) from None
    click.echo(shown(read), nl=False)
