"""The log that code scanning takes: the shape that SARIF 2.1.0 allows, and findings that stay the same findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from tests.procedure.written import document, read, scenario_of, text
from tocsin.procedure.problems import Problem
from tocsin.procedure.sarif import as_sarif
from tocsin.procedure.source import Source

FIXTURES = Path(__file__).parents[1] / "fixtures/procedure"
Level = Literal["none", "note", "warning", "error"]
Positive = Annotated[int, Meta(ge=1)]
# A relative reference (RFC 3986): no blank, nothing outside ASCII, no scheme.
Reference = Annotated[str, Meta(pattern=r"^(?![A-Za-z][A-Za-z0-9+.-]*:)[A-Za-z0-9._~%!$&'()*+,;=@/-]+$")]


class Shape(Struct, forbid_unknown_fields=True):
    """An object of the standard, with the properties that we write and no other."""


class Message(Shape):
    text: Annotated[str, Meta(min_length=1)]


class Region(Shape):
    startLine: Positive
    startColumn: Positive
    endColumn: Positive | None = None


class ArtifactLocation(Shape):
    uri: Reference
    uriBaseId: str


class PhysicalLocation(Shape):
    artifactLocation: ArtifactLocation
    region: Region


class Location(Shape):
    physicalLocation: PhysicalLocation


class Result(Shape):
    ruleId: str
    ruleIndex: Annotated[int, Meta(ge=0)]
    level: Level
    message: Message
    locations: list[Location]
    partialFingerprints: dict[str, str]


class Configuration(Shape):
    level: Level


class Rule(Shape):
    id: str
    shortDescription: Message
    defaultConfiguration: Configuration
    help: Message | None = None


class Driver(Shape):
    name: str
    semanticVersion: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+")]
    rules: list[Rule]


class Tool(Shape):
    driver: Driver


class Run(Shape):
    tool: Tool
    language: Annotated[str, Meta(pattern=r"^[a-zA-Z]{2}$")]
    columnKind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    results: list[Result]


class Log(Shape):
    schema: str = msgspec.field(name="$schema")
    version: Literal["2.1.0"]
    runs: Annotated[list[Run], Meta(min_length=1)]


def run_of(written: str) -> Run:
    (run,) = msgspec.json.decode(written, type=Log).runs
    return run


def log_of(content: str, path: str = "incidents.md") -> Run:
    return run_of(as_sarif(read(content).problems, {path: text(content)}, "fr"))


@pytest.mark.parametrize("page", sorted(FIXTURES.rglob("*.md")), ids=lambda page: page.stem)
def test_every_log_has_the_shape_of_the_standard(page: Path) -> None:
    content = page.read_text(errors="replace")
    procedure = read(content)
    run = run_of(as_sarif(procedure.problems, {"incidents.md": text(content)}, procedure.language))
    assert len(run.results) == len(procedure.problems)
    for found in run.results:
        assert run.tool.driver.rules[found.ruleIndex].id == found.ruleId


def test_a_problem_stands_at_its_words_with_its_hint() -> None:
    (found,) = log_of(document(scenario_of("# 1. x\npatronictl failover --force"))).results
    region = found.locations[0].physicalLocation.region
    assert (found.ruleId, found.level) == ("P401", "error")
    assert (region.startColumn, region.endColumn) == (1, 28)
    assert found.message.text.endswith("specific candidate\u00a0»")


def test_nothing_found_is_a_log_without_results() -> None:
    run = log_of(document())
    assert (run.results, run.tool.driver.rules) == ([], [])


def test_a_paragraph_above_makes_no_new_finding() -> None:
    content = document(scenario_of("kubectl logs -l a=b"))
    longer = content.replace("# Incidents\n", "# Incidents\n\nUn paragraphe.\n")
    before, after = log_of(content).results, log_of(longer).results
    assert [one.partialFingerprints for one in before] == [one.partialFingerprints for one in after]
    assert before[0].locations != after[0].locations


def test_a_path_is_a_reference_and_a_whole_line_has_no_end() -> None:
    problem = Problem(code="P104", severity="error", source=Source("Procédure d'incident/à lire.md", 3), message="m")
    (found,) = run_of(as_sarif([problem], {}, "fr")).results
    place = found.locations[0].physicalLocation
    assert place.artifactLocation.uri == "Proc%C3%A9dure%20d%27incident/%C3%A0%20lire.md"
    assert (place.region.startLine, place.region.endColumn) == (3, None)


def test_rules_speak_of_no_single_problem() -> None:
    problem = Problem(code="P201", severity="error", source=Source("p", 1), message="m")
    (rule,) = run_of(as_sarif([problem], {}, "en")).tool.driver.rules
    assert rule.shortDescription.text == "“…” has no address: … is still to be filled in"
    assert rule.help == Message("write it here, or bind it in tocsin.toml: [contacts.…]")
