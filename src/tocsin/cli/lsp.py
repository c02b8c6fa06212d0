"""
`tocsin lsp`: an editor underlines the procedure's problems while one types.

It speaks the Language Server Protocol on stdin and stdout. Each change of a Markdown file is checked once the author
pauses: what the editor holds wins over the disk, and only the page that changed is read again. The surprise: problems
are told for every file of a procedure that is open, since what breaks a link often stands in another file.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import click
from lsprotocol.types import (
    TEXT_DOCUMENT_DID_CHANGE,
    TEXT_DOCUMENT_DID_CLOSE,
    TEXT_DOCUMENT_DID_OPEN,
    TEXT_DOCUMENT_DID_SAVE,
    Diagnostic,
    DidChangeTextDocumentParams,
    DidCloseTextDocumentParams,
    DidOpenTextDocumentParams,
    DidSaveTextDocumentParams,
    MessageType,
    PublishDiagnosticsParams,
    ShowMessageParams,
    TextDocumentSyncKind,
)
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from tocsin import __version__
from tocsin.cli.diagnostics import by_path
from tocsin.edge.kept_pages import cache_folder
from tocsin.edge.procedure_files import NoProcedure, Unsaved, main_file, read_procedure_files, root_of
from tocsin.edge.settings import BadSettings, Settings, load_settings
from tocsin.edge.tools.toolbox import Toolbox, toolbox_of
from tocsin.edge.whose_page import procedure_of
from tocsin.procedure.links import is_page
from tocsin.procedure.read.single import NOTHING_KEPT, Kept, Singles

# Long enough that a word is typed in one go, short enough that nobody waits for it.
PAUSE = 0.15


@click.command()
@click.option(
    "--procedure",
    type=click.Path(exists=True, path_type=Path),
    help="The procedure, a file or its folder; else it is looked for around each page.",
)
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The settings, tocsin.toml."
)
def lsp(procedure: Path | None, config: Path | None) -> None:
    """Check procedures for an editor, on stdin and stdout."""
    server = LanguageServer("tocsin", __version__, text_document_sync_kind=TextDocumentSyncKind.Full)
    _listen(server, Watch(server, procedure, config))
    server.start_io()


def _listen(server: LanguageServer, watch: Watch) -> None:
    """Whatever happens to a document, everything is looked at again."""

    @server.feature(TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: DidOpenTextDocumentParams) -> None:
        await watch.look_soon()

    @server.feature(TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: DidChangeTextDocumentParams) -> None:
        await watch.look_soon(typing=True)

    @server.feature(TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: DidSaveTextDocumentParams) -> None:
        await watch.look_soon()

    @server.feature(TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: DidCloseTextDocumentParams) -> None:
        await watch.look_soon()


class Watch:
    """The open documents, the procedures they belong to, and what the editor was told of them."""

    def __init__(self, server: LanguageServer, procedure: Path | None, config: Path | None) -> None:
        self.server = server
        self.procedure = procedure
        self.config = config
        self.turn = 0
        self.kept: Kept = NOTHING_KEPT
        self.mains: dict[Path, Path | None] = {}  # by page: the procedure it belongs to
        self.told: set[str] = set()  # the documents that have diagnostics now
        self.complained = ""

    async def look_soon(self, *, typing: bool = False) -> None:
        """Look when nothing more has happened for a moment. While somebody types, no page changes its procedure."""
        self.turn += 1
        turn = self.turn
        if not typing:
            self.mains.clear()
        await asyncio.sleep(PAUSE)
        if turn == self.turn:
            self.look(asks=not typing)

    def look(self, *, asks: bool) -> None:
        """
        Check every procedure that an open document belongs to, and tell what changed. Only with `asks` are programs of
        this machine started: between two keys what they said before must do.
        """
        settings, open_documents, singles = self._settings(), self._open(), Singles(self.kept)
        unsaved = {path: text for path, (_, text) in open_documents.items()}
        uris = {path: uri for path, (uri, _) in open_documents.items()}
        found: dict[str, list[Diagnostic]] = {uri: [] for uri in uris.values()}
        mains = [self._main_of(page, singles, unsaved) for page in unsaved]
        toolbox = toolbox_of(settings, os.environ, cache_folder(os.environ, "tools"), asks=asks)
        for main in dict.fromkeys(filter(None, mains)):
            for path, diagnostics in self._check(main, settings, singles, unsaved, toolbox).items():
                found[uris.get(path, path.as_uri())] = diagnostics
        self.kept = singles.used
        self._tell(found)

    def _open(self) -> dict[Path, tuple[str, str]]:
        """By its place: the name that the editor has for a Markdown document, and the text it holds."""
        found: dict[Path, tuple[str, str]] = {}
        for uri, document in self.server.workspace.text_documents.items():
            path = to_fs_path(uri) if uri.startswith("file:") else None
            if path and is_page(path):
                found[Path(path).resolve()] = (uri, document.source)
        return found

    def _main_of(self, page: Path, singles: Singles, unsaved: Unsaved) -> Path | None:
        if page not in self.mains:
            self.mains[page] = self._found_main_of(page, singles, unsaved)
        return self.mains[page]

    def _found_main_of(self, page: Path, singles: Singles, unsaved: Unsaved) -> Path | None:
        if self.procedure is None:
            return procedure_of(page, singles, unsaved)
        try:
            return main_file(self.procedure).resolve()
        except NoProcedure:
            return None

    def _check(
        self, main: Path, settings: Settings, singles: Singles, unsaved: Unsaved, toolbox: Toolbox
    ) -> dict[Path, list[Diagnostic]]:
        """The diagnostics of each file of one procedure."""
        try:
            procedure, texts = read_procedure_files(main, settings, singles, unsaved, toolbox)
            root = root_of(main, settings.root)
        except NoProcedure as absent:
            self._complain(str(absent))
            return {}
        told = by_path(procedure.problems, texts, self.server.workspace.position_codec)
        return {(root / path).resolve(): diagnostics for path, diagnostics in told.items() if path in texts}

    def _tell(self, found: Mapping[str, list[Diagnostic]]) -> None:
        """Publish; a document that had problems and has none any more is told so."""
        for uri in sorted(self.told - found.keys()):
            self.server.text_document_publish_diagnostics(PublishDiagnosticsParams(uri, []))
        for uri, diagnostics in found.items():
            self.server.text_document_publish_diagnostics(PublishDiagnosticsParams(uri, diagnostics))
        self.told = {uri for uri, diagnostics in found.items() if diagnostics}

    def _settings(self) -> Settings:
        """Read again each time: the file may have changed. Settings that are wrong are said once, and do without."""
        try:
            settings = load_settings(self.config, os.environ)
        except BadSettings as bad:
            self._complain(str(bad))
            return Settings()
        return settings

    def _complain(self, sentence: str) -> None:
        """Say it where the author sees it, once."""
        if sentence != self.complained:
            self.complained = sentence
            self.server.window_show_message(ShowMessageParams(MessageType.Warning, f"tocsin: {sentence}"))
