"""A real conversation with `tocsin lsp` over its stdin and stdout, as an editor holds it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.procedure.written import document, scenario_of
from tocsin import __version__

TOCSIN = Path(sys.executable).with_name("tocsin")
SHELL = "```bash\n# 1. x\nbash -c 'ls'\n```\n"
LONGEST = 20


class Editor:
    """An editor with a server of its own: documents it holds, and what it was told of them."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.told: dict[str, list[types.Diagnostic]] = {}
        self.shown: list[str] = []
        self.news = asyncio.Event()
        self.version = 0

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = list(params.diagnostics)
            self.news.set()

        @client.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            self.shown.append(params.message)
            self.news.set()

    def open(self, path: Path, text: str | None = None) -> None:
        item = types.TextDocumentItem(path.as_uri(), "markdown", 0, path.read_text() if text is None else text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: Path, text: str) -> None:
        self.version += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, path.as_uri()),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def save(self, path: Path) -> None:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))

    def close(self, path: Path) -> None:
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(path.as_uri()))
        )

    def codes(self, path: Path) -> list[str] | None:
        told = self.told.get(path.as_uri())
        return None if told is None else [str(one.code) for one in told]

    async def sees(self, path: Path, *codes: str) -> list[types.Diagnostic]:
        """Wait until the file has exactly these problems."""
        await self.waits(lambda: self.codes(path) == list(codes), lambda: f"{path.name}: {self.told}")
        return self.told[path.as_uri()]

    async def waits(self, seen: Callable[[], bool], told: Callable[[], str]) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                while not seen():
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            pytest.fail(told())


@asynccontextmanager
async def _editor(
    arguments: tuple[str, ...], encodings: list[str]
) -> AsyncIterator[tuple[Editor, types.InitializeResult]]:
    client = LanguageClient("an editor", "1")
    editor = Editor(client)
    await client.start_io(str(TOCSIN), "lsp", *arguments)
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None
    )
    hello = await client.initialize_async(types.InitializeParams(capabilities=capabilities))
    client.initialized(types.InitializedParams())
    yield editor, hello
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


def edit(work: Callable[[Editor], Awaitable[None]], *arguments: object, encodings: list[str] | None = None) -> None:
    """Let an editor work with a server that was started with these arguments."""

    async def session() -> None:
        async with _editor(tuple(map(str, arguments)), encodings or []) as (editor, _):
            await work(editor)

    asyncio.run(session())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks/postgresql.md").write_text("# PG\n")
    (tmp_path / "incidents.md").write_text(document())
    return tmp_path


def test_the_server_says_who_it_is_and_wants_whole_documents() -> None:
    async def session() -> types.InitializeResult:
        async with _editor((), []) as (_, hello):
            return hello

    hello = asyncio.run(session())
    assert hello.server_info == types.ServerInfo("tocsin", __version__)
    sync = hello.capabilities.text_document_sync
    assert isinstance(sync, types.TextDocumentSyncOptions)
    assert sync.change == types.TextDocumentSyncKind.Full


def test_problems_are_underlined_while_one_types_and_vanish_when_repaired(folder: Path) -> None:
    main = folder / "incidents.md"

    async def work(editor: Editor) -> None:
        editor.open(main)
        await editor.sees(main, "P202")
        editor.type(main, document(scenario_of("# 1. x\nbash -c 'ls'")))
        told = (await editor.sees(main, "P202", "P302"))[1:]
        line = document(scenario_of("# 1. x\nbash -c 'ls'")).split("\n").index("bash -c 'ls'")
        assert told[0].range == types.Range(types.Position(line, 0), types.Position(line, 4))
        assert (told[0].severity, told[0].source) == (types.DiagnosticSeverity.Error, "tocsin")
        assert told[0].message.startswith("il faudrait un shell\u00a0: `bash` en lance un\n")
        editor.type(main, document(scenario_of("# 1. x\npg_isready -t 5")))
        await editor.sees(main, "P202")

    edit(work)


