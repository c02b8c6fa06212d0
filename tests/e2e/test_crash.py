"""
kill -9 at any instant: nothing that was answered is lost, every page goes out, no command runs twice.

Each test kills the server somewhere and starts it again on the same data; the next one goes on from there.
"""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.e2e.bodies import firing
from tests.e2e.marker import Marker, is_alive
from tests.e2e.served import Json, Served
from tests.e2e.waiting import eventually
from tests.e2e.watched_mail import WatchedMail, is_reminder, settings_for
from tests.house import SMALL
from tocsin.cli.failures import Failure

SOON = (0.0, 0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.15, 0.4, 1.2)
DURING = (0.0, 0.01, 0.03, 0.06, 0.2, 0.6, 0.98, 1.05, 1.3)
"""Seconds after the request is sent. The marker sleeps for one second."""


class Scene:
    """One data folder, its mails and its marker; `number` is an open incident to run commands for."""

    def __init__(self, tocsin: Served, mail: WatchedMail, marker: Marker) -> None:
        self.tocsin, self.mail, self.marker = tocsin, mail, marker
        self.token = tocsin.token()
        self.number = 0
        self.deliver("SomethingElse")
        self.number = eventually(tocsin.incidents, "the first incident")[0]["id"]

    def deliver(self, name: str) -> bool:
        """Whether it was answered 2xx; a sender that hears nothing sends again."""
        with contextlib.suppress(OSError):
            return self.tocsin.deliver(self.token, firing(name)) == 202
        return False

    def kill_after(self, seconds: float) -> None:
        time.sleep(seconds)
        self.tocsin.kill()

    def incident_of(self, name: str) -> Json:
        """The one incident that holds the alert."""
        found = [i for i in self.tocsin.incidents() if any(alert["name"] == name for alert in i["alerts"])]
        assert len(found) <= 1, f"{name} is in {len(found)} incidents"
        return found[0] if found else {}

    def start_marker(self, name: str, seconds: str = "1") -> int:
        """Approve it and ask for its run; gives the status of that request, 0 without an answer."""
        wanted = {"pipeline": [["marker", name, seconds]]}
        approved = self.tocsin.ask("POST", f"/api/incidents/{self.number}/approvals", wanted)
        assert approved.status == 200, approved.body
        return self.ask_run(wanted)

    def ask_run(self, wanted: Json) -> int:
        """0 when the server died meanwhile."""
        with contextlib.suppress(Failure):
            return self.tocsin.ask("POST", f"/api/incidents/{self.number}/runs", wanted).status
        return 0

    def run_of(self, name: str) -> Json:
        """The last run of the marker with that name; {} when none was recorded."""
        runs = self.tocsin.incident(self.number)["runs"]
        mine = [run for run in runs if run["started"]["pipeline"][0][:2] == ["marker", name]]
        return mine[-1] if mine else {}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("crash")
    marker = Marker(folder)
    with WatchedMail() as mail, Served(folder, settings_for(mail, marker.settings), procedure=SMALL) as tocsin:
        yield Scene(tocsin, mail, marker)
    twice = {name: times for name, times in Counter(marker.begun()).items() if times > 1 and name != "twice"}
    assert twice == {}, "commands that ran more than once"


@pytest.mark.parametrize("seconds", SOON)
def test_an_alert_is_one_incident_and_its_page_goes_out_whenever_the_server_is_killed(
    scene: Scene, seconds: float
) -> None:
    name = f"QueueStuck{seconds}"
    killer = threading.Thread(target=scene.kill_after, args=(seconds,))
    killer.start()
    answered = scene.deliver(name)
    killer.join()
    scene.tocsin.start()
    if not answered:
        assert scene.deliver(name)
    incident = eventually(lambda: scene.incident_of(name), "the incident")
    number = incident["id"]
    eventually(lambda: scene.tocsin.events(number, "PageSent"), "the page is told as sent")
    (asked,) = scene.tocsin.events(number, "PageRequested")
    mails = scene.mail.of_page(asked["page_id"])
    assert 1 <= len(mails) <= 2
    assert all(is_reminder(mail) for mail in mails[1:])
    assert len(scene.tocsin.events(number, "PageSent")) == 1
    assert len(scene.tocsin.events(number, "IncidentOpened")) == 1
    assert scene.incident_of(name)["id"] == number


