"""The page of maintenance: what calls nobody and until when, how to plan and end it, and what must keep beating."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from msgspec.structs import replace

from tests.web.stage import NIGHT, submit
from tocsin.detection.heartbeats import Sender
from tocsin.edge.store.contract import NewBody
from tocsin.incident.events import REAL, HeartbeatExpected, HeartbeatMissing, MaintenanceEnded
from tocsin.loops import maintenance
from tocsin.loops.reader import Reader
from tocsin.procedure.matchers import matchers_in
from tocsin.procedure.model import MaintenanceRule
from tocsin.procedure.source import Source

HOUR = timedelta(hours=1)
REDIS = 'alertname=~"Redis.*"'
FORM = {"title": "Redis 8", "matchers": REDIS, "begins": "", "ends": "", "lasts": "2 h"}


def said(page: str) -> str:
    """What a reader sees of it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])).split())


def planned(stage, title: str = "Redis 8", **times: datetime) -> str:
    ends = times.get("ends", stage.clock.now() + HOUR)
    begins = times.get("begins")
    return maintenance.plan(stage.house, title=title, begins=begins, ends=ends, matchers=REDIS, by="Bob <b>").window_id


def beats(stage, name: str = "Watchdog") -> None:
    """A heartbeat of prod was heard now and is expected."""
    now = stage.clock.now()
    body = NewBody(
        source="prod",
        kind="heartbeat",
        world_id=REAL,
        received_at=now,
        digest="d",
        content=name.encode(),
        alerts=0,
    )
    stage.house.store.keep(body).result(10)
    Reader(stage.house, "test").turn()
    stage.house.note("house/watch", [HeartbeatExpected(at=now, name=name, source="prod")])


def test_it_is_one_link_away_from_every_page(alice) -> None:
    assert '<a href="/maintenance"' in alice.get("/").text


def test_without_any_it_says_so_and_warns_that_nothing_beats(alice) -> None:
    shown = said(alice.get("/maintenance").text)
    assert "Nothing is planned." in shown
    assert "No heartbeat is expected: if monitoring dies, nobody is told." in shown


def test_a_window_shows_its_scope_who_planned_it_and_its_times_here(alice, stage) -> None:
    planned(stage, begins=NIGHT + HOUR, ends=NIGHT + 2 * HOUR)
    page = alice.get("/maintenance").text
    shown = said(page)
    assert "Redis 8 ○ planned From 04:00 (03:00 UTC) · in 1" in shown
    assert f"Covers {REDIS}" in shown
    assert "Planned by Bob <b>" in shown
    assert "Bob <b>" not in page


def test_one_that_runs_counts_the_alerts_that_call_nobody_because_of_it(alice, stage) -> None:
    planned(stage)
    stage.fires("RedisDown")
    stage.fires("SomethingElse", node="node-9")
    assert "Redis 8 ● running · 1 active alert covered" in said(alice.get("/maintenance").text)


def test_the_last_five_that_are_over_stay_to_be_seen(alice, stage) -> None:
    for number in range(7):
        planned(stage, f"Work {number}", ends=NIGHT + (number + 1) * HOUR)
    stage.clock.passes(hours=9)
    shown = said(alice.get("/maintenance").text)
    assert re.findall(r"Work \d", shown) == ["Work 6", "Work 5", "Work 4", "Work 3", "Work 2"]
    assert "End it now" not in shown


def test_alice_plans_one_for_two_hours_from_now(alice, stage) -> None:
    answer = submit(alice, "/maintenance", "/maintenance", **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/maintenance")
    (window,) = stage.house.windows()
    assert (window.title, window.begins, window.ends) == ("Redis 8", NIGHT, NIGHT + 2 * HOUR)
    assert (window.matchers, window.because.person) == (matchers_in(REDIS), "Alice")


def test_the_times_that_are_told_are_local(alice, stage) -> None:
    told = {**FORM, "begins": "2026-11-24T22:00", "ends": "2026-11-24T23:30", "lasts": ""}
    submit(alice, "/maintenance", "/maintenance", **told)
    (window,) = stage.house.windows()
    assert window.begins == datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    assert window.ends == datetime(2026, 11, 24, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"title": " "}, 409, "A title is needed."),
        ({"matchers": "all of <it>"}, 409, "These are no matchers as Alertmanager writes them: all of <it>"),
        ({"matchers": ""}, 409, "These are no matchers"),
        ({"lasts": "8 days"}, 409, "at most: it always ends."),
        ({"lasts": "", "ends": "2026-11-23T12:00"}, 409, "The maintenance ends before it begins."),
        ({"lasts": ""}, 422, "Say when it ends, or how long it lasts: one of the two."),
        ({"ends": "2026-11-24T12:00"}, 422, "Say when it ends, or how long it lasts: one of the two."),
        ({"lasts": "a while"}, 422, "How long is not understood"),
        ({"begins": "tomorrow"}, 422, "The time is not understood."),
        ({"begins": "0001-01-01T00:00"}, 422, "The time is not understood."),
        ({"begins": "9999-12-31T23:00"}, 422, "The time is not understood."),
        ({"title": "x" * 201}, 422, "That is too long."),
        ({"matchers": "a=" + "b" * 2000}, 422, "That is too long."),
    ],
)
def test_what_cannot_be_planned_is_given_back_with_its_reason(alice, stage, changed, status, sentence) -> None:
    sent = {**FORM, **changed}
    answer = submit(alice, "/maintenance", "/maintenance", **sent)
    assert (answer.status_code, sentence in said(answer.text)) == (status, True), said(answer.text)
    assert "<it>" not in answer.text
    for typed in sent.values():
        assert typed.strip() in unescape(answer.text)
    assert stage.house.windows() == ()