def test_a_linked_page_that_is_not_saved_wins_over_the_disk_until_it_is_closed(folder: Path) -> None:
    main, page = folder / "incidents.md", folder / "runbooks/postgresql.md"

    async def work(editor: Editor) -> None:
        editor.open(main)
        await editor.sees(main, "P202")
        editor.open(page, f"# PG\n\n{SHELL}")
        await editor.sees(page, "P302")
        editor.close(page)
        await editor.sees(page)

    edit(work)


def test_a_runbook_alone_is_known_for_a_page_of_the_procedure_around_it(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs/incidents.md").write_text(document().replace("runbooks/", "../runbooks/"))
    (folder / "incidents.md").unlink()
    page = folder / "runbooks/postgresql.md"

    async def work(editor: Editor) -> None:
        editor.open(page)
        await editor.sees(page)
        editor.type(page, f"# PG\n\n{SHELL}")
        await editor.sees(page, "P302")
        await editor.sees(folder / "docs/incidents.md", "P202")

    edit(work)


def test_a_page_of_no_procedure_is_left_alone(folder: Path) -> None:
    page = folder / "README.md"
    page.write_text(f"# Read me\n\n{SHELL}")

    async def work(editor: Editor) -> None:
        editor.open(page)
        await editor.sees(page)
        editor.open(folder / "incidents.md")
        await editor.sees(folder / "incidents.md", "P202")
        assert editor.codes(page) == []

    edit(work)


def test_a_broken_link_is_seen_in_the_page_that_has_it(folder: Path) -> None:
    main, page = folder / "incidents.md", folder / "runbooks/postgresql.md"

    async def work(editor: Editor) -> None:
        editor.open(main)
        await editor.sees(main, "P202")
        page.unlink()
        editor.save(main)
        await editor.sees(main, "P110", "P202")

    edit(work)


def test_the_procedure_and_the_settings_can_be_named(folder: Path) -> None:
    (folder / "incidents.md").rename(folder / "nuit.md")
    config = folder / "tocsin.toml"
    config.write_text(
        'public_url = "https://t.example.org"\n[contacts.admin-infra]\nwebhook = "https://h.example.org/a"\n'
    )
    page = folder / "runbooks/postgresql.md"

    async def work(editor: Editor) -> None:
        editor.open(page, f"# PG\n\n{SHELL}")
        await editor.sees(page, "P302")
        assert editor.codes(folder / "nuit.md") is None
        config.write_text("nonsense = 1\n")
        editor.save(page)
        await editor.waits(lambda: bool(editor.shown), lambda: "nothing was said of the settings")
        assert "nonsense" in editor.shown[0]
        await editor.sees(folder / "nuit.md", "P202")

    edit(work, "--procedure", folder / "nuit.md", "--config", config)


@pytest.mark.parametrize(("encodings", "start"), [([], 6), (["utf-32"], 5), (["utf-8"], 8)])
def test_columns_are_counted_as_the_editor_counts(folder: Path, encodings: list[str], start: int) -> None:
    main = folder / "incidents.md"

    async def work(editor: Editor) -> None:
        editor.open(
            main, document().replace("- [PostgreSQL]", "- 🔥 [x](gone.md) [PostgreSQL]").replace("- 🔥", "- 🔥 ")
        )
        told = await editor.sees(main, "P110", "P202")
        assert told[0].range.start.character == start

    edit(work, encodings=encodings)


def test_text_that_cannot_be_read_is_a_problem_and_no_failure(folder: Path) -> None:
    main = folder / "incidents.md"

    async def work(editor: Editor) -> None:
        editor.open(main)
        await editor.sees(main, "P202")
        editor.type(main, "")
        await editor.sees(main, "P904")
        editor.type(main, document())
        await editor.sees(main, "P202")
        assert editor.shown == []

    edit(work)
