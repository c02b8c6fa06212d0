"""How people write a span of time, and what is not one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tocsin.procedure.durations import span, spelled

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("< 15 min", 15 * MINUTE),
        ("< 2h", 2 * HOUR),
        ("<2H", 2 * HOUR),
        ("≤ 30 minutes", 30 * MINUTE),
        ("15 mn", 15 * MINUTE),
        ("24 heures", DAY),
        ("1 jour", DAY),
        ("2 days", 2 * DAY),
        ("1 h 30", 90 * MINUTE),
        ("2h30", 150 * MINUTE),
        ("1,5 h", 90 * MINUTE),
        ("1 semaine", 7 * DAY),
        ("moins de 45 min", 45 * MINUTE),
        ("within 4 hours", 4 * HOUR),
        ("90 s", 90 * timedelta(seconds=1)),
        ("15 min max.", 15 * MINUTE),
    ],
)
def test_a_span_as_people_write_it(written: str, length: timedelta) -> None:
    assert span(written) == length


@pytest.mark.parametrize(
    "written",
    [
        "",
        "15",
        "min",
        "15-30 min",
        "1 jour ouvré",
        "bientôt",
        "0 min",
        "99999 jours",
        "30 min 2 h",
        "-5 min",
        "15 min ?",
    ],
)
def test_what_is_no_span(written: str) -> None:
    assert span(written) is None


@pytest.mark.parametrize(
    ("length", "written"),
    [(15 * MINUTE, "15 min"), (2 * HOUR, "2 h"), (90 * MINUTE, "1 h 30 min"), (timedelta(seconds=20), "20 s")],
)
def test_a_span_is_spelled_the_short_way(length: timedelta, written: str) -> None:
    assert spelled(length) == written
    assert span(written) == length
