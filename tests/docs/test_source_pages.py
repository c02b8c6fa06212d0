"""Each source has its page in both languages, which says whether it was tried on the real service."""

import json
import re

import pytest

from tests.docs.pages import ROOT, fences
from tocsin.detection.registry import SOURCES

PEOPLE = "people"
TRIED = {"en": r"Tried on the real service: (yes|no) \(.+", "fr": r"Essayé sur le vrai service : (oui|non) \(.+"}


@pytest.mark.parametrize("kind", [*sorted(SOURCES), PEOPLE])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_source_says_whether_it_was_tried(kind, language):
    lines = (ROOT / "docs" / language / f"source-{kind}.md").read_text().splitlines()
    assert sum(bool(re.match(TRIED[language], line)) for line in lines) == 1
    assert f"(source-{kind}.md)" in (ROOT / "docs" / language / "sources.md").read_text()


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_both_languages_agree_on_it(kind):
    said = [
        re.search(TRIED[language], (ROOT / "docs" / language / f"source-{kind}.md").read_text()) for language in TRIED
    ]
    assert [found[1] in ("yes", "oui") for found in said if found] in ([True, True], [False, False])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_example_of_the_small_json_is_one_that_is_read(language):
    (example,) = fences(ROOT / "docs" / language / "source-json.md", "json")
    (alert,) = SOURCES["json"](example.text.encode(), "docs").alerts
    assert (alert.name, alert.severity) == (json.loads(example.text)["name"], "critical")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_field_of_the_small_json_is_told(language):
    text = (ROOT / "docs" / language / "source-json.md").read_text()
    for field in ("name", "status", "severity", "summary", "description", "labels", "id", "group", "starts_at"):
        assert f"`{field}`" in text
    for field in ("ends_at", "quiet_after", "url", "dashboard", "runbook"):
        assert f"`{field}`" in text
