"""What the rules about a whole procedure may look at besides it, and the commands that the team wrote in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from tocsin.procedure.judge import commands_of
from tocsin.procedure.model import Command, Procedure, Step
from tocsin.procedure.source import Source, Text


class Surroundings(Struct, frozen=True, kw_only=True):
    """
    What the settings say. `bindings` maps a contact's slug to the channels that have an address for it (none: it is
    bound, but to nothing usable); `channels` are those that are set up; `files` every path that was found under the
    root, None when nobody looked; `texts` what stands in them; `settings_path` is where a problem of the settings stands.
    """

    bindings: Mapping[str, Collection[str]]
    public_url: str | None
    channels: frozenset[str]
    files: frozenset[str] | None
    texts: Mapping[str, Text]
    settings_path: str


def steps_of(procedure: Procedure) -> Iterator[Step]:
    """The steps that the team wrote: of scenarios and of its own runbooks."""
    for scenario in procedure.scenarios:
        yield from scenario.steps
    for book in procedure.runbooks:
        if book.found:
            yield from book.steps


def commands_in(procedure: Procedure) -> Iterator[Command]:
    """Those that the team wrote: triage, scenarios, its own runbooks."""
    yield from procedure.triage
    for step in steps_of(procedure):
        yield from commands_of(step)


def place_of(command: Command, word: str) -> Source:
    """Where a word stands in a command of one line; the whole command when it goes on over several."""
    at = command.text.find(word)
    column = command.source.column + at
    if at < 0 or column + len(word) > command.source.end_column:
        return command.source
    return Source(command.source.path, command.source.line, column, column + len(word))
