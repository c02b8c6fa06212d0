"""
Where a link leads: a path inside the root, or nowhere.

Paths are texts with forward slashes, relative to the root; no file is touched. `mentioned` tells the edge which files
a text names, so that it reads those and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from urllib.parse import unquote

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Block, Cell, Fence, Item, Link, Paragraph, Table, blocks_of
from tocsin.procedure.commands import WrittenCommand, lines_of
from tocsin.procedure.model import Command
from tocsin.procedure.source import Text

_EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ANY_LANGUAGE: Language = "en"


def is_page(path: str) -> bool:
    """A Markdown file, by its name."""
    return path.casefold().endswith((".md", ".markdown"))


def is_external(target: str) -> bool:
    """An address with a scheme, or one that begins with two slashes."""
    return _EXTERNAL.match(target) is not None


def resolved(origin: str, target: str) -> str | None:
    """
    Give the path a target means when it stands in the file `origin`; a leading slash means the root. None when it
    leads out of the root, is external, or only names a place in the same page.
    """
    bare = unquote(re.split(r"[#?]", target, maxsplit=1)[0])
    if not bare or is_external(target) or "\0" in bare:
        return None
    folder = [] if bare.startswith("/") else origin.split("/")[:-1]
    for name in bare.replace("\\", "/").split("/"):
        if name == "..":
            if not folder:
                return None
            folder.pop()
        elif name not in ("", "."):
            folder.append(name)
    return "/".join(folder) or None


def links_of(blocks: Iterable[Block]) -> Iterator[Link]:
    """Every link of the blocks, in order."""
    for block in blocks:
        match block:
            case Item() | Paragraph():
                yield from block.links
            case Table():
                for row in (block.header, *block.rows):
                    yield from _of_cells(row.cells)
            case _:
                pass


def _of_cells(cells: tuple[Cell, ...]) -> Iterator[Link]:
    for cell in cells:
        yield from cell.links


def manifests_of(command: Command) -> tuple[str, ...]:
    """The files that `kubectl … -f FILE` names: no standard input, no address."""
    argv = command.pipeline[0] if command.pipeline else ()
    verbs = {"apply", "create", "replace", "delete", "diff"}
    if "kubectl" not in argv or not verbs & set(argv) or "exec" in argv:
        return ()
    found = [after for word, after in pairwise(argv) if word in ("-f", "--filename")]
    found += [word.partition("=")[2] for word in argv if word.startswith(("--filename=", "-f="))]
    return tuple(name for name in found if name != "-" and not is_external(name) and "<" not in name)


def _may_name_files(fence: Fence) -> bool:
    """Worth the work of reading its commands."""
    return any("-f" in line.text for line in fence.lines)


def candidates(origin: str, name: str) -> tuple[str, ...]:
    """Where a manifest may be: from the root, where commands run, or beside the text that names it."""
    return tuple(path for path in (resolved("", name), resolved(origin, name)) if path)


def pages_of(origin: str, links: Iterable[Link]) -> Iterator[str]:
    """The pages inside the root that these links of the file `origin` lead to."""
    return (path for link in links if (path := resolved(origin, link.target)) and is_page(path))


def mentioned(text: Text) -> tuple[str, ...]:
    """The paths inside the root that a text names: the pages it links to, the manifests its commands apply."""
    blocks = blocks_of(text)
    pages = pages_of(text.path, links_of(blocks))
    fences = (block for block in blocks if isinstance(block, Fence) and _may_name_files(block))
    lines = (line for fence in fences for line in lines_of(fence, _ANY_LANGUAGE))
    commands = (line.command for line in lines if isinstance(line, WrittenCommand))
    files = [path for command in commands for name in manifests_of(command) for path in candidates(text.path, name)]
    return tuple(dict.fromkeys([*pages, *files]))
