"""
A procedure's files → texts: the one hand of the language.

PATH is the main file or its folder. What a text names (pages it links to, manifests its commands apply) is read too,
when it lies under the root: the one of the settings, else the nearest folder with `.git`, else the parent of the
procedure's folder, so that `../runbooks/x.md` works without a repository. The surprise: symbolic links are followed
only as far as the root; what lies beyond is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tocsin.edge.addresses import addresses
from tocsin.edge.office import office
from tocsin.edge.settings import Settings
from tocsin.edge.tools.toolbox import Toolbox, recorded_for
from tocsin.lexicon import Language
from tocsin.procedure.blocks import Table, blocks_of
from tocsin.procedure.check import check, checked
from tocsin.procedure.grammar.holding import asked_of, hold
from tocsin.procedure.grammar.table import Tools
from tocsin.procedure.links import is_page, mentioned
from tocsin.procedure.model import Contact, Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.read.page import grid_of, page_of
from tocsin.procedure.read.priorities import NEEDED
from tocsin.procedure.read.single import Singles
from tocsin.procedure.read.whole import in_order
from tocsin.procedure.source import Text
from tocsin.procedure.texts import MAX_BYTES, text_of
from tocsin.proof.nobody import nobody_called

MAIN_NAMES = ("incidents.md", "incident*.md", "procedure.md")
MOST_FILES = 200
OURS = "tocsin:"
Unsaved = Mapping[Path, str]
NOTHING_UNSAVED: Unsaved = {}
_LANGUAGE_FOLDER = Path(__file__).parents[1] / "procedure"
# The procedure that we ship: inside an installed package, else at the top of the repository.
_SHIPPED = (_LANGUAGE_FOLDER / "shipped", Path(__file__).parents[3] / "procedure")


class NoProcedure(Exception):
    """There is no procedure at that path, or more than one; the text says which, `told` in either language."""

    def __init__(self, path: Path, english: str, french: str) -> None:
        super().__init__(f"{path}: {english}")
        self.french = f"{path} : {french}"

    def told(self, language: Language) -> str:
        """The sentence in that language."""
        return self.french if language == "fr" else str(self)


class Files(NamedTuple):
    """Texts by their path relative to the root, and which of them is the main one."""

    texts: dict[str, Text]
    main: str
    root: Path


def read_folder(
    path: Path, singles: Singles | None = None, unsaved: Unsaved = NOTHING_UNSAVED, root: Path | None = None
) -> Files:
    """
    Read the procedure at PATH (a file or a folder) with all it names; raises `NoProcedure`.

    `unsaved` is what an editor holds of some files (by their resolved path): it wins over the disk.
    """
    main, bound, pages = main_file(path).resolve(), root_of(path, root), singles or Singles()
    first = main.relative_to(bound).as_posix()
    texts: dict[str, Text] = {}
    waiting = [first]
    while waiting and len(texts) < MOST_FILES:
        name = waiting.pop(0)
        text = _read(bound, name, unsaved) if name not in texts else None
        if text:
            texts[name] = text
            waiting.extend(_named_by(text, texts.get(first, text), pages))
    return Files(texts, first, bound)


def _named_by(text: Text, main: Text, singles: Singles) -> tuple[str, ...]:
    """What a text names; only of the main file is all of it asked, any other page is read as a runbook."""
    if text is main:
        return mentioned(text)
    return singles.of(text, page_of(main).language).mentioned if is_page(text.path) else ()


def root_of(path: Path, root: Path | None = None) -> Path:
    """The folder that bounds what is read, and where commands run; `root` is the settings'. Raises `NoProcedure`."""
    folder = main_file(path).resolve().parent
    if root is not None:
        if folder.is_relative_to(root.resolve()):
            return root.resolve()
        raise NoProcedure(path, f"is not below root = {root}", f"n’est pas sous root = {root}")
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            return above
    return folder.parent


def main_file(path: Path) -> Path:
    """The main file: PATH itself, or the folder's incidents.md, incident*.md, procedure.md, or its only table of priorities."""
    if path.is_file():
        return path
    if not path.is_dir():
        raise NoProcedure(path, "no such file or folder", "ce fichier ou dossier n’existe pas")
    for pattern in MAIN_NAMES:
        fitting = sorted(one for one in path.glob(pattern) if one.is_file())
        if len(fitting) == 1:
            return fitting[0]
    pages = [one for one in sorted(path.iterdir()) if is_page(one.name) and one.is_file() and is_main(one)]
    if len(pages) == 1:
        return pages[0]
    names = ", ".join(page.name for page in pages)
    if pages:
        raise NoProcedure(
            path, f"several procedures ({names}); name one", f"plusieurs procédures ({names}) ; en nommer une"
        )
    raise NoProcedure(path, "no procedure in it", "aucune procédure dans ce dossier")


