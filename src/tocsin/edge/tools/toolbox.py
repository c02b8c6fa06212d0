"""
The programs of this machine as tables: what a procedure's commands need of their help, asked or remembered.

Only the subcommands that are used are asked about. The surprise: with `ask` off nothing is started; what is in the
cache is used and the rest is left to the recorded tables, which is how a server begins.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from tocsin.edge.execution.programs import SEARCH
from tocsin.edge.settings import Settings
from tocsin.edge.tools.answers import Answers, Cache
from tocsin.edge.tools.asking import ask
from tocsin.edge.tools.known import KNOWN, Known, version_in
from tocsin.edge.tools.pages import Asking, hidden_flag, named_in_usage, page_of, tree_of, whole_of
from tocsin.edge.tools.shipped import recorded_tables
from tocsin.procedure.arguments import Argv
from tocsin.procedure.grammar.holding import Asked
from tocsin.procedure.grammar.reading import faults_of, find
from tocsin.procedure.grammar.table import CommandTable, Node, Tools

ALTOGETHER = 20.0


class Toolbox:
    """The programs by name, each with its absolute path."""

    def __init__(self, programs: Mapping[str, Path], cache: Path | None, *, asks: bool = True) -> None:
        self._programs = programs
        self._cache = Cache(cache)
        self._asks = asks

    def tools(self, asked: Sequence[Asked]) -> Tools:
        """What these lines are to be held against."""
        own: dict[str, list[Argv]] = {}
        for one in asked:
            if not one.inside and one.program in KNOWN and one.program in self._programs:
                own.setdefault(one.program, []).append(one.rest)
        until = time.monotonic() + ALTOGETHER
        tables = {program: self._table(program, lines, until) for program, lines in own.items()}
        return Tools({program: table for program, table in tables.items() if table}, recorded_for(asked))

    def _table(self, program: str, lines: list[Argv], until: float) -> CommandTable | None:
        path, known = self._programs[program], KNOWN[program]

        def asking(arguments: Argv) -> str:
            return ask(path, arguments).text if self._asks and time.monotonic() < until else ""

        try:
            key, script = self._cache.digest(path)
        except OSError:
            return None
        said = version_in(asking(known.version)) if script else ""
        key = f"{key}-{said}" if said else key
        answers = self._cache.load(key)
        if answers is None:
            answers = Answers(program, said or version_in(asking(known.version)))
        before = len(answers.pages) + len(answers.refused)
        table = _Learner(known, answers, asking).table(lines)
        if self._asks and len(answers.pages) + len(answers.refused) > before:
            self._cache.keep(key, answers)
        return table


class _Learner:
    """One program: asks for the pages that lines need, and whether what no page shows is taken all the same."""

    def __init__(self, known: Known, answers: Answers, asking: Asking) -> None:
        self.known = known
        self.answers = answers
        self.asking = asking
        self.unsure: set[str] = set()
        self._table: CommandTable | None = None  # of what is known; None once more is
        self.recorded = recorded_tables([answers.program]).get(answers.program, ())

    def table(self, lines: list[Argv]) -> CommandTable | None:
        """None when the program did not say anything that was understood."""
        self._learn(())
        if "" not in self.answers.pages:
            return None
        for rest in lines:
            self._reach(rest)
            if self.known.style == "cobra":
                self._confirm(rest)
        return self._now()

    def _now(self) -> CommandTable:
        """What is known by now; nothing is held against a command of which a question went unanswered."""
        if self._table is None:
            pages = self.answers.pages | dict.fromkeys(self.unsure, Node(open=True))
            tree = _like(tree_of(pages), [table.root for table in self.recorded])
            self._table = CommandTable(self.answers.program, self.answers.version, self.known.style, tree)
        return self._table

    def _knows(self, path: str, page: Node) -> None:
        self.answers.pages[path] = page
        self._table = None

    def _doubts(self, path: str) -> None:
        self.unsure.add(path)
        self._table = None

    def _learn(self, command: Argv) -> bool:
        """Ask for a page unless it is there; tell whether it is now."""
        key = " ".join(command)
        if key not in self.answers.pages:
            page = self._whole() if self.known.whole else self._page(command)
            if page is not None:
                self._knows(key, page)
        return key in self.answers.pages

    def _whole(self) -> Node | None:
        node = whole_of(self.known.style, self.known.whole, self.asking)
        return node if node.flags else None

    def _page(self, command: Argv) -> Node | None:
        return page_of(self.answers.program, self.known.style, command, self.asking)

    def _reach(self, rest: Argv) -> None:
        """Ask down to the subcommand that a line means."""
        while not self.known.whole:
            found = find(self._now(), rest)
            if not found.node.open or " ".join(found.command) in self.answers.pages or not self._learn(found.command):
                return

    def _confirm(self, rest: Argv) -> None:
        """A flag or subcommand that no page shows may be hidden, another name, or a plugin."""
        for fault in faults_of(self._now(), rest):
            key = " ".join((*fault.command, fault.name))
            if key in self.answers.refused:
                continue
            if fault.kind == "flag" and fault.name.startswith("--"):
                self._flag(fault.command, fault.name, key)
            elif fault.kind == "command":
                self._subcommand(fault.command, fault.name, key, rest)

    def _flag(self, command: Argv, name: str, key: str) -> None:
        path = " ".join(command)
        flag = hidden_flag(name, command, self.asking)
        if flag == "refused":
            self.answers.refused.append(key)
        elif flag == "silent":
            self._doubts(path)
        else:
            page = self.answers.pages[path]
            self._knows(path, replace(page, flags=(*page.flags, flag)))

    def _subcommand(self, command: Argv, word: str, key: str, rest: Argv) -> None:
        path = " ".join(command)
        page = self.answers.pages[path]
        if not command and shutil.which(f"{self.answers.program}-{word}"):
            self._knows(path, replace(page, commands={**page.commands, word: Node(open=True)}))
            return
        said = self.asking((*command, word, "--help"))
        name = named_in_usage(self.answers.program, command, said)
        if not said:
            self._doubts(path)
        elif name != word and name in page.commands and self._learn((*command, name)):
            self._reach(rest)
        else:
            self.answers.refused.append(key)


def toolbox_of(settings: Settings, environ: Mapping[str, str], cache: Path | None, *, asks: bool = True) -> Toolbox:
    """The programs that the settings name, else those that PATH holds."""
    named = settings.execution.programs
    found = {name: shutil.which(name, path=environ.get("PATH", SEARCH)) for name in KNOWN}
    programs = named or {name: Path(path).absolute() for name, path in found.items() if path}
    return Toolbox(programs, cache, asks=asks)


def _like(node: Node, recorded: list[Node]) -> Node:
    """
    The same node with what stands on no page of help, as recorded versions have it: whether a group does something by
    itself, and whether it has a subcommand by default. A group that no version has is not judged.
    """
    children = {
        name: _like(child, [other.commands[name] for other in recorded if name in other.commands])
        for name, child in node.commands.items()
    }
    acts = any(other.acts for other in recorded) if recorded else node.acts
    return replace(node, commands=children, acts=acts, open=node.open or any(other.open for other in recorded))


def recorded_for(asked: Sequence[Asked]) -> dict[str, tuple[CommandTable, ...]]:
    """The recorded tables of these programs."""
    return recorded_tables(one.program for one in asked)
