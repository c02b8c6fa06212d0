"""The table of moves: what is possible, and that what is not leaves the incident as it was."""

from __future__ import annotations

import pytest

from tests.story import Story
from tocsin.incident import commands as c
from tocsin.incident.lifecycle import MOVES, OPEN, after, allowed
from tocsin.incident.refused import Refused
from tocsin.incident.sentences import refusal
from tocsin.lexicon import WORDS


def test_every_status_has_its_word_in_both_languages():
    statuses = {status for status, _ in MOVES} | set(MOVES.values())
    assert all(WORDS[status].en and WORDS[status].fr for status in statuses)


def test_no_move_but_reopening_leads_back():
    order = ["detected", "acknowledged", "triaged", "mitigated", "resolved", "closed"]
    for (status, move), target in MOVES.items():
        if move != "reopen" and target in order:
            assert order.index(target) >= order.index(status)


def test_what_is_over_can_only_be_reopened_or_closed():
    assert allowed("closed") == {"reopen"}
    assert allowed("cancelled") == {"reopen"}
    assert allowed("resolved") == {"reopen", "close"}
    assert "acknowledge" not in allowed("triaged")
    assert {"detected", "acknowledged", "triaged", "mitigated"} == OPEN


def test_a_move_that_is_not_in_the_table_is_refused_in_words():
    with pytest.raises(Refused) as refused:
        after("closed", "resolve")
    assert refusal(refused.value, "fr") == "Impossible : l'incident est clos."
    assert refusal(refused.value, "en") == "Not possible: the incident is closed."


@pytest.mark.parametrize("ask", [c.Close(incident=1, by="Alice"), c.Cancel(incident=1, by="Alice", reason="  ")])
def test_what_is_refused_leaves_the_incident_as_it_was(procedure, ask):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    before = story.incident()
    with pytest.raises(Refused):
        story.ask(ask)
    assert story.incident() == before


def test_mitigated_reopened_cancelled(procedure):
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.ask(c.Mitigate(incident=1, by="Alice", note="trafic basculé"))
    assert story.incident().status == "mitigated"
    story.ask(c.Resolve(incident=1, by="Alice"))
    story.ask(c.Reopen(incident=1, by="Bob", reason="encore"))
    assert (story.incident().status, story.incident().resolved_at) == ("triaged", None)
    story.ask(c.Cancel(incident=1, by="Bob", reason="doublon"))
    assert story.incident().status == "cancelled"
    story.check_properties()
