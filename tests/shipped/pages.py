"""The procedure that we ship, as its tests see it: every command of every page, and what the page says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from tocsin.edge.procedure_files import shipped_folder
from tocsin.procedure.blocks import Fence, blocks_of
from tocsin.procedure.commands import SHELL_LANGUAGES, WrittenCommand, lines_of
from tocsin.procedure.texts import text_of

LANGUAGES = ("fr", "en")
# What runs inside a container is the same program outside of one; `kubectl exec` itself is run on a cluster.
INSIDE = re.compile(r"kubectl exec -n production <[^>]+> -- (?P<command>.+)")
NOT_RUN = re.compile(r"^\s*- (?:Non exécuté|Not run) ?:", re.MULTILINE)
_STEP = re.compile(r"#{1,6} |\d+\. ")
_CODE = re.compile(r"`((?:kubectl|hcloud|curl|ssh|cscli|amtool|promtool|cmctl) [^`]+)`")


class Shown(Struct, frozen=True, kw_only=True):
    """A command as a page shows it; `ran` unless the page says of its step that it never was."""

    page: str
    line: int
    text: str
    ran: bool


def pages(language: str) -> dict[str, str]:
    """The pages of one language by their name."""
    folder = shipped_folder() / language
    return {page.relative_to(folder).as_posix(): page.read_text() for page in sorted(folder.rglob("*.md"))}


def shown(language: str) -> Iterator[Shown]:
    """Every command of the procedure: those in fences, and those in the lines that prove or undo a step."""
    for name, text in pages(language).items():
        for begin, part in _steps(text):
            ran = NOT_RUN.search(part) is None
            for line, command in _commands(part):
                yield Shown(page=name, line=begin + line, text=command, ran=ran)


def _steps(text: str) -> Iterator[tuple[int, str]]:
    """Each step with the lines that belong to it; headings and numbered items open one, outside of code."""
    lines = text.splitlines(keepends=True)
    fenced, starts = False, [0]
    for number, line in enumerate(lines):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and _STEP.match(line):
            starts.append(number)
    for begin, end in pairwise([*starts, len(lines)]):
        yield begin, "".join(lines[begin:end])


def _commands(part: str) -> Iterator[tuple[int, str]]:
    blocks = blocks_of(text_of("page.md", part.encode()))
    for fence in (block for block in blocks if isinstance(block, Fence) and block.language in SHELL_LANGUAGES):
        for line in lines_of(fence, "en"):
            if isinstance(line, WrittenCommand):
                yield line.command.source.line, line.command.text
    for match in _CODE.finditer(part):
        yield part.count("\n", 0, match.start()) + 1, match[1]


def unnamed(text: str) -> str:
    """A command without the names of what is to be filled in, which differ between the languages."""
    return re.sub(r"\b(?:evidence|preuve)-(?=<)", "", re.sub(r"<[^>]+>", "<>", text))


def inside(text: str) -> str:
    """The command that runs in the container, or the command itself."""
    found = INSIDE.fullmatch(text)
    return found["command"] if found else text


def folder() -> Path:
    """Where the procedure's own paths begin."""
    return shipped_folder()
