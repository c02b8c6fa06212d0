"""An instant as a person at night reads it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.web.instants import Instants
from tocsin.web.words import Words

NOW = datetime(2026, 11, 24, 2, 6, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def shown(language: str = "en") -> Instants:
    return Instants(Words(language), PARIS, NOW)


def test_today_is_told_by_its_hour_in_the_teams_zone() -> None:
    assert shown().local(datetime(2026, 11, 24, 2, 2, tzinfo=UTC)) == "03:02"
    assert shown().utc(datetime(2026, 11, 24, 2, 2, tzinfo=UTC)) == "02:02 UTC"


def test_another_day_is_named_as_the_language_writes_it() -> None:
    evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert shown("fr").local(evening) == "23/11/2026 23:30"
    assert shown("en").local(evening) == "2026-11-23 23:30"


def test_the_day_turns_at_midnight_where_the_team_lives() -> None:
    assert shown().local(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == "00:30"


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=4, seconds=59), "4 min"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_span_has_one_or_two_units(length: timedelta, told: str) -> None:
    assert shown().span(length).replace("\u00a0", " ") == told


def test_how_long_ago_and_how_long_left() -> None:
    french, english = shown("fr"), shown("en")
    assert french.ago(NOW - timedelta(minutes=4)) == "il y a 4\u00a0min"
    assert english.ago(NOW - timedelta(seconds=3)) == "just now"
    assert english.ago(NOW + timedelta(minutes=2)) == "in 2\u00a0min"
    assert french.left(NOW + timedelta(minutes=26)) == "reste 26\u00a0min"
    assert english.left(NOW - timedelta(minutes=4)) == "late by 4\u00a0min"


def test_a_machine_reads_utc() -> None:
    assert shown().machine(datetime(2026, 11, 24, 3, 2, tzinfo=PARIS)) == "2026-11-24T02:02:00Z"
