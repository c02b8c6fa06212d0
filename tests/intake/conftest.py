"""A house with one sender, "prod", and its token."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from tests.asgi import Answer, knock
from tests.house import small_house
from tocsin.edge.clock import SystemClock
from tocsin.incident.events import REAL
from tocsin.loops.house import House
from tocsin.web.doors import doors

BODIES = Path(__file__).parents[1] / "fixtures" / "alertmanager"
Post = Callable[..., Answer]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with small_house(tmp_path / "house", SystemClock()) as house:
        yield house


@pytest.fixture
def token(house: House) -> str:
    return house.accounts.new_source_token("prod", "alertmanager", REAL, house.clock.now())[1]


@pytest.fixture
def app(house: House) -> ASGIApp:
    return doors(house)


@pytest.fixture
def post(app: ASGIApp, token: str) -> Post:
    """Posts a body as the sender would."""

    def post(body=b"", kind="alertmanager", method="POST", **headers: str) -> Answer:
        told = {"authorization": f"Bearer {token}"} | {name.replace("_", "-"): text for name, text in headers.items()}
        answer = knock(app, method, f"/ingest/{kind}", body, {name: text for name, text in told.items() if text})
        assert answer is not None
        return answer

    return post


def body(name: str) -> bytes:
    return (BODIES / name).read_bytes()