def test_alice_ends_one_now(alice, stage) -> None:
    number = planned(stage)
    stage.clock.passes(minutes=5)
    answer = submit(alice, "/maintenance", f"/maintenance/windows/{number}/end")
    assert answer.headers["location"] == "/maintenance"
    (window,) = stage.house.windows()
    assert window.ends == stage.clock.now()
    last = list(stage.house.store.load(maintenance.STREAM))[-1].event
    assert isinstance(last, MaintenanceEnded)
    assert last.because.person == "Alice"


def test_one_that_is_over_or_never_was_is_not_ended(alice, stage) -> None:
    number = planned(stage)
    stage.clock.passes(hours=2)
    over = submit(alice, "/maintenance", f"/maintenance/windows/{number}/end")
    assert (over.status_code, "This maintenance is over already." in over.text) == (409, True)
    never = submit(alice, "/maintenance", "/maintenance/windows/99/end")
    assert (never.status_code, "There is no maintenance 99." in never.text) == (409, True)


def test_one_of_the_procedure_names_its_line_and_has_no_button(alice, stage) -> None:
    rule = MaintenanceRule(
        title="Monthly",
        begins=NIGHT - HOUR,
        ends=NIGHT + HOUR,
        matchers=matchers_in(REDIS) or (),
        source=Source("incidents.md", 40, 1),
    )
    stage.house._procedure = replace(stage.house.procedure(), maintenance=(rule,))
    shown = said(alice.get("/maintenance").text)
    assert "Monthly ● running" in shown
    assert "Planned by incidents.md:40" in shown
    assert "End it now" not in shown


def test_a_heartbeat_shows_its_last_beat_and_how_old_it_is(alice, stage) -> None:
    beats(stage)
    stage.clock.passes(minutes=2)
    assert "Watchdog prod ✓ expected · last beat 03:00 (02:00 UTC) · 2" in said(alice.get("/maintenance").text)


def test_one_that_is_missing_says_so_by_word_and_sign(alice, stage) -> None:
    beats(stage)
    stage.clock.passes(minutes=4)
    stage.house.note(
        "house/watch", [HeartbeatMissing(at=stage.clock.now(), name="Watchdog", source="prod", last_at=NIGHT)]
    )
    assert "Watchdog prod ✗ missing · last beat 03:00" in said(alice.get("/maintenance").text)
    assert '<a href="/maintenance#heartbeats">' in alice.get("/").text, "the banner leads here"


def test_alice_forgets_one(alice, stage) -> None:
    beats(stage, "a/<b>")
    page = alice.get("/maintenance").text
    assert "<b>" not in re.sub(r"<b><bdi>", "", page.split('id="heartbeats"')[1])
    answer = submit(alice, "/maintenance", "/maintenance/heartbeats/removal", source="prod", name="a/<b>")
    assert answer.headers["location"] == "/maintenance#heartbeats"
    assert Sender("prod", "a/<b>") not in stage.house.sight.pulses().expected
    again = submit(alice, "/maintenance", "/maintenance/heartbeats/removal", source="prod", name="a/<b>")
    assert (again.status_code, "No heartbeat a/&lt;b&gt; is expected." in again.text) == (409, True)


@pytest.mark.parametrize("path", ["", "/windows/1/end", "/heartbeats/removal"])
def test_a_form_that_did_not_come_from_here_changes_nothing(alice, stage, path) -> None:
    planned(stage)
    beats(stage)
    before = (stage.house.windows(), stage.house.sight.pulses())
    sent = {**FORM, "source": "prod", "name": "Watchdog", "token": "0" * 64}
    assert alice.post(f"/maintenance{path}", data=sent).status_code == 403
    assert (stage.house.windows(), stage.house.sight.pulses()) == before


def test_it_speaks_french(alice, stage) -> None:
    planned(stage)
    shown = said(alice.get("/maintenance?lang=fr").text)
    assert "en cours · 0 alerte active couverte" in shown
    assert "Prévoir une maintenance" in shown
