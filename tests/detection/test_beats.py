"""Which heartbeats prove life: a recorded one sent again must not keep a dead sender alive."""

from datetime import UTC, datetime, timedelta

from tocsin.detection.beats import APART, believed
from tocsin.incident.beat import Beat, Heard

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def heard(after: timedelta = timedelta(), *, source: str = "prod", name: str = "Watchdog", **beat: object) -> Heard:
    return Heard(beat=Beat(source=source, name=name, **beat), received_at=NOON + after)


def test_the_first_beat_of_a_sender_is_life():
    assert believed([heard()], []) == [heard()]


def test_a_watchdog_repeats_itself_and_each_repetition_is_life():
    again = heard(MINUTE, since=NOON)
    assert believed([again], [heard(since=NOON)]) == [again]


def test_a_watchdog_from_before_the_last_start_is_a_recording():
    restarted = heard(since=NOON)
    assert believed([heard(MINUTE, since=NOON - MINUTE)], [restarted]) == []
    assert believed([heard(MINUTE, since=NOON + MINUTE)], [restarted])


def test_a_beat_with_its_instant_is_believed_once():
    beat = heard(sent_at=NOON)
    assert believed([heard(MINUTE, sent_at=NOON)], [beat]) == []
    assert believed([heard(MINUTE, sent_at=NOON - MINUTE)], [beat]) == []
    assert believed([heard(MINUTE, sent_at=NOON + MINUTE)], [beat])


def test_a_counter_grows():
    beat = heard(sequence=7)
    assert believed([heard(MINUTE, sequence=7)], [beat]) == []
    assert believed([heard(MINUTE, sequence=8)], [beat])


def test_an_instant_far_from_our_clock_is_not_believed_and_silences_nobody():
    """One beat from the year 2199 would else be newer than every honest one after it."""
    future = heard(sent_at=NOON + APART + MINUTE)
    honest = heard(MINUTE, sent_at=NOON + MINUTE)
    assert believed([future, honest], []) == [honest]
    assert believed([heard(sent_at=NOON - APART - MINUTE)], []) == []


def test_what_counts_is_the_arrival_and_it_never_goes_back():
    later = heard(5 * MINUTE)
    assert believed([heard(MINUTE)], [later]) == []


def test_senders_live_and_die_apart():
    told = [heard(), heard(source="other"), heard(name="Watchdog eu-1"), heard(MINUTE)]
    assert [(h.beat.source, h.beat.name, h.received_at - NOON) for h in believed(told, [])] == [
        ("prod", "Watchdog", MINUTE),
        ("other", "Watchdog", timedelta()),
        ("prod", "Watchdog eu-1", timedelta()),
    ]
