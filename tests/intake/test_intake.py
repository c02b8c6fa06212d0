"""What a sender of alerts may count on: what is answered 2xx is kept, what is wrong is told, nothing is lost in silence."""

import asyncio
import base64
import json
from concurrent.futures import Future

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route

from tests.asgi import knock, knocking
from tests.intake.conftest import body
from tocsin.detection.sources.contract import Unreadable
from tocsin.edge.store.contract import Find, NewBody, Unavailable
from tocsin.incident.events import REAL, BodyRefused
from tocsin.loops.reader import Reader
from tocsin.web.bodies import MIB
from tocsin.web.doors import doors
from tocsin.web.intake import LIMIT, Intake
from tocsin.web.meters import Meters


def watch_lines(house) -> list[BodyRefused]:
    return [entry.event for entry in house.store.load("house/watch")]


def test_a_body_is_kept_as_it_came_before_it_is_answered(house, post):
    before = house.clock.now()
    raw = body("node-firing.json")
    answer = post(raw)
    assert (answer.status, answer.json) == (202, {"id": 1, "alerts": 1, "quarantined": 0})
    (kept,) = house.store.waiting(10)
    assert (kept.id, kept.source, kept.kind, kept.world_id, kept.content) == (1, "prod", "alertmanager", REAL, raw)
    assert before <= kept.received_at <= house.clock.now()


def test_the_loop_behind_makes_an_incident_of_it(house, post):
    post(body("node-firing.json"))
    assert Reader(house, "test").turn() == 1
    (row,) = house.store.find(Find())
    assert "node-2" in row.title
    assert house.store.backlog() == 0


def test_the_token_may_come_as_the_password_of_basic(post, token):
    basic = base64.b64encode(f"tocsin:{token}".encode()).decode()
    assert post(body("node-firing.json"), authorization=f"Basic {basic}").status == 202


def test_repeating_a_body_is_harmless(house, post):
    assert [post(body("node-firing.json")).status for _ in range(3)] == [202, 202, 202]
    Reader(house, "test").turn()
    assert house.store.last_incident() == 1


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer tocsin_src_" + "x" * 43,
        "Bearer \xff\xfe",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"prod:wrong").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Digest abc",
    ],
)
def test_a_stranger_is_sent_away_and_nothing_of_the_body_comes_back(house, post, authorization):
    answer = post(b'{"s3cret": 1}', authorization=authorization)
    assert (answer.status, answer.json["error"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert b"s3cret" not in answer.body
    assert house.store.backlog() == 0


def test_a_new_token_works_at_once_and_a_revoked_one_dies_soon(house, post):
    assert post(body("node-firing.json")).status == 202
    made, text = house.accounts.new_source_token("other", "alertmanager", REAL, house.clock.now())
    app = doors(house)
    wears = {"authorization": f"Bearer {text}"}
    assert knock(app, "POST", "/ingest/alertmanager", body("node-firing.json"), wears).status == 202
    house.accounts.revoke_source_token(made.id, house.clock.now())
    fresh = doors(house)
    assert knock(fresh, "POST", "/ingest/alertmanager", body("node-firing.json"), wears).status == 401


def test_an_unreadable_body_is_told_why_and_is_one_line_however_often_it_comes(house, post):
    answers = [post(b"hello") for _ in range(3)]
    assert {answer.status for answer in answers} == {422}
    assert answers[0].json == {"error": "unreadable", "message": "Not understood: the body is not JSON."}
    (line,) = watch_lines(house)
    assert (line.source, line.why, line.size) == ("prod", "the body is not JSON", 5)
    ((kept, times),) = house.store.unreadables()
    assert (kept.content, times) == (b"hello", 3)


def test_a_bad_alert_among_good_ones_is_counted_and_told(house, post):
    whole = json.loads(body("group-of-two.json"))
    whole["alerts"][0]["labels"] = 3
    answer = post(json.dumps(whole).encode())
    assert (answer.status, answer.json["alerts"], answer.json["quarantined"]) == (202, 1, 1)
    (line,) = watch_lines(house)
    assert line.why == "alert 1: Expected `object`, got `int` - at `$.labels`"


def test_an_alert_without_a_usable_start_counts_from_its_arrival(house, post):
    whole = json.loads(body("node-firing.json"))
    whole["alerts"][0]["startsAt"] = "0001-01-01T00:00:00Z"
    post(json.dumps(whole).encode())
    Reader(house, "test").turn()
    incident = house.incident(1)
    assert incident.detected_at == incident.received_at


def test_what_the_sender_left_out_is_told(house, post):
    whole = json.loads(body("group-of-two.json"))
    whole["truncatedAlerts"] = 240
    assert post(json.dumps(whole).encode()).status == 202
    (line,) = watch_lines(house)
    assert "left out 240 alerts" in line.why


def test_a_body_over_the_limit_is_refused_while_it_still_comes(house, app, token):
    taken = 0

    def endless():
        nonlocal taken
        for _ in range(64):
            taken += 1
            yield b"x" * MIB

    answer = knock(app, "POST", "/ingest/alertmanager", endless(), {"authorization": f"Bearer {token}"})
    assert (answer.status, answer.json["error"]) == (413, "too_large")
    assert taken <= LIMIT // MIB + 2
    (line,) = watch_lines(house)
    assert line.why == "the body is larger than 8 MiB"
    ((kept, _),) = house.store.unreadables()
    assert len(kept.content) == 64 * 1024


def test_a_body_just_under_the_limit_is_read(house, post):
    whole = json.loads(body("node-firing.json"))
    whole["padding"] = "x" * (LIMIT - 2000)
    assert post(json.dumps(whole).encode()).status == 202


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"method": "GET"}, 405),
        ({"method": "PUT"}, 405),
        ({"method": "DELETE"}, 405),
        ({"kind": "nagios"}, 404),
        ({"kind": "grafana"}, 403),
        ({"kind": "../etc/passwd"}, 404),
        ({"content_encoding": "gzip"}, 415),
        ({"content_encoding": "identity"}, 202),
        ({"content_type": "text/plain"}, 202),
    ],
)
def test_what_is_asked_in_another_way(post, asked, status):
    answer = post(body("node-firing.json"), **asked)
    assert answer.status == status
    if status == 405:
        assert answer.headers["allow"] == "POST"


