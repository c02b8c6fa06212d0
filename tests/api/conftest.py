"""A house, its API, and the cast: Alice responds, Root administers, Mallory has a token of nobody."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp

from tests.asgi import Answer, knock
from tests.house import SetClock, small_house
from tocsin.loops.house import House
from tocsin.web.doors import doors

Ask = Callable[..., Answer]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(tmp_path: Path, clock: SetClock) -> Iterator[House]:
    with small_house(tmp_path / "house", clock) as house:
        yield house


@pytest.fixture
def app(house: House) -> ASGIApp:
    return doors(house)


def asking(app: Any, text: str) -> Ask:
    """Asks with that token; `content` is sent as JSON, bytes as they are."""

    def ask(method: str, path: str, content: Any = None, **headers: str) -> Answer:
        body = b"" if content is None else content if isinstance(content, bytes) else msgspec.json.encode(content)
        told = {"authorization": f"Bearer {text}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = knock(app, method, path, body, told)
        assert answer is not None
        return answer

    return ask


def token_of(house: House, name: str, **fields: Any) -> str:
    account = house.accounts.add(name, house.clock.now(), display=name.title(), language="en", **fields)
    return house.accounts.new_api_token(account.id, "test", house.clock.now())[1]


@pytest.fixture
def alice(app: ASGIApp, house: House) -> Ask:
    return asking(app, token_of(house, "alice"))


@pytest.fixture
def root(app: ASGIApp, house: House) -> Ask:
    return asking(app, token_of(house, "root", role="admin"))


@pytest.fixture
def mallory(app: ASGIApp) -> Ask:
    return asking(app, "tocsin_api_" + "x" * 43)


@pytest.fixture
def number(alice: Ask) -> int:
    """An open incident whose scenario has steps."""
    made = alice("POST", "/api/incidents", {"text": "1 node down"})
    assert made.status == 201
    return int(made.json["incident"]["id"])
