"""A real house over SQLite with its web side, and the cast: Alice responds, Root administers, Charlie has no account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.stage import NIGHT, SetClock, Stage
from tocsin.edge.settings import Settings
from tocsin.edge.store.sql_store import open_store
from tocsin.loops.house import House
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of
from tocsin.web.app import build_app

TEXTS = Path(__file__).parents[1] / "fixtures" / "web"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NIGHT)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "house", public_url="http://testserver", language="en")


@pytest.fixture
def stage(tmp_path: Path, clock: SetClock, settings: Settings) -> Iterator[Stage]:
    store = open_store(settings.data_folder)
    paths = sorted(TEXTS.rglob("*.md"))
    texts = {str(path.relative_to(TEXTS)): text_of(str(path.relative_to(TEXTS)), path.read_bytes()) for path in paths}
    house = House(
        store=store,
        accounts=store.accounts,
        clock=clock,
        settings=settings,
        procedure=read_procedure(texts, "incidents.md"),
        texts=texts,
        read=read_procedure,
        catalogue=(),
    )
    app = build_app(house)
    try:
        yield Stage(house, clock, lambda: TestClient(app, follow_redirects=False))
    finally:
        store.close()


@pytest.fixture
def alice(stage: Stage) -> TestClient:
    stage.account("alice")
    return stage.signed_in("alice")


@pytest.fixture
def root(stage: Stage) -> TestClient:
    stage.account("root", "admin")
    return stage.signed_in("root")


@pytest.fixture
def charlie(stage: Stage) -> TestClient:
    return stage.stranger()
