"""Every code has its page; what a page calls bad is bad, and what it calls good is good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.procedure.written import BESIDE, document, scenario_of, text
from tocsin.edge.procedure_files import understand
from tocsin.edge.settings import load_settings
from tocsin.procedure.messages import WORDINGS
from tocsin.procedure.model import Procedure

PAGES = Path(__file__).parents[2] / "docs/problems"
# What cannot be shown as a text: bytes that are none, more than a page can hold, and settings that refuse to be written so.
WITHOUT_EXAMPLE = {"P209", "P901", "P902", "P903", "P904", "P905", "P906"}
# What only the other side knows: their examples are asked of one in tests/edge/test_preflight.py.
WITHOUT_EXAMPLE |= {code for code in WORDINGS if code.startswith("P6")}
EXAMPLES = re.compile(r"^## (Bad|Good)[^\n]*\n\n(?P<fence>`{3,4})(\w+)\n(.*?)\n(?P=fence)$", re.MULTILINE | re.DOTALL)
BOUND = 'public_url = "https://tocsin.example.org"\n[contacts.admin-infra]\nwebhook = "https://hooks.example.org/a"\n'


def examples(code: str) -> dict[str, tuple[str, str]]:
    page = (PAGES / f"{code}.md").read_text()
    return {match[1]: (match[3], match[4]) for match in EXAMPLES.finditer(page)}


def understood(language: str, example: str, folder: Path) -> Procedure:
    """The example inside a sound procedure, with settings in which its admin can be reached."""
    fragment = {"bash": scenario_of(example), "markdown": example, "toml": ""}[language]
    config = folder / "tocsin.toml"
    config.write_text(example if language == "toml" else BOUND if "[votre-email]" not in example else "")
    main = text(document(fragment))
    return understand({main.path: main, **BESIDE}, main.path, load_settings(config, {}))


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {page.stem for page in PAGES.glob("P*.md")} == set(WORDINGS)


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_a_page_says_what_it_is_about_in_both_languages(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text()
    assert page.startswith(f"# {code}: ")
    assert f"\nSeverity: {WORDINGS[code].severity}\n" in page
    french, english = page.split("## Français\n\n")[1].split("## English\n\n")
    assert len(french) > 40
    assert len(english.split("## Bad")[0]) > 40


@pytest.mark.parametrize("code", sorted(code for code in WORDINGS if code.startswith("P4")))
def test_a_page_about_a_tool_names_the_source_of_the_fact(code: str) -> None:
    source = re.search(r"^Source: (.+)$", (PAGES / f"{code}.md").read_text(), re.MULTILINE)
    assert source, code
    assert len(source[1]) > 20


@pytest.mark.parametrize("code", sorted(set(WORDINGS) - WITHOUT_EXAMPLE))
def test_the_bad_example_has_the_problem(code: str, tmp_path: Path) -> None:
    procedure = understood(*examples(code)["Bad"], tmp_path)
    assert code in {problem.code for problem in procedure.problems}


@pytest.mark.parametrize("code", sorted(set(WORDINGS) - WITHOUT_EXAMPLE))
def test_the_good_example_does_not_and_has_no_error(code: str, tmp_path: Path) -> None:
    procedure = understood(*examples(code)["Good"], tmp_path)
    assert code not in {problem.code for problem in procedure.problems}
    assert procedure.errors == ()


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_both_languages_say_the_same_fields(code: str) -> None:
    wording = WORDINGS[code]
    fields = re.compile(r"\{(\w+)\}")
    assert set(fields.findall(wording.fr)) == set(fields.findall(wording.en))
    assert set(fields.findall(wording.fr_hint)) == set(fields.findall(wording.en_hint))
    assert bool(wording.fr_hint) == bool(wording.en_hint)
