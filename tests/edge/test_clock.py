"""Clocks: UTC, aware, and as fast as they were told."""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tocsin.edge.clock import DatabaseClock, FastClock, SystemClock

START = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))


def test_the_system_clock_is_the_machines_in_utc():
    before, told, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before <= told <= after
    assert told.utcoffset() == timedelta()


def test_a_fast_clock_starts_where_it_was_told_and_runs_faster():
    clock = FastClock(1000, START)
    first = clock.now()
    time.sleep(0.02)
    assert first - START < timedelta(hours=1)
    assert clock.now() - first >= timedelta(seconds=20)
    assert clock.now().utcoffset() == timedelta()


async def _slept(clock, seconds):
    began = time.monotonic()
    await clock.sleep(seconds)
    return time.monotonic() - began


def test_to_sleep_an_hour_in_practice_takes_less_by_the_wall():
    clock = FastClock(36_000, START)
    before = clock.now()
    assert asyncio.run(_slept(clock, 3600)) >= 0.09
    assert clock.now() - before >= timedelta(minutes=59)


@pytest.mark.parametrize("clock", [SystemClock(), FastClock(2, START), DatabaseClock()])
def test_to_sleep_a_past_time_returns_at_once(clock):
    assert asyncio.run(_slept(clock, -10)) < 5


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_clock_that_would_not_run_forward_is_refused(speed):
    with pytest.raises(ValueError, match="forward"):
        FastClock(speed, START)


def test_the_database_clock_follows_the_database():
    clock = DatabaseClock()
    assert clock.follow(datetime.now(UTC) + timedelta(hours=1)) > timedelta(minutes=59)
    assert timedelta(minutes=59) < clock.now() - datetime.now(UTC) < timedelta(minutes=61)
    assert abs(clock.follow(datetime.now(UTC) + timedelta(hours=1))) < timedelta(seconds=5)
