"""
The lines of a code fence → comments and commands, each with its place.

A comment line stays apart; a backslash at the end or an open quote makes a command go on. The surprise: a command
never swallows the numbered comment of the next step, so one forgotten quote costs one step and not the scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Fence, FenceLine
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Command
from tocsin.procedure.problems import Problem
from tocsin.procedure.risk import risk_of
from tocsin.procedure.shell import LONGEST, Objection, Seen, digest_of, is_complete, look
from tocsin.procedure.source import Source

SHELL_LANGUAGES = frozenset({"", "bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"})
_SESSIONS = frozenset({"console", "shell-session", "terminal"})
_NUMBERED = re.compile(r"#+\s*(?:(?:step|étape|etape)\s+)?(\d{1,3})\s*[.):](?:\s+(.*))?$", re.IGNORECASE)
_FURTHEST = 60
# A fence with more open quotes than this is no list of commands; what follows is read line by line.
_MOST_UNENDED = 20


class Comment(Struct, frozen=True):
    """A comment line: `number` of the step it opens, "" when it opens none; `indented` when it goes on with the one above."""

    text: str
    number: str
    indented: bool
    source: Source


class PlacedWord(Struct, frozen=True):
    """A word of a command with its place in the file."""

    value: str
    source: Source


class WrittenCommand(Struct, frozen=True, eq=False):
    """A command as the model keeps it, and its words with their places, stage by stage. Each is itself and no other."""

    command: Command
    stages: tuple[tuple[PlacedWord, ...], ...]

    def word(self, *values: str) -> PlacedWord | None:
        """The first word of the first stage that is one of these."""
        return next((word for stage in self.stages[:1] for word in stage if word.value in values), None)


class _Piece(Struct, frozen=True):
    """A part of a logical line: where it begins in it, and where in the file."""

    start: int
    text: str
    source: Source


def lines_of(fence: Fence, language: Language) -> Iterator[Comment | WrittenCommand]:
    """Read a fence whose language is a shell's; any other holds no commands."""
    if fence.language not in SHELL_LANGUAGES:
        return
    lines = [line for line in map(_without_prompt, fence.lines) if _counts(line, fence)]
    at = unended = 0
    while at < len(lines):
        line = lines[at]
        if not line.text.strip():
            at += 1
        elif line.text.lstrip().startswith("#"):
            yield _comment(line)
            at += 1
        else:
            pieces, at, ended = _logical(lines, at, _FURTHEST if unended < _MOST_UNENDED else 0)
            unended += not ended
            yield command_of(pieces, language)


def opens_step(line: str) -> bool:
    """Tell whether a line of a fence is a numbered comment."""
    return _NUMBERED.match(line.strip()) is not None


def _counts(line: FenceLine, fence: Fence) -> bool:
    """In a recorded session only the lines behind a prompt were typed."""
    return fence.language not in _SESSIONS or line.source.column > 1


def _without_prompt(line: FenceLine) -> FenceLine:
    if not line.text.startswith("$ "):
        return line
    source = Source(line.source.path, line.source.line, line.source.column + 2, line.source.end_column)
    return FenceLine(line.text[2:], source)


def _comment(line: FenceLine) -> Comment:
    text = line.text.strip()
    column = line.source.column + len(line.text) - len(line.text.lstrip())
    source = Source(line.source.path, line.source.line, column, column + len(text))
    numbered = _NUMBERED.match(text)
    if numbered:
        return Comment((numbered[2] or "").strip(), numbered[1], False, source)
    bare = text.lstrip("#")
    return Comment(bare.strip(), "", bare.startswith(("  ", "\t")), source)


def _logical(lines: Sequence[FenceLine], start: int, furthest: int) -> tuple[list[_Piece], int, bool]:
    """Take one command: with its continuations, then with as many lines as close what is still open; whether it ends."""
    pieces, after = _continued(lines, start, 0)
    if is_complete(_text(pieces)):
        return pieces, after, True
    longer, end = list(pieces), after
    while end < min(len(lines), start + furthest) and len(_text(longer)) < LONGEST:
        if opens_step(lines[end].text):
            break
        more, end = _continued(lines, end, len(_text(longer)) + 1)
        longer += [_Piece(more[0].start - 1, "\n" + more[0].text, _before(more[0].source)), *more[1:]]
        if is_complete(_text(longer)):
            return longer, end, True
    return pieces, after, False


def _before(source: Source) -> Source:
    """The place of the line end in front of a piece: one column to the left."""
    return Source(source.path, source.line, source.column - 1, source.end_column)


def _continued(lines: Sequence[FenceLine], start: int, offset: int) -> tuple[list[_Piece], int]:
    pieces: list[_Piece] = []
    at = start
    while True:
        text = lines[at].text if not pieces else lines[at].text.lstrip()
        column = lines[at].source.column + len(lines[at].text) - len(text)
        goes_on = (len(text) - len(text.rstrip("\\"))) % 2 == 1 and at + 1 < len(lines)
        kept = text[:-1] if goes_on else text
        pieces.append(
            _Piece(offset, kept, Source(lines[at].source.path, lines[at].source.line, column, column + len(kept)))
        )
        offset += len(kept)
        at += 1
        if not goes_on:
            return pieces, at


def _text(pieces: Sequence[_Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def command_at(text: str, source: Source, language: Language) -> WrittenCommand:
    """Understand a command that stands in a sentence, at that place of one line."""
    return command_of([_Piece(0, text, source)], language)


def command_of(pieces: Sequence[_Piece], language: Language) -> WrittenCommand:
    """Understand one logical line; what stands against it becomes problems on the command."""
    line = _text(pieces)
    seen = look(line)
    shown = line.strip()
    start = len(line) - len(line.lstrip())
    problems = [_problem(objection, pieces, line, language) for objection in seen.objections]
    problems += _to_fill(seen, line, pieces, language)
    words = tuple(tuple(PlacedWord(w.value, _place(pieces, w.start, w.end)) for w in stage) for stage in seen.stages)
    command = Command(
        text=" ".join(shown.split("\n")),
        pipeline=seen.pipeline,
        risk=risk_of(seen.pipeline),
        digest=digest_of(seen.pipeline),
        source=_place(pieces, start, start + len(shown)),
        placeholders=seen.placeholders,
        problems=tuple(problems),
        places=tuple(tuple(word.source for word in stage) for stage in words),
    )
    return WrittenCommand(command, words)


def _place(pieces: Sequence[_Piece], start: int, end: int) -> Source:
    """Where a stretch of the logical line stands in the file; it ends with its first line."""
    piece = next((p for p in reversed(pieces) if p.start <= start), pieces[0])
    column = piece.source.column + start - piece.start
    last = min(piece.source.column + end - piece.start, piece.source.column + len(piece.text.rstrip()))
    return Source(piece.source.path, piece.source.line, column, max(last, column + 1))


def _problem(objection: Objection, pieces: Sequence[_Piece], line: str, language: Language) -> Problem:
    source = _place(pieces, objection.start, objection.end)
    if objection.code == "P303":
        return problem("P303", source, language, word=objection.word)
    said = phrase(objection.key, language, word=objection.word)
    return problem(objection.code, source, language, reason=said, feature=said)


def _to_fill(seen: Seen, line: str, pieces: Sequence[_Piece], language: Language) -> Iterator[Problem]:
    for name in seen.placeholders:
        at = line.find(f"<{name}>")
        yield problem("P304", _place(pieces, at, at + len(name) + 2), language, name=name)