def test_a_page_that_was_sent_and_not_told_is_sent_again_as_a_reminder_with_the_same_id(scene: Scene) -> None:
    killed = threading.Event()

    def kill_once(_: object) -> None:
        if not killed.is_set():
            killed.set()
            scene.tocsin.kill()

    scene.mail.before_answer = kill_once
    assert scene.deliver("MailCut")
    assert killed.wait(45)
    scene.tocsin.start()
    number = eventually(lambda: scene.incident_of("MailCut"), "the incident")["id"]
    (sent,) = eventually(lambda: scene.tocsin.events(number, "PageSent"), "the page is told as sent")
    first, second = scene.mail.of_page(sent["page_id"])
    assert (is_reminder(first), is_reminder(second)) == (False, True)
    assert first["message-id"] == second["message-id"] == sent["ref"]
    assert sent["again"]


@pytest.mark.parametrize("seconds", DURING)
def test_a_command_runs_at_most_once_whenever_the_server_is_killed(scene: Scene, seconds: float) -> None:
    name = f"cut-{seconds}"
    wanted = {"pipeline": [["marker", name, "1"]]}
    assert scene.tocsin.ask("POST", f"/api/incidents/{scene.number}/approvals", wanted).status == 200
    killer = threading.Thread(target=scene.kill_after, args=(seconds,))
    killer.start()
    status = scene.ask_run(wanted)
    killer.join()
    scene.tocsin.start()
    run = scene.run_of(name)
    if not run:
        assert (status, scene.marker.begun(name)) == (0, [])
        return
    run = eventually(lambda: told(scene.run_of(name)), "the run's outcome is known, or known to be unknown")
    if run.get("finished"):
        assert run["finished"]["exit_code"] == 0
        assert (len(scene.marker.begun(name)), scene.marker.ended(name)) == (1, True)
    else:
        assert len(scene.marker.begun(name)) <= 1
        assert not is_alive(scene.marker.pid(name))
        somebody_is_asked(scene, run)


def test_a_command_that_was_cut_is_ended_and_nobody_runs_it_before_a_person_told_how_it_ended(scene: Scene) -> None:
    assert scene.start_marker("twice", "60") == 200
    pid = eventually(lambda: scene.marker.pid("twice"), "the command runs")
    scene.tocsin.kill()
    assert is_alive(pid)
    scene.tocsin.start()
    assert not is_alive(pid)
    run = eventually(lambda: told(scene.run_of("twice")), "the run's outcome is known to be unknown")
    assert "finished" not in run or run["finished"] is None
    somebody_is_asked(scene, run)
    wanted = {"pipeline": [["marker", "twice", "60"]]}
    refused = scene.tocsin.ask("POST", f"/api/incidents/{scene.number}/runs", wanted)
    assert (refused.status, refused.json["error"]) == (409, "outcome_unknown_first")
    outcome = {"run_id": run["started"]["run_id"], "done": False, "note": "looked: it did nothing"}
    assert scene.tocsin.ask("POST", f"/api/incidents/{scene.number}/outcomes", outcome).status == 200
    assert scene.marker.begun("twice") == ["twice"]
    assert scene.start_marker("twice", "60") == 200
    eventually(lambda: len(scene.marker.begun("twice")) == 2, "it runs because a person wanted it")


def test_a_server_that_is_told_to_stop_ends_what_runs_and_says_so(scene: Scene) -> None:
    assert scene.start_marker("stopped", "60") == 200
    pid = eventually(lambda: scene.marker.pid("stopped"), "the command runs")
    assert scene.tocsin.stop() == 0
    assert not is_alive(pid)
    scene.tocsin.start()
    run = scene.run_of("stopped")
    assert run["finished"]["why"] == "tocsin was stopped and ended the command"
    assert run["finished"].get("exit_code") is None


def told(run: Json) -> Json:
    """The run once its outcome is known, or known to be unknown."""
    return run if run.get("finished") or run.get("unknown") else {}


def somebody_is_asked(scene: Scene, run: Json) -> None:
    """A page of its own says that the outcome of a step is unknown."""

    def asked() -> list[Json]:
        pages = scene.tocsin.events(scene.number, "PageRequested")
        mine = [page for page in pages if page.get("reason") == "outcome_unknown"]
        since = [page for page in mine if page["at"] >= run["unknown"]["at"]]
        return [page for page in since if scene.mail.of_page(page["page_id"])]

    eventually(asked, f"a person is asked about {run['started']['run_id']}")
