"""`tocsin restore`: a backup into an empty data folder, checked before it is in its place."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.options import data_option, language_option
from tocsin.cli.words import language_of, phrase
from tocsin.edge.backup import BackupRefused
from tocsin.edge.backup import restore as put_back
from tocsin.edge.store.revision import NewerDatabase
from tocsin.edge.store.sqlite import AlreadyOpen
from tocsin.web.outside import one_line


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_option
@language_option
def restore(file: Path, data: Path, lang: str | None) -> None:
    """Put a backup into a new data folder.

    \b
    tocsin restore /backup/tocsin-2026-11-23.sqlite3 --data /var/lib/tocsin

    The file and every timeline in it are checked first; a folder with anything in it is refused.
    """
    language = language_of(lang, os.environ)
    try:
        put_back(file, data, language)
    except BackupRefused as error:
        why = phrase(error.code, language, file=file, data=data, detail=one_line(error.detail.partition("\n")[0]))
        raise Failure("\n  ".join([why, *error.mistakes]), PROBLEMS if error.mistakes else 2) from None
    except (AlreadyOpen, NewerDatabase) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{data}: {error.strerror or error}", PROBLEMS) from None
    click.echo(phrase("restored", language, data=data))
