"""What a person may tell, and what is sent back to be corrected."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.detection.sources.contract import Unreadable
from tocsin.detection.sources.person import LONGEST, read, report

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def told(raw: str):
    return report(read(raw.encode()), by="Alice", via="api", now=NOW)


def test_a_sentence_is_enough():
    asked = told('{"text": "  Le site ne répond plus\\ndepuis 10 minutes "}')
    assert (asked.text, asked.by, asked.via) == ("Le site ne répond plus\ndepuis 10 minutes", "Alice", "api")
    assert (asked.detected_at, asked.everything_down, asked.kind) == (None, False, "normal")


def test_all_of_it():
    asked = told(
        '{"text": "x", "detected_at": "2026-11-23T14:30:00+01:00", "everything_down": true, "kind": "security"}'
    )
    assert asked.detected_at == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert (asked.everything_down, asked.kind) == (True, "security")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "not JSON"),
        ("{}", "missing required field `text`"),
        ('{"text": " \\n "}', r"empty - at `\$.text`"),
        ('{"text": 3}', r"at `\$.text`"),
        ('{"text": "x", "titel": "y"}', "unknown field `titel`"),
        ('{"text": "x", "kind": "weather"}', r"at `\$.kind`"),
        ('{"text": "x", "detected_at": "2026-11-23T14:00:00"}', r"at `\$.detected_at`"),
        ('{"text": "x", "detected_at": "2026-11-23T14:00:01Z"}', "not lie in the past"),
        ('{"text": "x", "detected_at": "0001-01-01T00:00:00Z"}', "not lie in the past"),
        (f'{{"text": "{"x" * (LONGEST + 1)}"}}', f"longer than {LONGEST}"),
        ("[" * 100_000, "Expected `object`"),
        ('{"text": ' + "[" * 100_000, r"at `\$.text`"),
    ],
)
def test_what_cannot_be_is_sent_back_with_the_field_named(raw, why):
    with pytest.raises(Unreadable, match=why):
        told(raw)


def test_what_no_database_can_hold_is_replaced():
    assert told('{"text": "a\\u0000b"}').text == "a\ufffdb"


@given(st.binary())
def test_whatever_the_bytes_are_it_is_read_or_unreadable(raw):
    with suppress(Unreadable):
        report(read(raw), by="Alice", via="api", now=NOW)
