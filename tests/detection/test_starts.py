"""When an alert began whose sender does not say."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tests.story import alert
from tocsin.detection.bounds import UNKNOWN_START
from tocsin.detection.starts import dated

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
FIRING = alert("BackupFailed", UNKNOWN_START, source="cron")
CLEARED = replace(FIRING, status="cleared")


def starts(*arrived, held=()):
    return [a.starts_at for a in dated(arrived, {(a.source, a.fingerprint): a for a in held})]


def test_the_first_delivery_begins_it_and_the_others_belong_to_it():
    assert starts((FIRING, NOON), (FIRING, LATER), (CLEARED, LATER)) == [NOON, NOON, NOON]
    assert starts((FIRING, LATER), held=[replace(FIRING, starts_at=NOON)]) == [NOON]


def test_after_an_end_it_begins_anew():
    assert starts((FIRING, NOON), (CLEARED, NOON), (FIRING, LATER)) == [NOON, NOON, LATER]
    assert starts((FIRING, LATER), held=[replace(CLEARED, starts_at=NOON)]) == [LATER]


def test_what_only_silence_ends_begins_anew_each_time():
    endless = replace(FIRING, endless=True)
    assert starts((endless, NOON), (endless, LATER)) == [NOON, LATER]


def test_a_start_that_was_told_stays():
    told = replace(FIRING, starts_at=NOON - timedelta(hours=1))
    assert starts((told, NOON)) == [told.starts_at]