def test_a_token_is_for_its_own_kind(house, app):
    _, text = house.accounts.new_source_token("wazuh", "wazuh", REAL, house.clock.now())
    answer = knock(app, "POST", "/ingest/alertmanager", body("node-firing.json"), {"authorization": f"Bearer {text}"})
    assert (answer.status, answer.json["error"]) == (403, "wrong_kind")


@pytest.mark.parametrize("path", ["/ingest/alertmanager/", "//ingest/alertmanager", "/ingest/", "/ingest"])
def test_no_address_ever_redirects(app, token, path):
    answer = knock(app, "POST", path, body("node-firing.json"), {"authorization": f"Bearer {token}"})
    assert answer.status not in range(300, 400)


def test_who_hangs_up_is_not_answered_and_nothing_is_kept(house, app, token):
    wears = {"authorization": f"Bearer {token}"}
    assert knock(app, "POST", "/ingest/alertmanager", body("node-firing.json"), wears, hang_up=True) is None
    assert house.store.backlog() == 0


def test_a_sender_that_stops_in_the_middle_is_let_go(house, token, monkeypatch):
    monkeypatch.setattr("tocsin.web.bodies._read", lambda receive, limit: asyncio.sleep(60))
    monkeypatch.setattr("tocsin.web.bodies.read_body.__defaults__", (0.01,))
    app = doors(house)
    answer = knock(app, "POST", "/ingest/alertmanager", b"x", {"authorization": f"Bearer {token}"})
    assert answer.status == 408


class FullDisk:
    """The house's store, with no room for bodies."""

    def __init__(self, store) -> None:
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def keep(self, body: NewBody) -> Future[int]:
        future: Future[int] = Future()
        future.set_exception(Unavailable("database or disk is full: /var/lib/tocsin"))
        return future


def test_503_means_that_it_was_not_kept(house, post, token):
    house.store = FullDisk(house.store)
    answer = post(body("node-firing.json"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert b"/var/lib" not in answer.body


def test_a_writer_that_never_answers_is_503_in_time(house, token, monkeypatch):
    monkeypatch.setattr("tocsin.web.intake.KEEP_WITHIN", 0.05)
    never: Future[int] = Future()

    class Stuck(FullDisk):
        def keep(self, body: NewBody) -> Future[int]:
            return never

    house.store = Stuck(house.store)
    app = doors(house)
    answer = knock(app, "POST", "/ingest/alertmanager", body("node-firing.json"), {"authorization": f"Bearer {token}"})
    assert answer.status == 503
    assert not never.cancelled()  # what the writer may still do is not taken from under it


def test_many_at_once_are_all_kept(house, app, token):
    raw = body("node-firing.json")
    wears = {"authorization": f"Bearer {token}"}

    async def all_at_once():
        return await asyncio.gather(*(knocking(app, "POST", "/ingest/alertmanager", raw, wears) for _ in range(300)))

    answers = asyncio.run(all_at_once())
    assert sorted(answer.json["id"] for answer in answers) == list(range(1, 301))
    assert house.store.backlog() == 300


def test_bodies_are_counted_by_source_and_verdict(app, post):
    post(body("group-of-two.json"))
    post(b"hello")
    post(b"", authorization="Bearer no")
    text = knock(app, "GET", "/metrics").body.decode()
    assert 'tocsin_bodies_total{source="prod",verdict="kept"} 1.0' in text
    assert 'tocsin_bodies_total{source="prod",verdict="unreadable"} 1.0' in text
    assert 'tocsin_bodies_total{source="",verdict="unauthorized"} 1.0' in text
    assert 'tocsin_alerts_total{source="prod",verdict="read"} 2.0' in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(raw=st.binary(max_size=300), authorization=st.text(st.characters(max_codepoint=255), max_size=60))
def test_nothing_that_is_sent_is_a_500(app, token, raw, authorization):
    for wears in ({"authorization": authorization}, {"authorization": f"Bearer {token}"}):
        assert knock(app, "POST", "/ingest/alertmanager", raw, wears).status in {202, 401, 422}


def test_a_reader_that_is_slow_on_a_large_body_does_not_hold_up_the_others(house, token):
    def slow(raw: bytes, source: str = ""):
        raise Unreadable(f"read in {asyncio_is_running()}")

    def asyncio_is_running() -> str:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return "a thread"
        return "the event loop"

    intake = Intake(house, Meters(), {"alertmanager": slow})
    app = Starlette(routes=[Route("/ingest/{kind}", intake)])
    wears = {"authorization": f"Bearer {token}"}
    large = knock(app, "POST", "/ingest/alertmanager", b" " * 300_000, wears)
    small = knock(app, "POST", "/ingest/alertmanager", b" ", wears)
    assert "a thread" in large.json["message"]
    assert "the event loop" in small.json["message"]


def test_a_refusal_that_cannot_be_noted_is_503_so_that_it_is_not_lost(house, post, monkeypatch):
    def stuck(*_):
        raise TimeoutError

    monkeypatch.setattr(house, "refuse_body", stuck)
    assert post(b"hello").status == 503
