"""What the first hour shows of tocsin's own words is what tocsin says."""

from datetime import UTC, datetime

import pytest

from tests.docs.pages import LANGUAGES, ROOT, fences
from tocsin.escalation.page_text import LIMIT, length, page_text
from tocsin.incident.state import Incident
from tocsin.lexicon import Language
from tocsin.procedure.read import read_procedure
from tocsin.procedure.render import block
from tocsin.procedure.texts import text_of

PROCEDURE = ROOT / "tests" / "fixtures" / "procedure" / "incidents.md"
LINK = "http://192.0.2.10:8080/p/1.0.awSyMA.F9aVhIlOqYsDWAyaY3HgDQ"
TITLES: dict[Language, str] = {"en": "node-2 does not answer (test)", "fr": "node-2 ne répond plus (essai)"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_a_page_is_the_one_that_is_sent(language: Language) -> None:
    incident = Incident(
        number=1,
        priority="P2",
        title=TITLES[language],
        detected_at=datetime(2026, 11, 23, 21, 37, tzinfo=UTC),
        respond_by=datetime(2026, 11, 23, 22, 7, tzinfo=UTC),
    )
    sent = page_text(incident, "ladder", LINK, "Europe/Paris", language)
    assert f"{sent}\n" in _shown("first-hour.md", language)
    assert length(sent) <= LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_problem_that_is_shown_is_the_one_that_check_shows(language: Language) -> None:
    """The same line in a text of that language."""
    raw = PROCEDURE.read_bytes() if language == "fr" else _in_english(PROCEDURE.read_text()).encode()
    text = text_of("docs/incidents.md", raw)
    procedure = read_procedure({text.path: text}, text.path)
    assert procedure.language == language
    (found,) = [problem for problem in procedure.problems if problem.code == "P401"]
    shown = block(found, {text.path: text})
    assert shown in _shown("first-hour.md", language)
    readme = ROOT / ("README.md" if language == "en" else "README.fr.md")
    assert shown.removeprefix("docs/") in "".join(fence.text for fence in fences(readme, "text"))


def _shown(page: str, language: str) -> str:
    return "".join(fence.text for fence in fences(ROOT / "docs" / language / page, "text"))


def _in_english(text: str) -> str:
    """The same lines under English headings."""
    english = {
        "Procédure de gestion des incidents": "Incident management procedure",
        "Processus de réponse": "Response process",
        "Scénarios courants": "Common scenarios",
        "Classification des incidents": "Incident severity",
        "Détection": "Detection",
        "Diagnostic": "Diagnosis",
        "Résolution": "Resolution",
        "Contacts escalade": "Escalation contacts",
        "Niveau": "Level",
        "Temps de réponse": "Response time",
        "Exemples": "Examples",
    }
    for french, word in english.items():
        text = text.replace(french, word)
    return text
