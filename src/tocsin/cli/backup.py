"""`tocsin backup`: the database as one file, of one instant, while it is in use."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tocsin.cli.failures import Failure
from tocsin.cli.options import data_option, language_option
from tocsin.cli.words import language_of, phrase
from tocsin.edge.backup import BackupRefused
from tocsin.edge.backup import backup as copy_database
from tocsin.edge.settings import BadSettings, load_settings
from tocsin.web.outside import one_line


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@click.option("--config", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="tocsin.toml.")
@language_option
def backup(file: Path, data: Path, config: Path | None, lang: str | None) -> None:
    """Copy the database into FILE; the server may be running.

    \b
    tocsin backup /backup/tocsin-$(date +%F).sqlite3 --data /var/lib/tocsin

    The file holds everything, secrets too: it is readable by its owner alone. Keep it as you keep a password.
    """
    language = language_of(lang, os.environ)
    try:
        settings = load_settings(config, os.environ)
        where = settings.database.url.reveal() if settings.database.url else data
        copy_database(where, file)
    except BadSettings as error:
        raise Failure(str(error)) from None
    except BackupRefused as error:
        raise Failure(
            phrase(error.code, language, file=file, data=data, detail=one_line(error.detail.partition("\n")[0]))
        ) from None
    except OSError as error:
        raise Failure(f"{file}: {error.strerror or error}", 1) from None
    click.echo(phrase("backed_up", language, size=file.stat().st_size, file=file))
