"""Every test that asks for `store` runs on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.postgres import Cluster, private_cluster
from tocsin.edge.store.sql_store import SqlStore, open_store

NOW = datetime(2026, 3, 3, 3, 5, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with private_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A database with the schema in it: copying it is quicker than making the tables for each test."""
    url = cluster.new_database()
    open_store(url).close()
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What `open_store` takes: a new data folder, a new database."""
    if request.param == "sqlite":
        return str(tmp_path / "house")
    return postgres_url(request)


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> str:
    """A new database, for what SQLite does not do."""
    return postgres_url(request)


def postgres_url(request: pytest.FixtureRequest) -> str:
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database(request.getfixturevalue("template"))


@pytest.fixture
def opened() -> Iterator[Callable[[str], SqlStore]]:
    """Opens stores and closes them at the end."""
    stores: list[SqlStore] = []

    def opened(where: str) -> SqlStore:
        stores.append(open_store(where))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def store(where: str, opened: Callable[[str], SqlStore]) -> SqlStore:
    return opened(where)


@pytest.fixture
def replicas(where: str, opened: Callable[[str], SqlStore]) -> list[SqlStore]:
    """Three replicas on PostgreSQL; on SQLite there is one process, so three times the same."""
    if where.startswith("postgresql"):
        return [opened(where) for _ in range(3)]
    return [opened(where)] * 3


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A new data folder, for what PostgreSQL does not do."""
    return tmp_path / "house"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
