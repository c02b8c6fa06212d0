"""Two languages, whole: no sentence of a page lacks its French, and the compiled words are those of the .po."""

import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tocsin.web.words import DOMAIN, LOCALE, Words, choose, preferred

WEB = LOCALE.parent
WORDS = LOCALE / "fr" / "LC_MESSAGES"


def _messages() -> set[str | tuple[str, str]]:
    """Every sentence of the templates and of the modules."""
    found = extract_from_dir(
        str(WEB),
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"trimmed": "true", "silent": "false"}},
        keywords={"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)},
    )
    return {message for _file, _line, message, _comments, _context in found}


def _catalogue():
    with (WORDS / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale="fr", domain=DOMAIN)


def test_every_sentence_has_its_french() -> None:
    french = {message.id for message in _catalogue() if message.id and message.string and all(message.string)}
    assert sorted(map(str, _messages() - french)) == []


def test_no_french_is_left_over() -> None:
    assert sorted(str(message.id) for message in _catalogue() if message.id and message.id not in _messages()) == []


def test_nothing_is_marked_as_doubtful() -> None:
    assert [message.id for message in _catalogue() if message.id and message.fuzzy] == []


def test_french_keeps_the_values_of_its_sentence() -> None:
    for message in _catalogue():
        for english, french in zip(_each(message.id), _each(message.string), strict=False):
            assert set(re.findall(r"%\(\w+\)\w", english)) == set(re.findall(r"%\(\w+\)\w", french)), english


def _each(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_the_compiled_words_are_up_to_date() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, _catalogue())
    fresh = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    kept = gettext.GNUTranslations((WORDS / f"{DOMAIN}.mo").open("rb"))
    assert kept._catalog == fresh._catalog, "run: make words"


def test_the_counted_follows_the_language() -> None:
    one, many = "%(num)d alert", "%(num)d alerts"
    assert Words("fr").ngettext(one, many, 0) == "%(num)d alerte"
    assert Words("en").ngettext(one, many, 0) == "%(num)d alerts"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en;q=0.5, fr;q=0.4", "en"),
        ("de, fr;q=0.1", "fr"),
        ("fr;q=0, en;q=0.1", "en"),
        ("de, es", None),
        ("", None),
        ("fr;q=nonsense", None),
    ],
)
def test_the_browser_says_what_it_prefers(header: str, language: str | None) -> None:
    assert preferred(header) == language


def test_what_was_asked_for_wins_over_the_account_and_the_browser() -> None:
    assert choose(("en", "fr"), "fr", "fr") == "en"
    assert choose((None, "fr"), "en", "en") == "fr"
    assert choose((None, None), "en", "fr") == "en"
    assert choose(("klingon", None), "", "fr") == "fr"


@pytest.mark.parametrize("template", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_a_template_has_no_script_or_style_of_its_own(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("template", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_every_form_of_a_template_carries_a_token(template: Path) -> None:
    text = template.read_text()
    for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
        assert 'method="post"' in form
        assert 'name="token"' in form
