"""Whatever the file holds, there is a procedure and a list of problems, and each can be shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.procedure.written import document
from tocsin.procedure.check import check
from tocsin.procedure.model import Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.render import as_json, as_text
from tocsin.procedure.source import Text
from tocsin.procedure.texts import text_of

LINES = st.sampled_from(
    [
        "# Procédure", "## Priorités", "## Triage", "### Diagnostic", "## Scénarios", "#### X", "## Contacts escalade",
        "## Post-mortem", "| Niveau | Délai |", "|--|--|", "|---|", "| P1 | < 15 min |", "| P9 | x | y | z |", "| | |",
        "| Rôle | Contact | Disponibilité |", "| Admin | [email] | 24/7 pour P1 à P9 |", "```bash", "```", "~~~", "````yaml",
        "# 1. Un", "#   suite", "# 1. Un encore", "kubectl get pods \\", "  -n <ns> | grep -v 'x", "for i in $(a); do", "done",
        "cat <<EOF", "EOF", "> > > ```bash", "- [x](../../../etc/passwd)", "[a](b.md) [c](%00.md) [d](http://[)", "1. a",
        "999999999. b", "   - c", "\t\ta", "", "---", "***", "<script>", "| a \\| b |", "\u202e\x1b[0m\u2028", "é" * 40,
        "kubectl exec x -- sh -c 'rm <y>'", "| Alerte | Priorité |", '| `a=~"("` | ignorée |', "| Priorité | Après | Appeler |",
        "| | toutes les 5 min | Admin |",
        "| Du | Au | Jours | Qui |", "| 2026-02-30 | 2026-13-01 99:99 | lun-ven 25h-3h | Admin |",
        "| Travaux | Du | Au | Alertes |",
        "# Vérifier : `kubectl get <x>` affiche « y », sans `z` en moins de 9e9 min",
        "# Annuler :", "# Risque : R9",
        "# Limite : -1 s",
        "Déclencheurs :", "Priorité : P7", "- [b](b.md)",
        "Fuseau horaire : ../../etc/passwd", "| Paramètre | Type |",
        "| `<>` | choix : |",
        "P1/P2", "Pour tout incident P1", "[x]: y.md", "\\", "hcloud firewall add-rule",
    ]
)  # fmt: skip


def shown(texts: dict[str, Text], main: str) -> Procedure:
    procedure = read_procedure(texts, main, {"b.md": text_of("b.md", b"# b\n\n## c\n")})
    problems = check(procedure, {"admin": ()}, "http://[", frozenset({"email"}), frozenset(texts))
    as_text(problems, texts)
    for row in json.loads(as_json(problems)):
        assert set(row) == {"code", "severity", "path", "line", "column", "end_column", "message", "hint"}
    for problem in problems:
        lines = texts[problem.source.path].content.split("\n") if problem.source.path in texts else [""]
        assert 1 <= problem.source.line <= max(len(lines), 1)
        assert problem.source.column >= 1
        assert "{" not in problem.message or "{" in texts[main].content
    return procedure


@settings(max_examples=250, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_any_order_of_lines_is_read(lines: list[str]) -> None:
    main = text_of("incidents.md", "\n".join(lines).encode())
    procedure = shown({main.path: main}, main.path)
    keys = [(s.slug, step.number) for s in procedure.scenarios for step in s.steps]
    assert len(keys) == len(set(keys))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    main = text_of("incidents.md", raw)
    shown({main.path: main}, main.path)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.integers(0, 800))
def test_any_text_anywhere_in_a_sound_procedure_is_read(noise: str, place: int) -> None:
    sound = document()
    raw = (sound[:place] + noise + sound[place:]).encode("utf-8", "surrogatepass")
    main = text_of("incidents.md", raw)
    shown({main.path: main}, main.path)


@pytest.mark.parametrize(
    "content",
    [
        ">" * 5000 + " x",
        "- " * 2000 + "x",
        "```bash\n" + "(" * 5000 + "\n```",
        "## Scénarios\n### X\n```bash\n" + "$(" * 3000 + "\n```",
        "## Scénarios\n### X\n```bash\n" + "kubectl exec x -- " * 400 + "\n```",
        "## Scénarios\n### X\n```bash\n" + "echo '\n" * 3001 + "\n```",
        "## Scénarios\n### X\n```bash\n" + "# 1. x\n" * 3000 + "```",
        "# x\n" * 3000,
        "".join(f"{'#' * (i % 6 + 1)} x\n" for i in range(3000)),
        "| a " * 500 + "|\n" + "|-" * 500 + "|\n" + "| P1 " * 500 + "|\n",
        "[" * 3000,
        "*" * 3000 + "a",
        "`" * 3000,
        "![a](b.md)" * 800,
    ],
    ids=lambda content: content[:24].strip(),
)
def test_what_is_nested_or_repeated_without_measure_is_read(content: str) -> None:
    main = text_of("incidents.md", content.encode())
    shown({main.path: main}, main.path)
