"""
The pages of a procedure as they were read at the last check, kept on the disk: only what changed is read again.

One file for each procedure, in the user's own cache folder. The surprise: nothing here ever fails. A cache that is gone,
spoiled, of another version or not to be written costs the time of reading everything, and no more; a check must not end
because a home folder is full.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tocsin import __version__
from tocsin.procedure.read.single import NOTHING_KEPT, Kept, Single

_READER = Path(__file__).parents[1] / "procedure"


class _File(msgspec.Struct, frozen=True):
    reader: str
    pages: dict[str, Single]


def cache_folder(environment: Mapping[str, str], name: str = "pages") -> Path | None:
    """Where this user keeps what can be made again (the XDG rule), by its name; None without a home."""
    said = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME", "")
    folder = Path(said) if said.startswith("/") else Path(home) / ".cache" if home.startswith("/") else None
    return folder / "tocsin" / name if folder else None


def kept_pages(folder: Path | None, procedure: Path) -> Kept:
    """The pages that this version kept of the procedure at that path."""
    try:
        raw = _file(folder, procedure).read_bytes() if folder else b""
        found = msgspec.msgpack.decode(raw, type=_File)
    except (OSError, msgspec.MsgspecError, ValueError):
        return NOTHING_KEPT
    return found.pages if found.reader == reader() else NOTHING_KEPT


def keep_pages(folder: Path | None, procedure: Path, pages: Kept) -> None:
    """Keep these pages and no others, in one move."""
    if folder is None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        raw = msgspec.msgpack.encode(_File(reader(), dict(pages)))
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(raw)
        Path(file.name).replace(_file(folder, procedure))
    except (OSError, UnicodeError):
        return


def _file(folder: Path, procedure: Path) -> Path:
    return folder / f"{hashlib.sha256(os.fsencode(procedure.resolve())).hexdigest()[:32]}.msgpack"


def reader() -> str:
    """
    Tell the readers of two versions apart: by the version, and by the files that read, which an editable installation may
    change under it.
    """
    files = sorted((page.relative_to(_READER).as_posix(), page.stat()) for page in _READER.rglob("*.py"))
    told = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in files)
    return f"{__version__} {hashlib.sha256(told.encode()).hexdigest()}"
