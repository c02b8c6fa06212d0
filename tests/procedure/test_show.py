"""What was understood, printed as Markdown, is understood as the same: every value, only the places differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.docs.pages import LANGUAGES, ROOT, fences
from tests.procedure.written import document
from tocsin.edge.procedure_files import shipped_runbooks
from tocsin.procedure.model import Procedure
from tocsin.procedure.problems import Problem
from tocsin.procedure.read import read_procedure
from tocsin.procedure.show import shown
from tocsin.procedure.source import Source, Text
from tocsin.procedure.texts import text_of

WITHOUT = {"fingerprint", "problems"}


def values(value: Any) -> Any:
    """A value without its places, its problems and the fingerprint of its texts."""
    if isinstance(value, (Source, Problem)):
        return None
    if isinstance(value, msgspec.Struct):
        return {f: values(getattr(value, f)) for f in value.__struct_fields__ if f not in WITHOUT}
    return [values(one) for one in value] if isinstance(value, tuple) else value


def again(
    texts: dict[str, Text], main: str, shipped: dict[str, Text] | None = None
) -> tuple[Procedure, Procedure, str]:
    """The procedure, and what its own page is read as."""
    first = read_procedure(texts, main, shipped or {})
    page = shown(first)
    second = read_procedure({**texts, main: text_of(main, page.encode())}, main, shipped or {})
    return first, second, page


def holds(content: str, beside: dict[str, Text] | None = None, path: str = "docs/incidents.md") -> str:
    first, second, page = again({path: text_of(path, content.encode()), **(beside or {})}, path, shipped_runbooks())
    assert values(second) == values(first), page
    return page


@pytest.mark.parametrize(
    "page",
    sorted((ROOT / "tests/fixtures").rglob("incidents.md")) + sorted((ROOT / "procedure").rglob("incidents.md")),
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_whole_procedure(page: Path) -> None:
    beside = {
        one.relative_to(page.parent.parent).as_posix(): text_of(
            one.relative_to(page.parent.parent).as_posix(), one.read_bytes()
        )
        for one in page.parent.rglob("*.md")
    }
    holds(page.read_text(), beside, page.relative_to(page.parent.parent).as_posix())


EXAMPLES = [
    pytest.param(fence.text, id=f"{language}:{fence.line}")
    for language in LANGUAGES
    for fence in fences(ROOT / "docs" / language / "procedure-language.md", "markdown")
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_the_reference(example: str) -> None:
    holds(example)


def test_what_was_printed_is_printed_the_same_again() -> None:
    raw = (ROOT / "tests/fixtures/procedure/incidents.md").read_text()
    page = holds(raw)
    assert holds(page) == page


@pytest.mark.parametrize(
    "body",
    [
        "# 1. X\n#    Risque : R3 (perte)\n#    Limite : 90 s\nkubectl get pods",
        "# 1. X\n# Avant : `kubectl get nodes` montre « a »\n# Non exécuté\nkubectl cordon a\n# Annuler :\nkubectl uncordon a",
        "# 1. X\n# Vérifier : rien\nkubectl cordon a\n# Vérifier : il est parti\nkubectl get nodes",
        "# 1. X\n/opt/team/tool\n# 2. Y\n# Risk: R1\n/opt/team/tool",
        "# 0. avant\nkubectl get pods | less\n# 7.\nfor i in $(a); do x; done\n# ## un\n# <b> *a* | `c`",
        "kubectl get nodes\n# après\nkubectl get pods",
        "# 1. X\nkubectl exec a -- psql -c 'select 1'\necho 'it''s'\nx \\\n  --y | head -3",
    ],
)
def test_a_step_with_all_that_it_says(body: str) -> None:
    holds(
        document(
            f'## Scénarios\n\n### Un *titre* | 1. [x]\n\nDéclencheurs : `a=~"x|y"`, B\nPriorité : P2\n\n```\n{body}\n```\n'
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "2. pas une liste",
        "# pas un titre",
        "- rien",
        "Risque : R2",
        "a * b * c _d_ <e> &amp; `f",
        "> x",
        "| a | b |",
        "***",
    ],
)
def test_a_sentence_that_looks_like_markdown(text: str) -> None:
    """It can stand there only escaped; so it is read, and so it is written again."""
    escaped = "".join(f"\\{sign}" if sign.isascii() and not sign.isalnum() and sign != " " else sign for sign in text)
    escaped = escaped.replace("\\:", "&#58;")
    scenario = f"### X\n\n{escaped}\n\n1. A\n\n{escaped}\n\n```\nkubectl get a\n```\n"
    page = holds(document(f"## Résolution\n\n{escaped}\n\n## Scénarios\n\n{scenario}"))
    assert read_procedure({"x.md": text_of("x.md", page.encode())}, "x.md").scenarios[-1].notes == (text,)


WORDS = st.text(st.characters(categories=("L", "Nd", "P", "Sm"), exclude_characters="\x85"), min_size=1, max_size=8)
SENTENCES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
LINES = st.sampled_from(
    [
        "## Priorités", "## Triage", "## Diagnostic", "## Détection", "## Résolution", "## Scénarios", "### X", "#### y", "## Contacts",
        "## Post-mortem", "Pour tout incident P1/P2 :", "| Niveau | Délai |\n|--|--|\n| P1 - a | < 15 min |\n| P3 | 2h |", "",
        "| Alerte | Priorité | Scénario | Fiche |\n|--|--|--|--|\n| A, B | P1 | X | [y](y.md) |\n| `a!=\"b\"` | ignorée | | |", "",
        "| Rôle | Contact | Disponibilité |\n|--|--|--|\n| Admin | a@b.c | 24/7 |\n| Deux | [x] | 9h-18h |", "", "- [Fiche](y.md)",
        "| Priorité | Après | Appeler |\n|--|--|--|\n| P1 | 0 | Admin |\n| P1 | 5 min | Deux (avis) |\n| | toutes les 7 min | tous |",
        "| Jours | Heures | Semaine | Qui |\n|--|--|--|--|\n| lun-ven | 18h-8h | paire | Admin |\n| dim |  |  | Deux |", "",
        "| Du | Au | Qui |\n|--|--|--|\n| 2026-12-24 | 2026-12-26 08:00 | Deux |", "Fuseau horaire : Europe/Paris", "",
        "| Travaux | Du | Au | Alertes |\n|--|--|--|--|\n| a | 2026-12-24 10:00 | 2026-12-26 08:00 UTC | B |", "- rien", "1. un",
        "2. deux",
        "| Régime | Destinataire | Délai |\n|--|--|--|\n| R | C | 72 h |\n| S | D | vite |", "- `<z>` : choix : a, b", "Déclencheurs : Q",
        "| Paramètre | Type |\n|--|--|\n| `<ip>` | adresse |", "Priorité : P2", "Fiche : [y](y.md)", "   - Risque : R3",
        "   - Limite : 2 min",
        "   - Vérifier : `kubectl get x` montre « y » sous 3 min", "   - Annuler : `kubectl get z`", "   - Non exécuté", "Texte simple.",
        "```\n# 1. a\n#   suite\nkubectl get pods\n# note\n# 2. b\n# Avant : c\nx | y\n```", "```\nkubectl get nodes\n```", "",
        "```console\n$ kubectl cordon a\nnode/a cordoned\n```", "```\n# Risque : R3\n# 3. c\n/opt/x <ip>\n# Vérifier :\nkubectl get a\n```",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(LINES, SENTENCES), max_size=25))
def test_any_document_made_of_rules_and_sentences(lines: list[str]) -> None:
    beside = {"docs/y.md": text_of("docs/y.md", b"# y\n\n## z\n\n```\nkubectl get pods\n```\n")}
    holds("\n\n".join(["# Procédure", *lines]), beside)
