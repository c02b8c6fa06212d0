"""
The `tocsin` command: one file per verb.

A verb is loaded when it is used. Exit codes: 0 fine, 1 problems found, 2 wrong usage or refused, 3 a bug of ours. The
surprise: verbs that touch incidents go through the JSON API in every case, over the socket in the data folder while a
server runs, in this process while none does; so the CLI can do nothing that the API would refuse.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from tocsin.cli.failures import Failure, Session
from tocsin.cli.lazily import later

VERBS: dict[str, tuple[str, str]] = {
    "init": ("init:init", "Write a good first procedure, to be adapted."),
    "check": ("check:check", "Read a procedure and show every mistake in it."),
    "procedure": ("procedure:procedure", "Show what is understood of a procedure."),
    "lsp": ("lsp:lsp", "Check procedures for an editor (a language server)."),
    "preflight": ("preflight:preflight", "Look ahead: does what the procedure names exist, and may we?"),
    "demo": ("demo:demo", "Play an incident on a practice cluster."),
    "serve": ("serve:serve", "Run the server."),
    "connect": ("connect:connect", "Print what to paste into a sender of alerts."),
    "token": ("token:token", "Tokens of the senders of alerts."),
    "user": ("user:user", "Accounts of people."),
    "report": ("report:report", "Report something yourself."),
    "incident": ("incident:incident", "See and handle incidents."),
    "run": ("run:run", "Run a command for an incident, with the same gates as the page."),
    "maintenance": ("maintenance:maintenance", "Windows in which alerts are recorded and call nobody."),
    "heartbeat": ("heartbeat:heartbeat", "What must keep beating."),
    "export": ("export:export", "Write timelines and evidence into one file."),
    "verify": ("verify:verify", "Check an exported file, offline."),
    "backup": ("backup:backup", "Copy the database while it is in use."),
    "restore": ("restore:restore", "Put a backup into a new data folder."),
}


class Verbs(click.Group):
    """The verbs of `VERBS`: help costs no import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        if cmd_name not in VERBS:
            return None
        command = later(VERBS[cmd_name][0])
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; that nobody reads on (`tocsin incident list | head`) is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, nothing loaded."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tocsin", message="%(prog)s %(version)s")
def tocsin() -> None:
    """Run the incident procedure that your team has already written.

    \b
    tocsin check docs/incidents.md          is the procedure sound?
    tocsin serve --procedure docs           run it
    tocsin incident list                    what is going on
    tocsin incident ack 7                   I take it
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The entry point: every way out has its exit code."""
    session = Session()
    sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments), session))


def _run(arguments: list[str], session: Session) -> int:
    try:
        code = tocsin.main(arguments, prog_name="tocsin", standalone_mode=False, obj=session, color=_color())
        return code if isinstance(code, int) else 0
    except Failure as failure:
        click.echo(f"tocsin: {failure.sentence}", err=True)
        return failure.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("", err=True)
        return 130
    except Exception as error:
        number, place = later("bugs:keep_traceback")(error, session.data or Path())
        click.echo(f"tocsin: bug {number}. This is our fault; the details are in {place}", err=True)
        return 3


def _color() -> bool | None:
    """Click colours terminals only; NO_COLOR forbids it there too."""
    return False if os.environ.get("NO_COLOR") else None
