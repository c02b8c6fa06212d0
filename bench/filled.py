"""Data folders that have a past: incidents with running clocks, incidents that are over, somebody who may look."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.responses import Response

from tests.house import small_house
from tocsin.edge.clock import SystemClock
from tocsin.incident.commands import AddNote, Cancel, Report, TellResult
from tocsin.incident.events import PageSent, SnapshotFailed
from tocsin.incident.intents import open_intents
from tocsin.incident.state import Incident
from tocsin.loops.house import House
from tocsin.web.sessions import Sessions

PUBLIC_URL = "https://tocsin.example"


@contextmanager
def opened(data: Path) -> Iterator[House]:
    """The house in that folder, in this process, without loops."""
    with small_house(data, SystemClock()) as house:
        yield house


def open_incidents(house: House, count: int) -> None:
    """
    So many P2 that nobody has taken: the page was sent, the next one and the deadline are to come.

    They are reports of people, because as many alerts at once would be a storm, and one incident.
    """
    for number in range(count):
        house.record(Report(by="Alice", text=f"1 node down, says customer {number}"))
    for incident in house.recorder.open_incidents():
        answer(house, incident)


def answer(house: House, incident: Incident) -> None:
    """Tell an outcome for everything that it waits for."""
    now = datetime.now(UTC)
    for intent in open_intents(incident):
        if intent.kind == "page":
            outcome = PageSent(at=now, page_id=intent.intent_id, ref="<bench>")
        else:
            outcome = SnapshotFailed(at=now, snapshot_id=intent.intent_id, why="no cluster is configured")
        house.record(TellResult(incident=incident.number, outcome=outcome))


def end_all_but(house: House, left_open: int) -> None:
    """Cancel the open ones but the last."""
    for incident in house.recorder.open_incidents()[: -left_open or None]:
        house.record(Cancel(incident=incident.number, by="Alice", reason="a measure"))


def add_notes(house: House, number: int, count: int) -> None:
    """So many lines by hand."""
    for line in range(count):
        house.record(AddNote(incident=number, by="Alice", text=f"Line {line}: the queue still does not move."))


def cookie(house: House) -> str:
    """A Cookie header of somebody who is signed in."""
    now = datetime.now(UTC)
    account = house.accounts.account("bench") or house.accounts.add("bench", now, role="admin", password="none")
    sessions, response = Sessions(house.secret, PUBLIC_URL), Response()
    sessions.give(response, sessions.begin(account.id, account.password, "bench", now))
    return response.headers["set-cookie"].partition(";")[0]
