"""
Plain text → Markdown that reads back as exactly that text: in a line, as a paragraph, in a cell.

What is harmless stays as it is; what Markdown would read as something is escaped sign by sign. The surprise: the judge
is the reader itself, so that nothing here must know all of Markdown's rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tocsin.procedure.blocks import MARKDOWN, Paragraph, blocks_of, plain_of
from tocsin.procedure.fields import field_of
from tocsin.procedure.source import Source, Text

_PUNCTUATION = re.compile(r"([!-/;-@\[-`{-~])")
_NOWHERE = Source("", 1)


def inline(text: str) -> str:
    """A text for a heading or a list item."""
    return text if _reads_as(text, text) else _escaped(text)


def _reads_as(written: str, text: str) -> bool:
    tokens = MARKDOWN.parseInline(written)
    return plain_of(tokens[0]) == text and not any(child.type == "link_open" for child in tokens[0].children or [])


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text).replace(":", "&#58;")


def paragraph(text: str) -> str:
    """A text as a paragraph of its own: no list, no heading, no field."""
    written = inline(text)
    return written if _is_paragraph(written, text) else _escaped(text)


def _is_paragraph(written: str, text: str) -> bool:
    found = blocks_of(Text(path="", content=written, fingerprint=""))
    one = found[0] if len(found) == 1 else None
    return isinstance(one, Paragraph) and one.text == text and field_of(written, _NOWHERE) is None


def item(text: str) -> str:
    """A text as an item of a list."""
    written = paragraph(text)
    return f"- {written}"


def cell(text: str) -> str:
    """A text in a cell of a table."""
    return inline(text).replace("|", "\\|")


def code(text: str) -> str:
    """A code span in a cell; with signs that no span can hold, the text itself."""
    if not text or "`" in text or text != text.strip() or "\n" in text:
        return cell(text)
    return f"`{text}`".replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table whose cells are Markdown already; none without rows."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body, ""] if body else []
