"""`tocsin verify`: check an exported file with nothing but itself."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tocsin.cli.failures import Failure
from tocsin.cli.options import language_option
from tocsin.cli.words import language_of, phrase
from tocsin.edge.bundle import NotABundle, check_bundle
from tocsin.web.outside import plain


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--seen", default="", metavar="HEX", help="The ledger's head that a call or a mail told you.")
@language_option
def verify(bundle: Path, seen: str, lang: str | None) -> int:
    """Check an exported file: no line changed, none missing, each text the one that was recorded.

    \b
    tocsin verify incident-7.tar.gz --seen 3fa4230bd76d6367

    Exits with 1 and names every flaw when there is one.
    """
    language = language_of(lang, os.environ)
    try:
        found = check_bundle(bundle, seen, language)
    except NotABundle as error:
        raise Failure(f"{bundle}: {error}", 1) from None
    if found.gone:
        click.echo(phrase("texts_gone", language, count=found.gone))
    if found.flaws:
        click.echo(phrase("flaws", language, count=len(found.flaws)))
        for flaw in found.flaws:
            click.echo(f"  {plain(flaw)}")
        return 1
    click.echo(
        phrase("verified", language, streams=found.streams, lines=found.lines, blobs=found.blobs, heads=found.heads)
    )
    return 0
