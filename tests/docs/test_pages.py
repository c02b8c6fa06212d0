"""Pages lead somewhere, exist in both languages, and name only what there is."""

import re
import string
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from tests.docs.pages import ROOT, anchors, every_page, fences, headings, inline_code, links, name_of, our_pages
from tocsin.edge.settings import Settings
from tocsin.procedure.messages import WORDINGS

PAIRS = [
    (ROOT / "README.md", ROOT / "README.fr.md"),
    *((page, ROOT / "docs" / "fr" / page.name) for page in sorted((ROOT / "docs" / "en").glob("*.md"))),
]


def _keys(kind: type, before: str = "") -> set[str]:
    """Every dotted key of the settings, "*" for a name of the user's own."""
    found: set[str] = set()
    for part in msgspec.structs.fields(kind):
        key = f"{before}{part.encode_name}"
        found.add(key)
        found |= _below(part.type, key)
    return found


def _below(kind: object, key: str) -> set[str]:
    found: set[str] = set()
    for one in [kind, *getattr(kind, "__args__", ())]:
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            values = getattr(kind, "__origin__", None) is dict
            found |= _keys(one, f"{key}.*." if values else f"{key}.")
        elif getattr(kind, "__origin__", None) is dict:
            found.add(f"{key}.*")
    return found


KEYS = _keys(Settings)
SECTIONS = {key.partition(".")[0] for key in KEYS if "." in key}


@pytest.mark.parametrize("page", every_page(), ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / unquote(path)).resolve() if path else page
        assert there.exists(), f"{target} is not there"
        assert ROOT in (there, *there.parents), f"{target} leads out of the repository"
        if anchor:
            assert unquote(anchor) in anchors(there), f"{target}: no such heading in {sorted(anchors(there))}"


@pytest.mark.parametrize(("english", "french"), PAIRS, ids=[name_of(english) for english, _ in PAIRS])
def test_a_page_says_the_same_in_both_languages(english: Path, french: Path) -> None:
    assert french.exists()
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(french)]
    assert len(_blocks(english)) == len(_blocks(french))
    assert sorted(_commands(english)) == sorted(_commands(french))


def _blocks(page: Path) -> list[str]:
    return [fence.text for fence in fences(page, "sh", "toml", "yaml", "json", "text", "markdown", "ini")]


def _commands(page: Path) -> list[str]:
    """The command lines, without their comments and the texts between quotes: those are translated."""
    lines = [line.partition(" #")[0].strip() for fence in fences(page, "sh") for line in fence.text.splitlines()]
    bare = [re.sub(r"\"[^\"]*\"", '""', line) for line in lines if line and not line.startswith("#")]
    return [re.sub(r"\s+", " ", line) for line in bare]


def test_no_french_page_stands_alone() -> None:
    english = {page.name for page in (ROOT / "docs" / "en").glob("*.md")}
    assert {page.name for page in (ROOT / "docs" / "fr").glob("*.md")} == english


@pytest.mark.parametrize("page", our_pages(), ids=name_of)
def test_a_settings_key_that_is_named_exists(page: Path) -> None:
    for code in inline_code(page):
        key = code.split(" = ", 1)[0].strip("[]")
        if re.fullmatch(r"[a-z_]+(\.[a-z0-9_-]+)+", key) and key.partition(".")[0] in SECTIONS:
            assert _is_key(key), f"`{code}` is no setting"


def _is_key(key: str) -> bool:
    parts = key.split(".")
    return any(
        len(parts) == len(known.split(".")) and all(a in ("*", b) for a, b in zip(known.split("."), parts, strict=True))
        for known in KEYS
    )


@pytest.mark.parametrize("page", every_page(), ids=name_of)
def test_a_problem_that_is_named_exists(page: Path) -> None:
    named = {code for code in inline_code(page) if re.fullmatch(r"P\d{3}", code)}
    assert named <= set(WORDINGS)


@pytest.mark.parametrize("page", our_pages(), ids=name_of)
def test_a_french_page_is_written_as_french_is(page: Path) -> None:
    """A space before ; : ? ! and inside « », none before them in English."""
    if page.parent.name != "fr" and page.name != "README.fr.md":
        assert "« " not in _prose(page)
        return
    for before, mark in pairwise(_prose(page)):
        if mark in ";?!" and before not in string.whitespace + ";?!«":
            raise AssertionError(f"{before}{mark} in {page.name}")


def _prose(page: Path) -> str:
    """The text without code, addresses and tables' rules."""
    text = re.sub(r"^(`{3,4}).*?^\1$|^    [^\n]*$", "", page.read_text(), flags=re.S | re.M)
    return re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>|https?://\S+|!\[", "", text)
