"""The night's stories, told with the team's own procedure: who is called, when, and because of which line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.story import DAY, Story, deaf
from tocsin.incident import commands as c
from tocsin.incident import events as e
from tocsin.incident.refused import Refused

MINUTE = timedelta(minutes=1)


def test_nobody_answers_the_night_call(procedure):
    """A P1 climbs: the admin at once, again after 3 minutes, the second after 5, everyone after 10, then every 5."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-1")

    assert story.incident().priority == "P1"
    assert story.incident().scenario == "node-1-down-control-plane"
    story.passes(16 * MINUTE)

    assert [(at, who) for at, who, channel in story.pages() if channel == "email"] == [
        ("02:00", "admin-infra"),
        ("02:03", "admin-infra"),
        ("02:05", "admin-infra"),  # the security lead is not in the office: the second is the only one again
        ("02:10", "admin-infra"),
        ("02:15", "admin-infra"),  # the climb goes on …
        ("02:15", "admin-infra"),  # … and the response time is over
    ]
    assert story.incident().breached_at is not None
    story.check_properties()


def test_acknowledging_stops_the_climb(procedure):
    """An incident that somebody has taken is nobody else's alarm."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-1")
    story.passes(4 * MINUTE)
    story.ask(c.Acknowledge(incident=1, by="Alice", via="link"))
    called = story.pages()

    story.passes(14 * MINUTE)

    assert story.pages() == called
    assert story.incident().status == "acknowledged"
    assert story.incident().breached_at is None
    with pytest.raises(Refused) as refused:
        story.ask(c.Acknowledge(incident=1, by="Bob"))
    assert refused.value.code == "already_acknowledged"
    story.check_properties()


def test_a_p2_at_night_reaches_nobody_and_calls_the_infra_admin_with_the_reason(procedure):
    """The contacts promise 24/7 for P1 only: the timeline says so, and somebody is called all the same."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")

    assert story.incident().priority == "P2"
    nobody = [event for event in story.timeline() if isinstance(event, e.NobodyReachable)]
    paged = [event for event in story.timeline() if isinstance(event, e.PageRequested)]
    assert [event.why for event in nobody] == ["nobody_available"]
    assert {(event.contact, event.fallback) for event in paged} == {("admin-infra", "nobody_available")}
    story.check_properties()


def test_a_p2_in_office_hours_climbs_to_the_second_contact(procedure):
    """By day both can be called: the second after 10 minutes, everyone after 20."""
    story = Story(procedure, at=DAY)
    story.fires("KubeNodeNotReady", node="node-2")
    story.passes(21 * MINUTE)

    assert [(at, who) for at, who, channel in story.pages() if channel == "email"] == [
        ("10:00", "admin-infra"),
        ("10:05", "admin-infra"),
        ("10:10", "responsable-securite"),
        ("10:20", "admin-infra"),
        ("10:20", "responsable-securite"),
    ]
    story.check_properties()


def test_a_public_holiday_has_no_office_hours(procedure):
    """The 11th of November is a Wednesday, and nobody is in the office."""
    story = Story(procedure, at=datetime(2026, 11, 11, 10, 0, tzinfo=UTC))
    story.world = type(story.world)(
        procedure=procedure,
        duty=type(story.world.duty)(
            reach=dict(story.world.duty.reach), holidays=frozenset({datetime(2026, 11, 11, tzinfo=UTC).date()})
        ),
    )
    story.fires("KubeNodeNotReady", node="node-2")

    assert "NobodyReachable" in story.kinds()
    story.check_properties()


def test_a_page_that_does_not_arrive_moves_the_climb_at_once(procedure):
    """A refused mail does not wait three minutes for the next rung."""
    story = Story(procedure, hands=deaf)
    story.fires("KubeNodeNotReady", node="node-1")

    rungs = [
        event.rung for event in story.timeline() if isinstance(event, e.PageRequested) and event.channel == "email"
    ]
    assert rungs == [0, 1, 2, 3]
    story.passes(2 * MINUTE)
    later = [
        event.rung for event in story.timeline() if isinstance(event, e.PageRequested) and event.channel == "email"
    ]
    assert later == [0, 1, 2, 3, 4, 5, 6, 7], "every half minute, for ever"
    story.check_properties()


