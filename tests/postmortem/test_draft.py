"""The draft: the procedure's own sections, the timeline filled in, nothing from outside able to become Markdown."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from tests.story import NIGHT, Story, alert
from tocsin.incident import commands as c
from tocsin.incident import wire
from tocsin.incident.events import Entry
from tocsin.postmortem.draft import draft


def entries(story):
    """The timeline as the store keeps it."""
    return [
        Entry(
            stream="incident/1", seq=n, event=event, recorded_at=NIGHT, digest=wire.digest(wire.encode(event)), chain=""
        )
        for n, event in enumerate(story.timeline(), start=1)
    ]


@pytest.fixture
def over(procedure):
    """Node 2 was down, Alice took it and resolved it."""
    story = Story(procedure)
    story.fires("KubeNodeNotReady", node="node-2")
    story.ask(c.Acknowledge(incident=1, by="Alice"))
    story.ask(c.AddNote(incident=1, by="Alice", text="redémarré à la main"))
    story.clears("KubeNodeNotReady")
    story.ask(c.Resolve(incident=1, by="Alice"))
    return story


def test_it_has_the_procedures_sections_in_its_order(over, procedure):
    text = draft(entries(over), procedure, "fr", "Europe/Paris")
    heads = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert heads[:4] == [
        "Timeline des événements",
        "Root cause analysis",
        "Actions correctives",
        "Améliorations préventives",
    ]


def test_the_timeline_is_filled_in_with_local_times_and_lines(over, procedure):
    text = draft(entries(over), procedure, "fr", "Europe/Paris")
    assert "| 03:00:00 | Priorité P2, à prendre en 30 min | incidents.md:8 |" in text
    assert "| 03:00:00 | redémarré à la main | Alice |" in text


def test_what_comes_from_outside_stays_data(procedure):
    story = Story(procedure)
    story.receives(alert("X | ## [a](javascript:b) `c` <script>\n# D", NIGHT))
    html = MarkdownIt("commonmark").enable("table").render(draft(entries(story), procedure, "en"))
    assert "<script>" not in html
    assert "javascript:" not in html.replace("javascript:b", "", 0) or 'href="javascript' not in html
    assert html.count("<h1>") == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_draft_of_an_incident_that_has_barely_begun_is_a_draft(procedure, language):
    story = Story(procedure)
    story.ask(c.Report(by="Zoé", text="panne"))
    assert draft(entries(story), procedure, language).startswith("# Post-mortem INC-1")
