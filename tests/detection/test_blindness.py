"""A recovery of everything while nobody watches is no recovery."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.story import NIGHT, Story
from tocsin.detection.blindness import REEXAMINED_AFTER
from tocsin.incident import commands as c
from tocsin.incident.events import AlertsCleared, ClearingDoubted, Resolved

MINUTE = timedelta(minutes=1)


def goes_blind(story: Story) -> None:
    """The heartbeat was last heard now; three minutes later that is known."""
    last = story.now
    story.passes(3 * MINUTE)
    story.world = replace(story.world, blind_since=last)
    look(story)


def sees_again(story: Story) -> None:
    story.world = replace(story.world, blind_since=None, sighted_at=story.now)
    look(story)


def look(story: Story) -> None:
    for number, incident in story.incidents.items():
        if incident.is_open:
            story.ask(c.Look(incident=number))


def test_what_all_clears_while_blind_goes_on_firing(procedure):
    story = Story(procedure)
    for name in ("RedisHitRatioLow", "DiskUsageHigh"):
        story.fires(name)
    goes_blind(story)
    story.clears("RedisHitRatioLow")
    story.clears("DiskUsageHigh")
    story.passes(timedelta(hours=2))
    for incident in story.incidents.values():
        assert incident.is_open
        assert len(incident.firing) == len(incident.doubted) == 1
    assert not any(isinstance(event, Resolved) for number in story.incidents for event in story.timeline(number))


def test_what_cleared_after_the_last_beat_is_doubted_with_hindsight(procedure):
    """Alertmanager lets everything go at the same moment as the Watchdog; that it was silent is known minutes later."""
    story = Story(procedure)
    story.fires("RedisHitRatioLow")
    last = story.now
    story.passes(MINUTE)
    story.clears("RedisHitRatioLow")
    assert story.incident().firing == ()
    story.passes(2 * MINUTE)
    story.world = replace(story.world, blind_since=last)
    look(story)
    (doubted,) = [event for event in story.timeline() if isinstance(event, ClearingDoubted)]
    assert doubted.silent_since == NIGHT
    assert len(story.incident().firing) == 1


def test_what_cleared_before_the_last_beat_is_believed(procedure):
    story = Story(procedure)
    story.fires("RedisHitRatioLow")
    story.clears("RedisHitRatioLow")
    story.passes(MINUTE)
    goes_blind(story)
    story.passes(timedelta(minutes=10))
    assert story.incident().status == "resolved"


def test_once_we_see_again_what_does_not_come_back_is_over(procedure):
    story = Story(procedure)
    story.fires("RedisHitRatioLow")
    goes_blind(story)
    story.clears("RedisHitRatioLow")
    sees_again(story)
    story.passes(REEXAMINED_AFTER - MINUTE)
    assert len(story.incident().firing) == 1
    story.passes(MINUTE)
    assert (story.incident().firing, story.incident().doubted) == ((), ())
    story.passes(timedelta(minutes=10))
    assert story.incident().status == "resolved"


def test_what_fires_again_is_no_longer_in_doubt(procedure):
    story = Story(procedure)
    story.fires("RedisHitRatioLow")
    goes_blind(story)
    story.clears("RedisHitRatioLow")
    sees_again(story)
    story.passes(MINUTE)
    story.fires("RedisHitRatioLow")
    assert story.incident().doubted == ()
    story.passes(timedelta(minutes=20))
    assert len(story.incident().firing) == 1
    assert not any(isinstance(event, AlertsCleared) and event.at > NIGHT + 4 * MINUTE for event in story.timeline())


def test_a_person_may_still_say_that_it_is_over(procedure):
    story = Story(procedure)
    story.fires("RedisHitRatioLow")
    goes_blind(story)
    story.clears("RedisHitRatioLow")
    story.ask(c.Resolve(incident=1, by="Alice"))
    assert story.incident().status == "resolved"
