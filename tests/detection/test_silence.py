"""A sender that never says "over": silence says it. And an end that is no recovery."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.story import DAY, Story, alert
from tocsin.incident import commands as c
from tocsin.incident.events import AlertsCleared, AlertsJoined, EndUnproved

MINUTE = timedelta(minutes=1)
USUAL = timedelta(minutes=15)


def wazuh(story: Story, **more):
    return replace(alert("Wazuh 5712", story.now, source="wazuh", rule_id="5712"), endless=True, **more)


def test_an_attack_that_is_not_heard_of_again_is_over(procedure):
    story = Story(procedure, at=DAY)
    story.receives(wazuh(story))
    story.passes(USUAL - MINUTE)
    assert len(story.incident().firing) == 1
    story.passes(MINUTE)
    assert story.incident().firing == ()
    (over,) = [event for event in story.timeline() if isinstance(event, AlertsCleared)]
    assert over.silent
    story.check_properties()


def test_each_repetition_begins_the_silence_anew_and_few_of_them_are_lines(procedure):
    story = Story(procedure, at=DAY)
    for _ in range(600):
        story.receives(wazuh(story))
        story.passes(timedelta(seconds=6))
    assert len(story.incidents) == 1
    assert len(story.incident().firing) == 1
    assert sum(isinstance(event, AlertsJoined) for event in story.timeline()) <= 60 * MINUTE / (USUAL / 4)
    story.passes(USUAL)
    assert story.incident().firing == ()


def test_the_senders_own_time_counts_before_ours(procedure):
    story = Story(procedure, at=DAY)
    ban = wazuh(story, quiet_after=timedelta(hours=4))
    story.receives(ban)
    story.passes(timedelta(hours=3, minutes=59))
    assert len(story.incident().firing) == 1
    story.passes(MINUTE)
    assert story.incident().firing == ()


def test_an_event_sent_again_from_the_backlog_begins_nothing_anew(procedure):
    story = Story(procedure, at=DAY)
    first = wazuh(story)
    story.receives(first)
    second = replace(first, starts_at=story.now + timedelta(seconds=10))
    story.receives(second)
    story.passes(USUAL)
    story.receives(second)
    assert story.incident().firing == ()
    story.passes(MINUTE)
    story.receives(wazuh(story))
    assert len(story.incident().firing) == 1


def test_an_end_without_a_recovery_is_told_once_and_ends_nothing(procedure):
    """Somebody edited the rule; nothing got better."""
    story = Story(procedure, at=DAY)
    story.fires("DiskFull", severity="critical")
    (held,) = story.incident().alerts
    edited = replace(held, status="cleared", ends_at=story.now, doubt="Updated")
    story.receives(edited)
    story.receives(edited)
    assert len(story.incident().firing) == 1
    assert [event.why for event in story.timeline() if isinstance(event, EndUnproved)] == ["Updated"]
    story.check_properties()
    story.receives(replace(held, status="cleared", ends_at=story.now))
    assert story.incident().firing == ()


def test_an_end_without_a_recovery_that_nobody_holds_opens_nothing(procedure):
    story = Story(procedure, at=DAY)
    told = replace(alert("DiskFull", DAY), status="cleared", doubt="RuleDeleted")
    story.ask(c.ReceiveAlerts(source="grafana", alerts=(told,), received_at=story.now))
    assert story.incidents == {}


def test_a_sender_that_knows_what_belongs_together_says_so(procedure):
    story = Story(procedure, at=DAY)
    story.receives(
        replace(alert("A", DAY, host="a"), group="matter"),
        replace(alert("B", DAY, host="b"), group="matter"),
        alert("B", DAY, host="c"),
    )
    assert sorted(len(incident.alerts) for incident in story.incidents.values()) == [1, 2]
