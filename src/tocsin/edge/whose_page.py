"""
Which procedure a page belongs to: what an editor must know that opens `runbooks/redis.md` and nothing else.

It belongs to the nearest procedure that names it, looked for in the folders above it and in those beside them, as far as
the root (the folder with `.git`); a page with a table of priorities that none names is its own. The surprise: a page that no
procedure names belongs to none, and nothing is said about it: most Markdown is no procedure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tocsin.edge.procedure_files import MAIN_NAMES, Unsaved, is_main, read_folder
from tocsin.procedure.read.single import Singles

# Without a repository the procedure's parent is the root, as for links.
_LEVELS = 2
_MOST_FOLDERS = 200


def procedure_of(page: Path, singles: Singles, unsaved: Unsaved) -> Path | None:
    """The main file of the procedure that the page is part of."""
    page = page.resolve()
    own = page if is_main(page, unsaved) else None
    if own and any(page.match(name) for name in MAIN_NAMES):
        return own
    return next((main for main in _mains_near(page) if main != page and _names(main, page, singles, unsaved)), own)


def _names(main: Path, page: Path, singles: Singles, unsaved: Unsaved) -> bool:
    files = read_folder(main, singles, unsaved)
    return any(files.root / name == page for name in files.texts)


def _mains_near(page: Path) -> Iterator[Path]:
    """The files that are called like a procedure, the nearest first."""
    seen: set[Path] = set()
    for above in _folders_above(page):
        for folder in [above, *_folders_in(above)]:
            if folder not in seen and len(seen) < _MOST_FOLDERS:
                seen.add(folder)
                yield from (main for name in MAIN_NAMES for main in sorted(folder.glob(name)) if main.is_file())


def _folders_above(page: Path) -> Iterator[Path]:
    root = next((folder for folder in page.parents if (folder / ".git").exists()), None)
    for level, folder in enumerate(page.parents):
        if root is None and level == _LEVELS:
            return
        yield folder
        if folder == root:
            return


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(inner for inner in folder.iterdir() if inner.is_dir() and not inner.name.startswith("."))
    except OSError:
        return []
