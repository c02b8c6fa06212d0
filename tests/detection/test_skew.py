"""A sender whose clock is ahead is marked, and nothing of what it says is changed."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.story import NIGHT, alert
from tocsin.detection.skew import marked


@pytest.mark.parametrize(
    ("ahead", "mark"),
    [
        (timedelta(minutes=-90), None),
        (timedelta(seconds=30), None),
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(days=400), timedelta(days=400)),
    ],
)
def test_a_start_in_our_future_is_marked(ahead, mark):
    told = alert("RedisDown", NIGHT + ahead)
    seen = marked(told, NIGHT)
    assert (seen.ahead_for, seen.episode) == (mark, told.episode)


def test_an_end_in_our_future_is_marked_too():
    over = replace(alert("RedisDown", NIGHT), status="cleared", ends_at=NIGHT + timedelta(minutes=10))
    assert marked(over, NIGHT).ahead_for == timedelta(minutes=10)


def test_the_expected_end_of_what_still_fires_is_no_sign():
    firing = replace(alert("RedisDown", NIGHT), ends_at=NIGHT + timedelta(minutes=10))
    assert marked(firing, NIGHT).ahead_for is None
