"""
Two replicas on one PostgreSQL: nobody acts twice, and who was stopped and overtaken is not believed.

A replica that hangs (SIGSTOP) still has its connections and its claims; the other one waits until they run out.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.e2e.bodies import firing
from tests.e2e.marker import Marker, is_alive
from tests.e2e.served import Json, Served
from tests.e2e.waiting import eventually
from tests.e2e.watched_mail import WatchedMail, is_reminder, settings_for
from tests.house import SMALL
from tests.postgres import private_cluster

ALERTS = 18  # more than twenty in a minute would be a storm, and one incident
RUNS = 5


class Pair:
    """Two replicas (`second` is not yet started), one mail server, one marker."""

    def __init__(self, first: Served, second: Served, mail: WatchedMail, marker: Marker) -> None:
        self.first, self.second, self.mail, self.marker = first, second, mail, marker
        self.token = first.token()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    marker = Marker(tmp_path)
    with ExitStack() as parts:
        url = parts.enter_context(private_cluster()).new_database()
        mail = parts.enter_context(WatchedMail())
        settings = settings_for(mail, marker.settings)
        first, second = (
            Served(tmp_path / name, settings, procedure=SMALL, environ={"TOCSIN_DATABASE_URL": url}) for name in "ab"
        )
        for replica in (first, second):
            parts.push(replica.__exit__)
        first.start()
        yield Pair(first, second, mail, marker)


def test_a_replica_that_hangs_is_overtaken_and_its_late_word_is_refused(pair: Pair) -> None:
    number = opened(pair, "FirstOne")
    pid = a_command_runs(pair, number)
    first_mail = a_page_hangs_in_the_mail_server(pair, "SecondOne")
    pair.first.freeze()
    pair.second.start()
    page_id = str(first_mail.mail["message-id"]).partition("@")[0].strip("<")
    again = eventually(lambda: pair.mail.of_page(page_id)[1:], "the other replica sends the page again")
    assert is_reminder(again[0])
    run = eventually(lambda: unknown(pair.second, number), "the other replica does not know how the command ended")
    eventually(lambda: asked_about(pair, number), "a person is asked")
    pair.first.thaw()
    first_mail.answer.set()
    eventually(lambda: not is_alive(pid), "who lost its claim ends its command")
    eventually(lambda: pair.first.complained.count("an outcome came too late") >= 1, "the late word is refused")
    (sent,) = pair.second.events(number + 1, "PageSent")
    assert (sent["page_id"], sent["again"]) == (page_id, True)
    assert pair.second.events(number, "StepFinished") == []
    assert pair.marker.begun() == [run["started"]["pipeline"][0][1]]


def test_two_replicas_open_one_incident_for_an_alert_that_both_receive_and_send_one_page(pair: Pair) -> None:
    pair.second.start()
    names = [f"Both{number}" for number in range(ALERTS)]
    bodies = {name: firing(name) for name in names}
    statuses: Counter[int] = Counter()

    def sender(replica: Served) -> None:
        statuses.update(replica.deliver(pair.token, bodies[name]) for name in names)

    both_at_once(sender, pair)
    assert statuses == {202: 2 * ALERTS}
    eventually(lambda: len(pair.first.incidents()) >= ALERTS, "every alert has its incident")
    eventually(lambda: len(pair.mail.mails) >= ALERTS, "every incident has its page")
    eventually(lambda: all(len(told(pair, i["id"])) == 1 for i in pair.first.incidents()), "every page is told")
    held = Counter(alert["name"] for incident in pair.second.incidents() for alert in incident["alerts"])
    assert held == Counter(names)
    assert Counter(str(mail["message-id"]) for mail in pair.mail.mails).most_common(1)[0][1] == 1


def test_a_command_that_two_people_ask_for_at_two_replicas_runs_once(pair: Pair) -> None:
    pair.second.start()
    number = opened(pair, "Asked")
    for turn in range(RUNS):
        wanted = {"pipeline": [["marker", f"run-{turn}", "0.3"]]}
        assert pair.first.ask("POST", f"/api/incidents/{number}/approvals", wanted).status == 200
        statuses: list[int] = []

        def asker(replica: Served, wanted: Json = wanted, statuses: list[int] = statuses) -> None:
            statuses.append(replica.ask("POST", f"/api/incidents/{number}/runs", wanted).status)

        both_at_once(asker, pair)
        assert sorted(statuses) == [200, 409]
        eventually(lambda turn=turn: pair.marker.ended(f"run-{turn}"), "it ran")
    eventually(lambda: len(pair.first.events(number, "StepFinished")) == RUNS, "every end is told")
    assert Counter(pair.marker.begun()) == {f"run-{turn}": 1 for turn in range(RUNS)}
    assert len(pair.first.events(number, "StepStarted")) == RUNS


class Held:
    """A mail that has come and is not answered until `answer` is set."""

    def __init__(self) -> None:
        self.mail = EmailMessage()
        self.has_come, self.answer = threading.Event(), threading.Event()

    def __call__(self, mail: EmailMessage) -> None:
        if not self.has_come.is_set():
            self.mail = mail
            self.has_come.set()
            self.answer.wait(120)


def opened(pair: Pair, name: str) -> int:
    """The number of a new incident whose page was sent."""
    assert pair.first.deliver(pair.token, firing(name)) == 202
    number = eventually(lambda: next((i["id"] for i in pair.first.incidents() if name in i["title"]), 0), name)
    eventually(lambda: told(pair, number), f"the page for {name}")
    return int(number)


def told(pair: Pair, number: int) -> list[Json]:
    return pair.first.events(number, "PageSent")


def a_command_runs(pair: Pair, number: int) -> int:
    """Its process."""
    wanted = {"pipeline": [["marker", "long", "120"]]}
    assert pair.first.ask("POST", f"/api/incidents/{number}/approvals", wanted).status == 200
    assert pair.first.ask("POST", f"/api/incidents/{number}/runs", wanted).status == 200
    return eventually(lambda: pair.marker.pid("long"), "the command runs")


def a_page_hangs_in_the_mail_server(pair: Pair, name: str) -> Held:
    held = Held()
    pair.mail.before_answer = held
    assert pair.first.deliver(pair.token, firing(name)) == 202
    assert held.has_come.wait(45)
    return held


def unknown(replica: Served, number: int) -> Json:
    runs = replica.incident(number)["runs"]
    return next((run for run in runs if run.get("unknown")), {})


def asked_about(pair: Pair, number: int) -> list[Json]:
    pages = [p for p in pair.second.events(number, "PageRequested") if p.get("reason") == "outcome_unknown"]
    return [page for page in pages if pair.mail.of_page(page["page_id"])]


def both_at_once(act: Callable[[Served], None], pair: Pair) -> None:
    """Call it for both replicas at the same time."""
    threads = [threading.Thread(target=act, args=(replica,)) for replica in (pair.first, pair.second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