def shipped_folder() -> Path:
    """The procedure that we ship: `fr` and `en` with their pages, `kubernetes` and `monitoring` with what they name."""
    return next(folder for folder in _SHIPPED if (folder / "fr").is_dir())


def shipped_runbooks() -> dict[str, Text]:
    """tocsin's own runbooks ("fr/redis.md"), which stand in for linked ones that are missing."""
    pages = {f"{page.parts[-3]}/{page.name}": page for page in sorted(shipped_folder().glob("*/runbooks/*.md"))}
    return {name: text_of(page.name, page.read_bytes()) for name, page in pages.items()}


def shipped_catalogue() -> Text:
    """tocsin's own table of alerts."""
    page = _LANGUAGE_FOLDER / "catalogue.md"
    return text_of(page.name, page.read_bytes())


def read_procedure_files(
    path: Path,
    settings: Settings,
    singles: Singles | None = None,
    unsaved: Unsaved = NOTHING_UNSAVED,
    toolbox: Toolbox | None = None,
) -> tuple[Procedure, dict[str, Text]]:
    """
    Read and check the procedure at PATH; the texts are those to keep with it.

    Its commands are held against the programs of the `toolbox`, without one against recorded versions alone.

    Our runbooks that stand in for missing ones are among them ("tocsin:redis.md"), so that a later version reads the
    same procedure again. Raises `NoProcedure`.
    """
    pages = singles or Singles()
    files = read_folder(path, pages, unsaved, settings.root)
    procedure = understand(files.texts, files.main, settings, pages, toolbox)
    shipped = shipped_runbooks()
    ours = {Path(book.path).name for book in procedure.runbooks if book.ours}
    used = {f"{OURS}{name}": shipped[f"{procedure.language}/{name}"] for name in ours}
    return procedure, {**files.texts, **used}


def understand(
    texts: Mapping[str, Text],
    main: str,
    settings: Settings,
    singles: Singles | None = None,
    toolbox: Toolbox | None = None,
) -> Procedure:
    """Read and check texts that stand already; our runbooks among them win over those of this version."""
    kept = {path.removeprefix(OURS): text for path, text in texts.items() if path.startswith(OURS)}
    theirs = {path: text for path, text in texts.items() if not path.startswith(OURS)}
    read = read_procedure(theirs, main, {**shipped_runbooks(), **kept}, singles)
    asked = asked_of(read)
    procedure = hold(read, toolbox.tools(asked) if toolbox else Tools(recorded=recorded_for(asked)))
    problems = check(
        procedure,
        bindings=bindings_of(settings, procedure.contacts),
        public_url=settings.public_url,
        channels=channels_set_up(settings),
        files=frozenset(theirs),
        texts=theirs,
    )
    hours = office(settings, procedure.timezone)
    return checked(procedure, in_order([*problems, *nobody_called(procedure, hours, datetime.now(UTC))]))


def bindings_of(settings: Settings, contacts: tuple[Contact, ...]) -> dict[str, tuple[str, ...]]:
    """By contact: the channels that have an address for it, for everybody whom the settings name or who has one."""
    found = {slug: tuple(channels) for slug, channels in addresses(settings, contacts).items()}
    told: dict[str, tuple[str, ...]] = dict.fromkeys(settings.contacts, ())
    return told | {slug: channels for slug, channels in found.items() if channels or slug in told}


def channels_set_up(settings: Settings) -> frozenset[str]:
    """The channels that can reach somebody: mail once it has a server, the webhook once a contact has one."""
    webhook = any(contact.webhook for contact in settings.contacts.values())
    return frozenset((["email"] if settings.channels.email else []) + (["webhook"] if webhook else []))


def _read(root: Path, name: str, unsaved: Unsaved = NOTHING_UNSAVED) -> Text | None:
    """The file of that name when it lies under the root, all links resolved; no more than is ever looked at."""
    path = root / name
    try:
        real = path.resolve()
        if not real.is_relative_to(root):
            return None
        if real in unsaved:
            return text_of(name, unsaved[real].encode("utf-8", "replace"))
        if not real.is_file():
            return None
        with path.open("rb") as file:
            return text_of(name, file.read(MAX_BYTES + 1))
    except (OSError, ValueError, RuntimeError):
        return None


def is_main(page: Path, unsaved: Unsaved = NOTHING_UNSAVED) -> bool:
    """Whether a page has a table of priorities."""
    text = _read(page.parent.resolve(), page.name, unsaved)
    return text is not None and any(set(NEEDED) <= set(columns) for columns in _columns(text))


def _columns(text: Text) -> Iterator[tuple[str, ...]]:
    return (grid_of(block).columns for block in blocks_of(text) if isinstance(block, Table))
