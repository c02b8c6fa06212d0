"""
A real house over SQLite, a clock that the test sets, and the cast.

Alice is a responder, Root the administrator; Charlie has no account. `perform` plays the hands of the house.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from msgspec import Struct
from starlette.testclient import TestClient

from tocsin.edge.store.accounts import Account, Role
from tocsin.incident import events as e
from tocsin.incident.alert import Alert
from tocsin.incident.commands import ReceiveAlerts, TellResult
from tocsin.incident.findings import Finding
from tocsin.incident.intents import Intent, open_intents
from tocsin.loops.house import House

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 03:00 in Paris
PASSWORD = "correct horse battery"
# Argon2 with the least it allows: what is tested here is who may, not how dear a guess is.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class SetClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Stage(Struct):
    """The house with its web side, and how to look at it as somebody."""

    house: House
    clock: SetClock
    open_door: Callable[[], TestClient]

    def account(self, name: str, role: Role = "responder", display: str = "") -> Account:
        return self.house.accounts.add(
            name,
            self.clock.now(),
            display=display or name.title(),
            role=role,
            password=CHEAP.hash(PASSWORD),
            language="en",
        )

    def stranger(self) -> TestClient:
        """Somebody with a browser and no account."""
        return self.open_door()

    def signed_in(self, name: str) -> TestClient:
        browser = self.stranger()
        answer = submit(browser, "/sign-in", "/sign-in", name=name, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser

    def fires(self, name: str = "NodeDown", *, summary: str = "Node 2 is down", **labels: str) -> int:
        """An alert arrives; gives the number of its incident."""
        alert = Alert(
            source="alertmanager",
            fingerprint=f"f{name}{sorted(labels.items())}",
            name=name,
            status="firing",
            starts_at=self.clock.now() - timedelta(minutes=2),
            severity="critical",
            labels={"alertname": name, "node": "node-2", **labels},
            annotations={"summary": summary},
            url="https://prometheus.example.org/graph",
        )
        received = ReceiveAlerts(source="alertmanager", alerts=(alert,), received_at=self.clock.now())
        # What another incident swallows is recorded beside it.
        return next(one.number for one in self.house.record(received).incidents if one.is_open)

    def perform(self, number: int, exit_code: int = 0, output: str = "node-1 Ready\nnode-2 NotReady\n") -> None:
        """Every open intent of an incident ends."""
        incident = self.house.incident(number)
        assert incident is not None
        for intent in open_intents(incident):
            self.house.record(TellResult(incident=number, outcome=self._outcome(intent, exit_code, output)))

    def _outcome(self, intent: Intent, exit_code: int, output: str) -> e.Outcome:
        now = self.clock.now()
        if intent.kind == "page":
            return e.PageSent(at=now, page_id=intent.intent_id, ref="<1@example.org>")
        digest, excerpt = self.house.keep_text(output)
        if intent.kind == "snapshot":
            finding = Finding(code="node_not_ready", subject="node-2", grave=True)
            return e.SnapshotTaken(
                at=now, snapshot_id=intent.intent_id, blob=digest, findings=(finding,), nodes_ready=1, nodes=2
            )
        kind = e.CheckFinished if intent.kind == "check" else e.StepFinished
        name = "check_id" if intent.kind == "check" else "run_id"
        return kind(
            at=now,
            started_at=now - timedelta(seconds=2),
            ended_at=now,
            exit_code=exit_code,
            blob=digest,
            excerpt=excerpt,
            **{name: intent.intent_id},
        )

    @staticmethod
    def tells(number: int, outcome: e.Outcome) -> TellResult:
        return TellResult(incident=number, outcome=outcome)


def token_on(browser: TestClient, path: str) -> str:
    """The token of the forms on that page."""
    page = browser.get(path, headers={"Accept": "text/html"})
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
    assert found, f"no form on {path}: {page.status_code}"
    return found.group(1)


def submit(browser: TestClient, page: str, action: str, **fields: str):
    """Send a form that stands on `page`."""
    return browser.post(action, data={"token": token_on(browser, page), **fields})
