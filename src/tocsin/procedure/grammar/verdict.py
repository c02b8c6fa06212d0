"""
Which table a command is held against, and what is said of it.

The program of this machine wins; a program inside a pod is of an unknown version, so it is held against all that were
recorded and is right when one of them takes it. Of an installed program only its flags and subcommands were asked: how
many arguments it needs is said by the recorded versions, when they agree.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tocsin.procedure.grammar.faults import Fault, FaultKind
from tocsin.procedure.grammar.reading import faults_of
from tocsin.procedure.grammar.table import CommandTable, Tools

# What a program's help does not say: how many arguments; of redis-cli, anything about the server's commands.
_OF_ARGUMENTS: frozenset[FaultKind] = frozenset({"too-few", "too-many", "needed-flag"})
_OF_THE_SERVER: frozenset[FaultKind] = _OF_ARGUMENTS | {"command", "subcommand"}
_OF_VERSIONS = frozenset({"flag", "command", "bad-value"})


class Objection(Struct, frozen=True):
    """
    A fault and who finds it: the tables it was `held` against, `installed` when that is this machine's program, and the
    recorded versions that would take the line (`elsewhere`).
    """

    fault: Fault
    held: tuple[CommandTable, ...]
    installed: bool
    elsewhere: tuple[CommandTable, ...] = ()


def objections(program: str, rest: Sequence[str], tools: Tools, *, inside: bool) -> tuple[Objection, ...]:
    """Everything against a program's arguments; nothing when no table knows the program."""
    recorded = tools.recorded.get(program, ())
    installed = None if inside else tools.installed.get(program)
    if installed is not None:
        own = faults_of(installed, rest)
        if not own and recorded and not faults_of(recorded[0], rest):
            return ()  # nothing that could be missing, and most lines are right: the other versions need not be asked
        heard = {table.version: faults_of(table, rest) for table in recorded}
        return _of_installed(installed, own, recorded, heard)
    newest = faults_of(recorded[0], rest) if recorded else ()
    if not newest:
        return ()
    heard = {table.version: faults_of(table, rest) for table in recorded}
    taking = tuple(table for table in recorded if not _refused(heard[table.version]))
    if taking and not _refused(newest):
        return tuple(Objection(fault, recorded[:1], False) for fault in newest)
    held = recorded[:1] if taking else recorded
    return tuple(Objection(fault, held, False, taking) for fault in newest)


def _of_installed(
    installed: CommandTable,
    own: tuple[Fault, ...],
    recorded: tuple[CommandTable, ...],
    heard: dict[str, tuple[Fault, ...]],
) -> tuple[Objection, ...]:
    others = tuple(table for table in recorded if table.version != installed.version)
    taking = tuple(table for table in others if not _refused(heard[table.version]))
    found = [Objection(f, (installed,), True, taking if f.kind in _OF_VERSIONS else ()) for f in own]
    missing = _OF_THE_SERVER if installed.style == "redis" else _OF_ARGUMENTS
    if not _refused(own) and recorded and all(_only(missing, heard[table.version]) for table in recorded):
        found += [Objection(f, recorded, False) for f in heard[recorded[0].version] if f.kind in missing]
    return tuple(found)


def _refused(faults: Sequence[Fault]) -> bool:
    return any(fault.refused for fault in faults)


def _only(kinds: frozenset[FaultKind], faults: Sequence[Fault]) -> bool:
    """There is a fault of these kinds and no other: this version knows all the rest of the line."""
    refused = [fault for fault in faults if fault.refused]
    return bool(refused) and all(fault.kind in kinds for fault in refused)
