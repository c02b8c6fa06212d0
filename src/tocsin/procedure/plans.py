"""
The blocks of a scenario or a runbook → numbered steps with their commands.

A step begins at a numbered comment (`# 1. …`), at a numbered list item, or at a heading inside the plan; numbered
comments below a heading are its sub-steps ("2.1"). Commands belong to the step above them. What stands before the
first step is a note of the plan, except that commands before it make the step "0". A plan with no number and no
heading takes one step per group of comments. The surprise: a second fence may count from 1 again; it goes on counting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Block, Fence, Heading, Item, Paragraph, Table
from tocsin.procedure.commands import SHELL_LANGUAGES, Comment, WrittenCommand, lines_of, opens_step
from tocsin.procedure.messages import problem
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source

_HEADING_NUMBER = re.compile(r"(\d{1,3})\s*[.):]\s+(.*)")


class WrittenStep(Struct):
    """A step while it grows."""

    number: str
    text: str
    source: Source
    notes: list[str]
    commands: list[WrittenCommand]


class Plan(Struct, frozen=True):
    """A scenario, a runbook or the triage as read: its steps, the notes before them, and structural problems."""

    title: str
    steps: tuple[WrittenStep, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def commands(self) -> tuple[WrittenCommand, ...]:
        """All commands in order."""
        return tuple(command for step in self.steps for command in step.commands)


def plan_of(title: str, blocks: Iterable[Block], language: Language) -> Plan:
    """Read the steps of a plan."""
    everything = list(blocks)
    reader = _Reader(language, comments_open_steps=not _has_numbers(everything))
    for block in everything:
        reader.block(block)
    return Plan(title, tuple(reader.steps), tuple(reader.notes), tuple(reader.problems))


def _has_numbers(blocks: list[Block]) -> bool:
    """Tell whether anything in the plan says where its steps begin."""
    marks = any(isinstance(b, Heading) or (isinstance(b, Item) and b.number) for b in blocks)
    fences = (block for block in blocks if isinstance(block, Fence) and block.language in SHELL_LANGUAGES)
    return marks or any(opens_step(line.text) for fence in fences for line in fence.lines)


class _Reader:
    def __init__(self, language: Language, *, comments_open_steps: bool) -> None:
        self.language = language
        self.comments_open_steps = comments_open_steps
        self.steps: list[WrittenStep] = []
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        self.heading = ""  # the number of the step that a heading opened: sub-steps carry it
        self.shift = 0  # added to the numbers of a fence that counts from 1 again
        self.seen_here: set[int] = set()  # the numbers written since the last fence or heading began
        self.taken: set[str] = set()
        self.highest: dict[str, int] = {}  # by prefix: "" for steps, "2." for the sub-steps of 2
        self.pending: list[Comment] = []  # comments before the first step: notes, or the words of step 0
        self.last: Comment | WrittenCommand | None = None

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                self.open_heading(block)
            case Item() if block.number:
                self.open_step(block.number, block.text, block.source)
            case Item() | Paragraph():
                self.note(block.text)
            case Fence():
                self.fence(block)
            case Table():
                self.last = None

    def fence(self, fence: Fence) -> None:
        self.shift, self.seen_here, self.last = 0, set(), None
        for line in lines_of(fence, self.language):
            if isinstance(line, Comment):
                self.comment(line)
            else:
                self.command(line)
            self.last = line
        self.flush_pending()

    def open_heading(self, heading: Heading) -> None:
        self.heading, self.shift, self.seen_here = "", 0, set()
        written = _HEADING_NUMBER.match(heading.text)
        number = int(written[1]) if written and written[1] not in self.taken else self.highest.get("", 0) + 1
        self.begin(str(number), written[2] if written else heading.text, heading.source)
        self.heading = str(number)

    def open_step(self, number: str, text: str, source: Source) -> None:
        self.flush_pending()
        self.begin(self.free_number(int(number), source), text, source)

    def begin(self, number: str, text: str, source: Source) -> None:
        prefix, _, own = number.rpartition(".")
        key = f"{prefix}." if prefix else ""
        self.taken.add(number)
        self.highest[key] = max(self.highest.get(key, 0), int(own))
        self.steps.append(WrittenStep(number, text, source, [], []))

    def free_number(self, written: int, source: Source) -> str:
        """The number as written; another when it is taken, with a problem unless a new fence began to count again."""
        prefix = f"{self.heading}." if self.heading else ""
        following = self.highest.get(prefix, 0) + 1
        again = written in self.seen_here
        if not self.seen_here and f"{prefix}{written}" in self.taken:
            self.shift = following - written
        self.seen_here.add(written)
        wanted = f"{prefix}{written + self.shift}"
        given = f"{prefix}{following}" if again or wanted in self.taken else wanted
        if again:
            self.problems.append(problem("P112", source, self.language, number=written, given=given))
        return given

    def comment(self, comment: Comment) -> None:
        if comment.number:
            self.open_step(comment.number, comment.text, comment.source)
        elif self.comments_open_steps and comment.text and not isinstance(self.last, Comment):
            self.open_step(str(len(self.steps) + 1), comment.text, comment.source)
        elif not self.steps:
            self.pending.append(comment)
        elif comment.indented and isinstance(self.last, Comment) and not self.steps[-1].notes:
            self.steps[-1].text = f"{self.steps[-1].text} {comment.text}".strip()
        else:
            self.note(comment.text)

    def command(self, written: WrittenCommand) -> None:
        if not self.steps:
            text = " ".join(comment.text for comment in self.pending if comment.text)
            self.pending.clear()
            self.begin("1" if self.comments_open_steps else "0", text, written.command.source)
        self.steps[-1].commands.append(written)

    def note(self, text: str) -> None:
        if text:
            (self.steps[-1].notes if self.steps else self.notes).append(text)

    def flush_pending(self) -> None:
        """Comments that no command followed were notes of the plan."""
        self.notes.extend(comment.text for comment in self.pending if comment.text)
        self.pending.clear()


def paragraphs_of(blocks: Iterable[Block]) -> Iterator[Paragraph | Item]:
    """The sentences of a section, without its code and tables."""
    return (block for block in blocks if isinstance(block, (Paragraph, Item)))
