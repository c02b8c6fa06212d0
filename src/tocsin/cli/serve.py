"""`tocsin serve`: the server, until it is told to stop."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.logs import log_to_stderr
from tocsin.cli.options import data_option, language_option
from tocsin.cli.words import language_of, phrase
from tocsin.edge.procedure_files import NoProcedure
from tocsin.edge.settings import BadSettings, load_settings
from tocsin.edge.store.contract import Unavailable
from tocsin.edge.store.revision import NewerDatabase
from tocsin.edge.store.sqlite import AlreadyOpen
from tocsin.procedure.render import as_text
from tocsin.server import PortTaken, ProcedureRefused, ServeOptions
from tocsin.server import serve as serve_until_stopped


class Address(click.ParamType[tuple[str, int]]):
    """HOST:PORT, :PORT or [IPv6]:PORT."""

    name = "host:port"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Part the host from the port."""
        if isinstance(value, tuple):
            return value
        host, colon, port = str(value).rpartition(":")
        if not (colon and port.isascii() and port.isdigit() and int(port) <= 65535):
            self.fail(f"{value!r} is not HOST:PORT", param, ctx)
        return host.strip("[]") or "0.0.0.0", int(port)


@click.command()
@click.option("--procedure", type=click.Path(path_type=Path, exists=True), help="The procedure: a file or its folder.")
@data_option
@click.option(
    "--listen", type=Address(), default="127.0.0.1:8080", show_default=True, help="0 as port takes a free one."
)
@click.option("--config", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="tocsin.toml.")
@click.option("--serve-anyway", is_flag=True, help="Serve although the procedure has errors.")
@language_option
def serve(
    procedure: Path | None,
    data: Path,
    listen: tuple[str, int],
    config: Path | None,
    serve_anyway: bool,
    lang: str | None,
) -> int:
    """Run the server.

    \b
    tocsin serve --procedure docs --data /var/lib/tocsin --listen 0.0.0.0:8080 --config tocsin.toml

    A procedure with errors refuses to serve, unless --serve-anyway is given; then a banner says so on every page.
    """
    language = language_of(lang, os.environ)
    log_to_stderr("info")
    try:
        settings = load_settings(config, os.environ)
        text = procedure or settings.procedure
        if text is None:
            raise Failure(phrase("which_procedure", language))
        host, port = listen
        options = ServeOptions(
            procedure=text,
            data=data,
            host=host,
            port=port,
            config=config,
            serve_anyway=serve_anyway,
            settings=settings,
            say=_say,
        )
        return serve_until_stopped(options)
    except ProcedureRefused as refused:
        click.echo(as_text(refused.problems, refused.texts), err=True)
        raise Failure(phrase("procedure_refused", language), PROBLEMS) from None
    except AlreadyOpen as error:
        raise Failure(f"{error}") from None
    except (BadSettings, NoProcedure, PortTaken, NewerDatabase) as error:
        raise Failure(str(error)) from None
    except Unavailable as error:
        raise Failure(str(error), PROBLEMS) from None


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
