"""
The options that verbs share, and the desk that a verb sits at.

`@house_verb` gives a verb its `Desk` as first argument: whose data, as whom, in which language. The person is the
operating system's user unless --as says otherwise; whoever may open the data folder is trusted with that.
"""

from __future__ import annotations

import functools
import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tocsin.cli.doors import Door, Visitor, open_door
from tocsin.cli.failures import Failure, Session
from tocsin.cli.words import language_of, phrase
from tocsin.lexicon import Language

Verb = Callable[..., Any]


class Desk:
    """One verb's surroundings."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    @property
    def language(self) -> Language:
        """In which to speak."""
        return self.visitor.language

    @contextmanager
    def door(self) -> Iterator[Door]:
        """The way to the house."""
        with open_door(self.visitor) as door:
            yield door

    def say(self, key: str, /, *, to_stderr: bool = False, **values: object) -> None:
        """Print one of our sentences."""
        click.echo(self.phrase(key, **values), err=to_stderr)

    def phrase(self, key: str, /, **values: object) -> str:
        """One of our sentences."""
        return phrase(key, self.language, **values)


def _remember_data(ctx: click.Context, param: click.Parameter, value: Path) -> Path:
    if isinstance(ctx.obj, Session):
        ctx.obj.data = value
    return value


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default="data",
    envvar="TOCSIN_DATA",
    show_default=True,
    show_envvar=True,
    callback=_remember_data,
    help="The data folder.",
)
language_option = click.option("--lang", type=click.Choice(["en", "fr"]), help="The language (default: LANG).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def house_verb(verb: Verb) -> Verb:
    """Give a verb its desk as first argument, and the options that lead to it."""

    @functools.wraps(verb)
    def sit_down(
        data: Path,
        as_name: str | None,
        lang: str | None,
        config: Path | None,
        procedure: Path | None,
        **rest: Any,
    ) -> Any:
        language = language_of(lang, os.environ)
        person = (user_name() if as_name is None else as_name).strip()
        if not person.isprintable() or not 0 < len(person) <= 100:
            raise Failure(phrase("bad_name", language, name=repr(person)))
        visitor = Visitor(data=data, person=person, language=language, config=config, procedure=procedure)
        return verb(Desk(visitor), **rest)

    file = click.Path(path_type=Path, exists=True, dir_okay=False)
    options = [
        data_option,
        click.option("--as", "as_name", metavar="NAME", help="Act as this person (default: you)."),
        language_option,
        click.option("--config", type=file, help="tocsin.toml, used when no server runs."),
        click.option(
            "--procedure",
            type=click.Path(path_type=Path, exists=True),
            help="Used when no server runs; default: the last.",
        ),
    ]
    for option in reversed(options):
        sit_down = option(sit_down)
    return sit_down


def user_name() -> str:
    """Who the operating system says that we are."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
