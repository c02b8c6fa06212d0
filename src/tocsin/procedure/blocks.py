"""
Markdown → blocks with their places: headings, tables, list items, fences, paragraphs.

A `Text` comes in, a flat sequence in the order of the file goes out; nesting (a fence in a list item in a quote) is
given up, because the readers only ask what stands after what. Nothing raises. The surprise: CommonMark tells lines
but no columns inside a table, so a cell is found again in its source line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin
from msgspec import Struct

from tocsin.procedure.bounds import bounded
from tocsin.procedure.source import Source, Text

MARKDOWN = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?([^)\s>]*)")


class Link(Struct, frozen=True):
    """A link: its text, its target as written (percent signs resolved), its place from bracket to parenthesis."""

    text: str
    target: str
    source: Source


class Heading(Struct, frozen=True):
    """A heading at the top level of the file; `level` from 1."""

    level: int
    text: str
    source: Source


class Cell(Struct, frozen=True):
    """One cell as plain text; `links` are those that stand in it, `written` the cell with its marks."""

    text: str
    source: Source
    links: tuple[Link, ...] = ()
    written: str = ""


class Row(Struct, frozen=True):
    """One row of a table."""

    cells: tuple[Cell, ...]
    source: Source


class Table(Struct, frozen=True):
    """A table: `header` is its first row."""

    header: Row
    rows: tuple[Row, ...]
    source: Source


class Line(Struct, frozen=True):
    """One line of a paragraph with its marks (a code span keeps its backticks), and its place."""

    written: str
    source: Source


class Item(Struct, frozen=True):
    """One item of a list, its own first paragraph only; `number` is "" in an unordered list."""

    text: str
    number: str
    links: tuple[Link, ...]
    source: Source
    lines: tuple[Line, ...] = ()


class Paragraph(Struct, frozen=True):
    """A paragraph, its lines joined."""

    text: str
    links: tuple[Link, ...]
    source: Source
    lines: tuple[Line, ...] = ()


class FenceLine(Struct, frozen=True):
    """One line inside a fence: the text as written, without the fence's own indentation, and its place."""

    text: str
    source: Source


class Fence(Struct, frozen=True):
    """A fenced block. `language` is the first word behind the fence, lower case; `closed` is False when the file ends first."""

    language: str
    lines: tuple[FenceLine, ...]
    closed: bool
    source: Source


Block = Heading | Table | Item | Paragraph | Fence


@lru_cache(maxsize=8)
def blocks_of(text: Text) -> tuple[Block, ...]:
    """Give the blocks of a file in the order of its lines. Kept: several readers ask for the same few texts."""
    content = bounded(text.content).content
    return tuple(_blocks(MARKDOWN.parse(content), _Page(text.path, content.split("\n"))))


