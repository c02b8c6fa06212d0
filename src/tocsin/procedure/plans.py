"""
The blocks of a scenario or a runbook → numbered steps with their commands.

A step begins at a numbered comment (`# 1. …`), at a numbered list item, or at a heading inside the plan; numbered
comments below a heading are its sub-steps ("2.1"). Commands belong to the step above them. What stands before the
first step is a note of the plan, except that commands before it make the step "0". A plan with no number and no
heading takes one step per group of comments. Fields ("Risk: R2", `fields`) belong to the step they stand in, those of a
scenario to the plan. The surprise: a second fence may count from 1 again; it goes on counting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Block, Fence, Heading, Item, Paragraph, Table
from tocsin.procedure.commands import SHELL_LANGUAGES, Comment, WrittenCommand, lines_of, opens_step
from tocsin.procedure.fields import OF_SCENARIOS, Field, bare, field_of, meant
from tocsin.procedure.messages import problem
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source
from tocsin.procedure.step_lines import WrittenField, written_field

_HEADING_NUMBER = re.compile(r"(\d{1,3})\s*[.):]\s+(.*)")


class WrittenStep(Struct):
    """A step while it grows."""

    number: str
    text: str
    source: Source
    notes: list[str]
    commands: list[WrittenCommand]
    fields: list[WrittenField]

    @property
    def everything(self) -> list[WrittenCommand]:
        """Its commands and those of its fields."""
        return [*self.commands, *(command for one in self.fields for command in one.commands)]


class Plan(Struct, frozen=True):
    """
    A scenario, a runbook or the triage as read: its steps, the notes before them, and structural problems.

    `fields` are those of the whole ("Triggers: …"), each with the list items below it as further lines.
    """

    title: str
    steps: tuple[WrittenStep, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    fields: tuple[Field, ...] = ()

    @property
    def commands(self) -> tuple[WrittenCommand, ...]:
        """All commands in order, also those that verify and undo."""
        return tuple(command for step in self.steps for command in step.everything)


def plan_of(title: str, blocks: Iterable[Block], language: Language) -> Plan:
    """Read the steps of a plan."""
    everything = list(blocks)
    reader = _Reader(language, comments_open_steps=not _has_numbers(everything))
    for block in everything:
        reader.block(block)
    return Plan(title, tuple(reader.steps), tuple(reader.notes), tuple(reader.problems), tuple(reader.fields))


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
        self.fields: list[Field] = []
        self.fed: WrittenField | None = None  # the field whose commands stand below it
        self.listed: Field | None = None  # "Triggers:" without a value: the items below are its values

    def block(self, block: Block) -> None:
        if not isinstance(block, (Fence, Item)):
            self.fed = self.listed = None
        match block:
            case Heading():
                self.open_heading(block)
            case Item() | Paragraph():
                self.sentence(block)
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
        self.fed = self.listed = None

    def sentence(self, block: Item | Paragraph) -> None:
        """A paragraph or an item: what stands before its first field is a step's text or a note."""
        number = block.number if isinstance(block, Item) else ""
        parted = _parted(block)
        if number:
            self.listed = self.fed = None
            self.open_step(number, block.text if not parted.fields else parted.text, block.source)
        elif isinstance(block, Item) and self.listed and not parted.fields:
            self.fields.append(Field(self.listed.name, block.text, block.lines[0].written, block.lines[0].source))
        elif not parted.fields:
            self.fed = self.listed = None
            self.note(block.text)
            self.doubt(block.lines[0].written if block.lines else "", block.source)
        else:
            self.note(parted.text)
        for field in parted.fields:
            self.field(field)

    def field(self, field: Field) -> None:
        """Keep a field where it belongs; one of a step without a step is a note."""
        self.fed = self.listed = None
        if field.name in OF_SCENARIOS:
            self.fields.append(field)
            self.listed = field if not field.value else None
        elif self.steps:
            kept = written_field(field, self.language)
            self.steps[-1].fields.append(kept)
            below = field.name in ("verify", "undo") and not kept.commands and self.steps[-1].commands
            self.fed = kept if below else None
        else:
            self.note(bare(field.text))

    def doubt(self, written: str, source: Source) -> None:
        """A line that is nearly a field."""
        if similar := meant(written):
            self.problems.append(problem("P121", source, self.language, text=written, similar=similar))

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
        self.steps.append(WrittenStep(number, text, source, [], [], []))

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
        field = field_of(comment.text, comment.source) if not comment.number else None
        if field and (self.steps or field.name in OF_SCENARIOS) and not (self.steps and field.name in OF_SCENARIOS):
            self.field(field)
        elif self.goes_on(comment):
            self.lengthen(comment.text)
        else:
            self.fed = None
            self.remark(comment)

    def goes_on(self, comment: Comment) -> bool:
        """Whether a comment goes on with the field above it: a sentence that verifies may take two lines."""
        last = self.last
        if not comment.indented or comment.number or not isinstance(last, Comment) or last.number or not self.steps:
            return False
        return bool(self.steps[-1].fields) and self.steps[-1].fields[-1].field.text.endswith(last.text)

    def lengthen(self, text: str) -> None:
        grown = self.steps[-1].fields.pop().field
        self.field(Field(grown.name, f"{grown.text} {text}", f"{grown.value} {text}", grown.source))

    def remark(self, comment: Comment) -> None:
        """A comment that is no field: it opens a step, goes on with its text, or is a note."""
        if not comment.number:
            self.doubt(comment.text, comment.source)
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
        (self.fed.commands if self.fed else self.steps[-1].commands).append(written)

    def note(self, text: str) -> None:
        if text:
            (self.steps[-1].notes if self.steps else self.notes).append(text)

    def flush_pending(self) -> None:
        """Comments that no command followed were notes of the plan."""
        self.notes.extend(comment.text for comment in self.pending if comment.text)
        self.pending.clear()


class _Parted(Struct, frozen=True):
    """A paragraph before its first field, and its fields; a line that is no field goes on with the one above."""

    text: str
    fields: tuple[Field, ...]


def _parted(block: Item | Paragraph) -> _Parted:
    before: list[str] = []
    fields: list[Field] = []
    for line in block.lines:
        if field := field_of(line.written, line.source):
            fields.append(field)
        elif fields:
            last = fields.pop()
            fields.append(
                Field(last.name, f"{last.text} {line.written}", f"{last.value} {line.written}".strip(), last.source)
            )
        else:
            before.append(line.written)
    return _Parted(bare(" ".join(before)), tuple(fields))


def paragraphs_of(blocks: Iterable[Block]) -> Iterator[Paragraph | Item]:
    """The sentences of a section, without its code and tables."""
    return (block for block in blocks if isinstance(block, (Paragraph, Item)))
