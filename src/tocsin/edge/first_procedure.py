"""
A good first procedure, in a folder of the team's own: the one that we ship, as it is.

The pages of one language go below `procedure/`, what its commands name (`kubernetes/`, `monitoring/`) and the first
settings beside it, so that `kubectl apply -f kubernetes/…` finds its file. The surprise: when one file is there already
nothing at all is written, because half a procedure is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tocsin.edge.procedure_files import shipped_folder
from tocsin.lexicon import Language

PAGES = "procedure"
BESIDE = ("kubernetes", "monitoring", "tocsin.toml")


class AlreadyThere(Exception):
    """These files exist; nothing was written."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__(", ".join(map(str, paths)))
        self.paths = paths


def write_first_procedure(folder: Path, language: Language) -> tuple[Path, ...]:
    """Write all its files below `folder` and give their paths; raises `AlreadyThere`."""
    texts = dict(_texts(language))
    if taken := tuple(folder / name for name in texts if (folder / name).exists()):
        raise AlreadyThere(taken)
    for name, source in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("xb") as file:
            file.write(source.read_bytes())
    return tuple(folder / name for name in texts)


def _texts(language: Language) -> Iterator[tuple[str, Path]]:
    """Where each file goes, and which of ours it is."""
    shipped = shipped_folder()
    for page in _files(shipped / language):
        yield f"{PAGES}/{page.relative_to(shipped / language).as_posix()}", page
    for name in BESIDE:
        for file in _files(shipped / name):
            yield file.relative_to(shipped).as_posix(), file


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(file for file in place.rglob("*") if file.is_file())
