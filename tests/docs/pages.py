"""The documentation as the tests look at it: every page, its headings, links, code fences and inline code."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "fr")
PARSER = MarkdownIt("commonmark").enable("table")
ABOVE = ("README.md", "README.fr.md", "CHANGELOG.md", "CONTRIBUTING.md")


class Fence(NamedTuple):
    """A code block: the word behind its backticks, its text, the line where it begins (from 1)."""

    language: str
    text: str
    line: int


def every_page() -> list[Path]:
    """All Markdown that people read."""
    pages = [*(ROOT / name for name in ABOVE), *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in pages if page.exists()]


def our_pages() -> list[Path]:
    """The pages that explain the product, in both languages."""
    guides = [page for language in LANGUAGES for page in sorted((ROOT / "docs" / language).glob("*.md"))]
    return [ROOT / "README.md", ROOT / "README.fr.md", *guides]


def name_of(page: Path) -> str:
    """Its path from the root, for a test's name."""
    return page.relative_to(ROOT).as_posix()


def tokens(page: Path) -> Iterator[Token]:
    """Every token, those inside paragraphs and cells too."""
    for token in PARSER.parse(page.read_text()):
        yield token
        yield from token.children or ()


def fences(page: Path, *languages: str) -> list[Fence]:
    """The code blocks of these languages, in order."""
    found = [
        Fence(token.info.strip(), token.content, token.map[0] + 1)
        for token in tokens(page)
        if token.type == "fence" and token.map
    ]
    return [fence for fence in found if fence.language in languages]


def inline_code(page: Path) -> list[str]:
    """Everything between single backticks."""
    return [token.content for token in tokens(page) if token.type == "code_inline"]


def links(page: Path) -> list[str]:
    """The targets of links and images."""
    found = [token.attrGet("href") or token.attrGet("src") for token in tokens(page)]
    return [str(target) for target in found if target]


def headings(page: Path) -> list[tuple[int, str]]:
    """(level, text) of every heading."""
    parsed = PARSER.parse(page.read_text())
    return [
        (int(token.tag[1]), parsed[index + 1].content)
        for index, token in enumerate(parsed)
        if token.type == "heading_open"
    ]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings."""
    found: set[str] = set()
    for _, text in headings(page):
        bare = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", text)
        kept = "".join(sign for sign in bare.lower() if sign.isalnum() or sign in " -_" or _is_mark(sign))
        anchor = kept.replace(" ", "-")
        number = 1
        while anchor in found:
            anchor, number = f"{kept.replace(' ', '-')}-{number}", number + 1
        found.add(anchor)
    return found


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")