class _Page:
    """The source lines, to find columns in."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self.path = path
        self.lines = lines

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def whole(self, number: int) -> Source:
        """The line from its first sign to its last."""
        written = self.line(number)
        start = len(written) - len(written.lstrip()) + 1
        return Source(self.path, number, start, max(len(written.rstrip()) + 1, start + 1))

    def found(self, number: int, wanted: str, after: int = 0) -> Source:
        """The place of a text in a line, the whole line when it cannot be found."""
        at = self.line(number).find(wanted, after) if wanted else -1
        return self.whole(number) if at < 0 else Source(self.path, number, at + 1, at + 1 + len(wanted))


def _blocks(tokens: Sequence[Token], page: _Page) -> Iterator[Block]:
    pending_item: str | None = None
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else token
        if token.type == "list_item_open":
            pending_item = token.info
        elif token.type == "heading_open":
            yield _heading(token, following, page)
        elif token.type == "paragraph_open":
            yield _paragraph(token, following, page, pending_item)
            pending_item = None
        elif token.type == "fence":
            yield _fence(token, page)
            pending_item = None
        elif token.type == "table_open":
            yield _table(tokens[index : _end_of_table(tokens, index)], page)


def _line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _heading(token: Token, inline: Token, page: _Page) -> Block:
    source = page.whole(_line_of(token))
    if token.level:
        return Paragraph(plain_of(inline), _links(inline, page), source)
    return Heading(int(token.tag[1:]), plain_of(inline), source)


def _paragraph(token: Token, inline: Token, page: _Page, number: str | None) -> Block:
    source, links = page.whole(_line_of(token)), _links(inline, page)
    written = enumerate(inline.content.split("\n"), start=source.line)
    lines = tuple(Line(text, page.found(at, text)) for at, text in written)
    if number is None:
        return Paragraph(plain_of(inline), links, source, lines)
    return Item(plain_of(inline), number, links, source, lines)


def _fence(token: Token, page: _Page) -> Fence:
    start, end = token.map or [0, 0]
    lines = token.content.split("\n")[:-1]
    placed = [_fence_line(text, page, start + 2 + offset) for offset, text in enumerate(lines)]
    last = re.sub(r"^[\s>]*", "", page.line(end)).rstrip()
    closed = end - start > 1 and len(last) >= len(token.markup) and set(last) == {token.markup[:1]}
    words = token.info.split()
    return Fence(words[0].casefold() if words else "", tuple(placed), closed, page.whole(start + 1))


def _fence_line(text: str, page: _Page, number: int) -> FenceLine:
    written = page.line(number)
    column = max(len(written) - len(text), 0) + 1
    return FenceLine(text, Source(page.path, number, column, column + len(text)))


def _end_of_table(tokens: Sequence[Token], start: int) -> int:
    ends = (i for i in range(start, len(tokens)) if tokens[i].type == "table_close")
    return next(ends, len(tokens))


def _table(tokens: Sequence[Token], page: _Page) -> Table:
    rows: list[Row] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append(_row(tokens, index, page))
    return Table(rows[0], tuple(rows[1:]), page.whole(_line_of(tokens[0])))


def _row(tokens: Sequence[Token], start: int, page: _Page) -> Row:
    """The row that opens at that token; its cells are found one behind the other in its line."""
    number = _line_of(tokens[start])
    cells: list[Cell] = []
    position = 0
    for at in range(start + 1, len(tokens)):
        token = tokens[at]
        if token.type == "tr_close":
            break
        if token.type == "inline":
            source = _cell_source(token.content, number, position, page)
            position = source.end_column - 1 if token.content else position
            cells.append(Cell(plain_of(token), source, _links(token, page, number), token.content))
    return Row(tuple(cells), page.whole(number))


def _cell_source(content: str, number: int, position: int, page: _Page) -> Source:
    escaped = content.replace("|", "\\|")
    return page.found(number, escaped if escaped in page.line(number) else content, position)


def plain_of(inline: Token) -> str:
    """The words of an inline run, without its marks."""
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return " ".join("".join(parts).split())


def _links(inline: Token, page: _Page, line: int = 0) -> tuple[Link, ...]:
    found: list[Link] = []
    children = inline.children or []
    first, last = (line, line + 1) if line else _lines_of(inline)
    for index, child in enumerate(children):
        if child.type == "link_open":
            text = "".join(c.content for c in children[index + 1 : _end_of_link(children, index)])
            target = unquote(str(child.attrs.get("href", "")))
            found.append(Link(text, target, _link_source(text, target, range(first, last), page)))
    return tuple(found)


def _lines_of(inline: Token) -> tuple[int, int]:
    start, end = inline.map or [0, 1]
    return start + 1, end + 1


def _end_of_link(children: Sequence[Token], start: int) -> int:
    return next((i for i in range(start, len(children)) if children[i].type == "link_close"), len(children))


def _link_source(text: str, target: str, lines: range, page: _Page) -> Source:
    for number in lines:
        for match in _LINK.finditer(page.line(number)):
            if match[1] == text or unquote(match[2]) == target:
                return Source(page.path, number, match.start() + 1, match.end() + 2)
    return page.whole(lines.start)
