"""People merge incidents, split them and move alerts."""

from __future__ import annotations

import pytest

from tests.story import Story
from tocsin.incident import commands as c
from tocsin.incident.refused import Refused


@pytest.fixture
def story(procedure) -> Story:
    """Two incidents: 1 with two alerts of one workload, 2 with one of another."""
    story = Story(procedure)
    story.fires("QueueStuck", service="mail", queue="a")
    story.fires("QueueStuck", service="mail", queue="b")
    story.fires("CacheCold", service="shop")
    return story


def _names(story: Story, number: int) -> list[str]:
    return [alert.name for alert in story.incident(number).alerts]


def _prints(story: Story, number: int) -> list[str]:
    return [alert.fingerprint for alert in story.incident(number).alerts]


def test_a_merged_incident_is_over_and_its_alerts_are_the_others(story):
    story.ask(c.Merge(incident=2, by="Alice", into=1, reason="same queue"))
    assert story.incident(2).status == "merged"
    assert story.incident(2).merged_into == 1
    assert _names(story, 1) == ["QueueStuck", "QueueStuck", "CacheCold"]
    assert story.incident(1).held.held()[2].tie == ("merged", "2")
    story.check_properties()


def test_nobody_is_called_for_what_was_merged(story):
    story.ask(c.Merge(incident=2, by="Alice", into=1))
    called = len(story.incident(2).pages)
    story.until("08:00")
    assert len(story.incident(2).pages) == called


def test_what_ends_after_a_merge_ends_in_the_incident_that_has_it(story):
    story.ask(c.Merge(incident=2, by="Alice", into=1))
    story.clears("CacheCold")
    assert story.incident(1).held.firing == 2
    assert len(story.incidents) == 2


def test_alerts_move_to_another_incident_with_the_reason(story):
    first = _prints(story, 1)[0]
    story.ask(c.MoveAlerts(incident=1, by="Alice", alerts=(first,), to=2, reason="it is the shop's"))
    assert _names(story, 1) == ["QueueStuck"]
    assert _names(story, 2) == ["CacheCold", "QueueStuck"]
    assert story.timeline(1)[-1].note == "it is the shop's"
    story.check_properties()


def test_alerts_that_belong_nowhere_get_an_incident_of_their_own(story):
    story.ask(c.MoveAlerts(incident=1, by="Alice", alerts=(_prints(story, 1)[1],)))
    assert _names(story, 3) == ["QueueStuck"]
    assert story.incident(3).held.held()[0].tie == ("split", "1")
    assert story.incident(3).priority == "P3"
    story.check_properties()


def test_an_alert_goes_on_where_a_person_put_it(story):
    """Its next episode joins the incident that holds it, not the one that its name would lead to."""
    moved = story.incident(1).alerts[0]
    story.ask(c.MoveAlerts(incident=1, by="Alice", alerts=(moved.fingerprint,), to=2))
    story.fires("QueueStuck", service="mail", queue="c")
    assert len(_names(story, 1)) == 2
    assert len(_names(story, 2)) == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Merge(incident=1, by="Alice", into=1), "same_incident"),
        (c.Merge(incident=1, by="Alice", into=9), "other_not_open"),
        (c.MoveAlerts(incident=1, by="Alice", alerts=("nothing",), to=2), "no_such_alerts"),
    ],
    ids=["into itself", "into none", "an alert that it does not hold"],
)
def test_what_makes_no_sense_is_refused(story, command, code):
    with pytest.raises(Refused) as refused:
        story.ask(command)
    assert refused.value.code == code


def test_the_last_alert_does_not_leave(story):
    with pytest.raises(Refused) as refused:
        story.ask(c.MoveAlerts(incident=2, by="Alice", alerts=tuple(_prints(story, 2)), to=1))
    assert refused.value.code == "nothing_left"


def test_an_incident_that_is_over_takes_nothing_and_gives_nothing(story):
    story.ask(c.Resolve(incident=2, by="Alice"))
    for command, code in (
        (c.Merge(incident=1, by="Alice", into=2), "other_not_open"),
        (c.Merge(incident=2, by="Alice", into=1), "not_open"),
    ):
        with pytest.raises(Refused) as refused:
            story.ask(command)
        assert refused.value.code == code


def test_a_drill_never_merges_with_the_real_thing(story):
    told = story.incident(2).alerts
    story.ask(c.ReceiveAlerts(source="alertmanager", alerts=told, received_at=story.now, world_id="practice/1"))
    with pytest.raises(Refused) as refused:
        story.ask(c.Merge(incident=3, by="Alice", into=1))
    assert refused.value.code == "other_world"
