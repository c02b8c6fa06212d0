"""The text of a page: one SMS, the GSM alphabet, and the link whole."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.story import NIGHT
from tocsin.escalation.page_text import GSM, GSM_TWICE, LIMIT, gsm, length, page_text, subject
from tocsin.incident.state import Incident

LINK = "https://tocsin.example.fr/p/1042.0.awSv8w.jKlB4V9FBP8e0PMDgaFroQ"


def incident(title, **with_it):
    """A P1 since 02:00 UTC, to be taken before 02:15."""
    return Incident(
        number=1042, priority="P1", title=title, detected_at=NIGHT, respond_by=NIGHT + timedelta(minutes=15), **with_it
    )


def test_it_says_what_since_when_until_when_and_where():
    text = page_text(incident("PostgreSQL sans primaire"), "ladder", LINK, "Europe/Paris", "fr")
    assert text == f"P1 INC-1042 PostgreSQL sans primaire depuis 03:00. A prendre avant 03:15: {LINK}"


def test_an_exercise_says_so_first():
    text = page_text(incident("x", kind="exercise"), "ladder", LINK, "Europe/Paris", "fr")
    assert text.startswith("EXERCICE P1 ")


def test_letters_that_gsm_lacks_lose_their_accent_and_other_signs_become_a_question_mark():
    assert gsm(
        "Écritures bloquées, être prêt, ça : « œuf » 日本\n\tfin"
    ) == 'Écritures bloquées, etre pret, ca : "oeuf" ?? fin'.replace('"oeuf"', '" oeuf "')


@given(
    st.text(max_size=400),
    st.sampled_from(["ladder", "breach", "cleared", "outcome_unknown"]),
    st.sampled_from(["fr", "en"]),
)
def test_it_always_fits_one_sms_and_never_loses_its_link(title, reason, language):
    text = page_text(incident(title), reason, LINK, "Europe/Paris", language)
    assert text.endswith(LINK)
    assert length(text) <= LIMIT
    assert set(text) <= GSM | GSM_TWICE


@given(st.text(max_size=400))
def test_a_subject_is_one_line(title):
    assert "\n" not in subject(incident(title), "breach", "fr")
    assert "\r" not in subject(incident(title), "breach", "fr")