def test_after_an_outage_of_tocsin_only_the_highest_rung_is_climbed(procedure):
    """Nobody gets five calls for one incident at once."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-1")
    story.now += timedelta(minutes=12)  # tocsin was down: no clock rang
    story.ask(c.Look(incident=1))

    rungs = [
        event.rung for event in story.timeline() if isinstance(event, e.PageRequested) and event.channel == "email"
    ]
    assert rungs == [0, 3]


def test_raising_calls_again_and_never_gives_more_time(procedure):
    """A P3 that becomes a P1 pages at once; its deadline is the earlier of both."""
    story = Story(procedure, at=DAY)
    story.fires("KubePodCrashLooping", namespace="paie", pod="web-1")
    assert story.incident().priority == "P3"
    assert story.pages() == []
    story.ask(c.Acknowledge(incident=1, by="Alice"))
    story.passes(30 * MINUTE)

    story.ask(c.ChangePriority(incident=1, by="Alice", priority="P1", reason="plus personne ne peut payer"))

    assert story.incident().respond_by == DAY + timedelta(minutes=45)
    assert story.pages()[0][0] == "10:30"
    story.check_properties()


def test_a_lowered_priority_is_not_raised_again_by_the_same_alerts(procedure):
    """A person's word stands until something worse comes."""
    story = Story(procedure, at=DAY)
    story.fires("KubeNodeNotReady", node="node-2")
    story.ask(c.ChangePriority(incident=1, by="Alice", priority="P3", reason="nœud de secours"))
    story.fires("KubeNodeUnreachable", node="node-2")

    assert story.incident().priority == "P3"
    assert len(story.incident().alerts) == 2


def test_a_p3_resolves_by_itself_after_the_quiet_hold(procedure):
    """Five quiet minutes, not one flap."""
    story = Story(procedure, at=DAY)
    story.fires("KubePodCrashLooping", namespace="paie", pod="web-1")
    story.passes(MINUTE)
    story.clears("KubePodCrashLooping")
    story.passes(3 * MINUTE)
    story.fires("KubePodCrashLooping", namespace="paie", pod="web-1")
    story.passes(4 * MINUTE)
    assert story.incident().is_open
    story.clears("KubePodCrashLooping")
    story.passes(5 * MINUTE)

    assert story.incident().status == "resolved"
    assert len(story.incidents) == 1
    story.check_properties()


