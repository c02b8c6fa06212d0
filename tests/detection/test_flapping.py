"""An alert that comes and goes."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.story import Story


def _cycles(story: Story, count: int, *, fires: timedelta, rests: timedelta) -> None:
    for _ in range(count):
        story.passes(fires)
        story.clears("KubeNodeNotReady")
        story.passes(rests)
        told = story.incident().alerts[0]
        story.receives(replace(told, status="firing", starts_at=story.now, ends_at=None))


def _unstable(procedure) -> Story:
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    _cycles(story, 3, fires=timedelta(minutes=1), rests=timedelta(minutes=1))
    return story


def test_three_ends_within_half_an_hour_make_one_unstable_incident_that_calls_nobody(procedure):
    story = _unstable(procedure)
    assert list(story.incidents) == [1]
    assert story.kinds().count("FlappingNoticed") == 1
    called = story.pages()
    story.passes(timedelta(minutes=20))
    assert [page for page in story.pages() if page not in called and page[0] < "02:30"] == []
    story.check_properties()


def test_two_ends_are_no_flapping(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    _cycles(story, 2, fires=timedelta(minutes=1), rests=timedelta(minutes=1))
    assert "FlappingNoticed" not in story.kinds()


def test_that_nobody_took_it_in_time_is_told_all_the_same(procedure):
    story = _unstable(procedure)
    story.passes(timedelta(hours=1))
    assert story.kinds().count("ResponseTimeBreached") == 1


def test_it_ends_only_after_twice_the_last_quiet(procedure):
    """A P2 asks whether it is over; here after eight minutes, not after the usual five."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    _cycles(story, 3, fires=timedelta(minutes=1), rests=timedelta(minutes=4))
    story.clears("KubeNodeNotReady")
    story.passes(timedelta(minutes=7))
    assert "ResolutionSuggested" not in story.kinds()
    story.passes(timedelta(minutes=2))
    assert story.kinds().count("ResolutionSuggested") == 1


def test_what_fires_for_half_an_hour_without_a_break_is_stable_and_calls_again(procedure):
    story = _unstable(procedure)
    story.passes(timedelta(minutes=31))
    assert story.kinds().count("FlappingEnded") == 1
    assert story.incident().climb == 1
    assert story.incident().unstable_since is None
    story.check_properties()
