"""A real house over SQLite with a small English procedure and a clock that the test sets, without loops or pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.edge.clock import Clock
from tocsin.edge.settings import Settings
from tocsin.edge.settings.model import ChannelSettings, EmailSettings
from tocsin.edge.store.sql_store import SqlStore, open_store
from tocsin.loops.house import House
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of

SMALL = Path(__file__).parent / "fixtures" / "small"
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 03:00 in Paris


class SetClock:
    """Stands still until the test moves it."""

    def __init__(self, at: datetime = NIGHT) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@contextmanager
def small_house(folder: Path, clock: Clock | None = None) -> Iterator[House]:
    """The house in that folder; its `store` is closed at the end."""
    store: SqlStore = open_store(folder)
    text = text_of("incidents.md", (SMALL / "incidents.md").read_bytes())
    texts = {"incidents.md": text}
    try:
        yield House(
            store=store,
            accounts=store.accounts,
            clock=clock or SetClock(),
            settings=Settings(
                data_folder=folder,
                public_url="https://tocsin.example",
                language="en",
                channels=ChannelSettings(email=EmailSettings(host="mail.example", sender="tocsin@example.org")),
            ),
            procedure=read_procedure(texts, "incidents.md"),
            texts=texts,
            read=read_procedure,
            catalogue=(),
        )
    finally:
        store.close()
