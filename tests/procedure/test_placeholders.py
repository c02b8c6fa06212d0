"""Parameters are filled as whole values that nobody reads again."""

from __future__ import annotations

import pytest

from tocsin.procedure.placeholders import filled, masked, names_in


@pytest.mark.parametrize("text", ["a < b > c", "<1>", "<>", "< ip>", "<ip >", "<<EOF>>", "2>&1 <x", "<a\nb>", "<(a)>"])
def test_what_is_no_placeholder(text: str) -> None:
    assert names_in(text) == ()
    assert masked(text) == text


def test_a_mask_keeps_every_offset() -> None:
    assert masked("x <adresse ip>/32 y") == "x xxxxxxxxxxxx/32 y"


def test_values_go_inside_words_and_are_never_split_or_read_again() -> None:
    pipeline = (("x", "<ip>/32", "<ip>", "<other>"), ("grep", "<ip>"))
    assert filled(pipeline, {"ip": "a b; <other> $(x)"}) == (
        ("x", "a b; <other> $(x)/32", "a b; <other> $(x)", "<other>"),
        ("grep", "a b; <other> $(x)"),
    )
