"""Every address of the API is on its page, and the examples there are asked of a real house, in their order."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.routing import Route

from tests.asgi import knock
from tests.docs.pages import LANGUAGES, ROOT, fences
from tests.house import small_house
from tests.story import alert
from tocsin.incident.commands import ReceiveAlerts, TellResult
from tocsin.incident.events import HeartbeatExpected, StepFinished, StepOutcomeUnknown
from tocsin.incident.state import Run
from tocsin.loops.house import House
from tocsin.web import api, health
from tocsin.web.doors import doors

NOT_ASKED = {"/api/{rest:path}"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with small_house(tmp_path / "house") as house:
        beat = HeartbeatExpected(at=house.clock.now(), name="Watchdog", source="prometheus")
        house.note("house/watch", [beat])
        yield house


def _page(language: str) -> Path:
    return ROOT / "docs" / language / "api.md"


def _asked(language: str) -> list[list[str]]:
    """The lines "ask METHOD PATH [JSON]" of the page, as words."""
    lines = [line for fence in fences(_page(language), "sh") for line in fence.text.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("ask ")]


def _pattern(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "[^/?]+", path) + r"(\?.*)?"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_is_shown_with_every_method(language: str, house: House) -> None:
    asked = _asked(language)
    for route in api.routes(house):
        assert isinstance(route, Route)
        for method in () if route.path in NOT_ASKED else _methods(route, house):
            shown = [words for words in asked if words[0] == method and re.fullmatch(_pattern(route.path), words[1])]
            assert shown, f"{method} {route.path} is not shown"


def _methods(route: Route, house: House) -> list[str]:
    """What an address says that it understands, when it is asked for something else."""
    answer = knock(Starlette(routes=api.routes(house)), "TRACE", re.sub(r"\{[^}]*\}", "1", route.path))
    assert answer is not None
    assert answer.status == 405
    return answer.headers["allow"].split(", ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_addresses_for_machines_are_named(language: str, house: House) -> None:
    text = _page(language).read_text()
    for route in health.routes(house):
        assert isinstance(route, Route)
        assert f"`{route.path}`" in text
    assert "`POST /ingest/alertmanager`" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_answered_as_the_page_says(language: str, house: House) -> None:
    app = doors(house)
    account = house.accounts.add("root", house.clock.now(), display="Root", role="admin", language="en")
    token = house.accounts.new_api_token(account.id, "test", house.clock.now())[1]
    told: dict[str, str] = {}
    for method, path, *content in _asked(language):
        body = (content[0] if content else "").replace("$DIGEST", told.get("digest", ""))
        answer = knock(
            app,
            method,
            path.replace("$BLOB", told.get("blob", "")),
            body.encode(),
            {"authorization": f"Bearer {token}"},
        )
        assert answer is not None
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.body.decode()[:300]}"
        _go_on(house, path, told)


def _go_on(house: House, path: str, told: dict[str, str]) -> None:
    """What a cluster and a performer would do in between: the first run is lost, the others end."""
    incident = house.incident(1)
    assert incident is not None
    if house.incident(2) is None:
        alerts = tuple(
            alert("QueueStuck", house.clock.now(), service="mail", queue=mark)
            for mark in ("74d2c9a1", "5f0a9c33", "0b1e22d4")
        )
        known = tuple(replace(one, fingerprint=one.labels["queue"]) for one in alerts)
        house.record(ReceiveAlerts(source="am", alerts=known, received_at=house.clock.now()))
    if path.endswith("/evidence"):
        told["blob"] = incident.evidence[-1].blob
    if path.endswith("/triage"):
        scenario = house.procedure().scenario(incident.scenario)
        assert scenario is not None
        told["digest"] = scenario.steps[1].commands[0].digest
    for run in incident.runs:
        if run.is_open:
            house.record(TellResult(incident=1, outcome=_outcome(house, run)))


def _outcome(house: House, run: Run) -> Any:
    now, run_id = house.clock.now(), run.started.run_id
    if run_id == "real.1.run.1":
        return StepOutcomeUnknown(at=now, run_id=run_id, why="tocsin stopped while it ran")
    return StepFinished(at=now, run_id=run_id, started_at=now, ended_at=now, exit_code=0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_senders_are_answered_is_told(language: str) -> None:
    """The statuses of the table are those that the intake can give."""
    source = (ROOT / "src" / "tocsin" / "web" / "intake.py").read_text()
    given = {int(status) for status in re.findall(r"(?:_refusal|Answer)\((\d{3})", source)}
    text = _page(language).read_text()
    table = text[text.index("| 202 |") :].split("\n\n", 1)[0]
    told = {int(status) for row in table.splitlines() for status in re.findall(r"\d{3}", row.split("|")[1])}
    assert told == given