def test_a_p1_that_is_quiet_asks_a_person(procedure):
    """It never resolves by itself: a notice asks, a person answers, and the post-mortem is required."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-1")
    story.ask(c.Acknowledge(incident=1, by="Alice"))
    story.clears("KubeNodeNotReady")
    story.passes(timedelta(hours=1))

    assert story.incident().status == "acknowledged"
    assert [p.reason for p in story.incident().pages if p.kind == "notice"] == ["cleared"]
    story.ask(c.Resolve(incident=1, by="Alice"))
    with pytest.raises(Refused) as refused:
        story.ask(c.Close(incident=1, by="Alice"))
    assert refused.value.code == "postmortem_missing"
    assert story.incident().postmortem_required is not None
    story.ask(c.SavePostmortem(incident=1, by="Alice", blob="0" * 64))
    story.ask(c.Close(incident=1, by="Alice"))
    assert story.incident().status == "closed"
    story.check_properties()


def test_an_unknown_alert_is_never_dropped(procedure):
    """P2 when its source calls it critical, else P3; marked as not classified."""
    story = Story(procedure)
    story.fires("FluxCapacitorLow", severity="critical")
    story.fires("FlagonEmpty", severity="info")

    assert [(i.priority, i.classified) for i in story.incidents.values()] == [("P2", False), ("P3", False)]
    story.check_properties()


def test_a_person_reports_that_everything_is_down(procedure):
    """The tick makes a P1; the same words without it do not."""
    story = Story(procedure)
    story.ask(c.Report(by="Zoé", text="plus rien ne marche", everything_down=True))
    story.ask(c.Report(by="Zoé", text="le bouton est vert"))
    story.ask(c.Report(by="Zoé", text="le node 2 est down je crois"))

    assert [i.priority for i in story.incidents.values()] == ["P1", "P3", "P3"]
    assert story.pages(1)
    assert not story.pages(2)
    assert not story.pages(3)
    story.check_properties()


def test_a_report_calls_once_a_probe_agrees(procedure):
    """A person's word begins a triage; an alert about the same thing, in another incident, makes it a call."""
    story = Story(procedure)
    story.ask(c.Report(by="Zoé", text="le node 2 est down je crois"))
    story.fires("KubePodCrashLooping", namespace="boutique", pod="web-1")
    assert (story.incident(1).priority, story.pages(1)) == ("P3", [])

    story.fires("KubeNodeNotReady", node="node-2")
    assert (story.incident(1).priority, story.incident(1).backed_by) == ("P2", 3)
    assert story.pages(1)


def test_a_report_of_what_a_probe_sees_already_calls_at_once(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.ask(c.Report(by="Zoé", text="le nœud 2 ne répond plus"))
    assert story.incident(2).priority == "P2"
    assert story.kinds(2)[:2] == ["IncidentOpened", "ReportBacked"]
    assert story.pages(2)
    story.check_properties()


def test_a_probe_that_is_quiet_again_agrees_with_nobody(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.clears("KubeNodeNotReady")
    story.ask(c.Report(by="Zoé", text="le nœud 2 ne répond plus"))
    assert story.incident(2).priority == "P3"


def test_duplicates_change_nothing(procedure):
    """The same body again and again is one incident and not one line more."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    first = story.incident().alerts[0]
    lines = story.timeline()
    for _ in range(3):
        story.receives(first)

    assert story.timeline() == lines


def test_an_alert_that_came_and_went_in_one_batch_is_told(procedure):
    """Nothing that was accepted is lost, also when its end came before anybody looked."""
    story = Story(procedure, at=DAY)
    story.fires("KubeNodeNotReady", node="node-2")
    fired = story.incident().alerts[0]
    other = type(story)(procedure, at=DAY)
    over = type(fired)(**{**{f: getattr(fired, f) for f in fired.__struct_fields__}, "status": "cleared"})
    other.receives(fired, over)

    assert other.kinds()[0] == "IncidentOpened"
    assert "AlertsCleared" in other.kinds()
    other.check_properties()


def test_a_p1_whose_holder_goes_silent_is_asked_again(procedure):
    """A quarter of an hour without a line by a person: still on it? A note is enough; a quiet P1 is left alone."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-1")
    story.ask(c.Acknowledge(incident=1, by="Alice"))
    story.passes(31 * MINUTE)
    asked = [
        f"{p.requested_at:%H:%M}" for p in story.incident().pages if p.reason == "silence" and p.channel == "email"
    ]
    assert asked == ["02:15", "02:30"]
    story.ask(c.AddNote(incident=1, by="Alice", text="j'attends le redémarrage"))
    story.passes(14 * MINUTE)
    story.clears("KubeNodeNotReady")
    story.passes(timedelta(hours=2))
    assert len([p for p in story.incident().pages if p.reason == "silence"]) == 4
    story.check_properties()


def test_a_p2_that_somebody_took_is_left_in_peace(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.ask(c.Acknowledge(incident=1, by="Alice"))
    called = story.pages()
    story.passes(timedelta(hours=8))
    assert story.pages() == called
