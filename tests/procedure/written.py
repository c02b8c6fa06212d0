"""A whole small procedure whose sections a test can replace, and short ways to read one."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.procedure.headings import kinds_of
from tocsin.procedure.model import Command, Procedure, Scenario
from tocsin.procedure.problems import Problem
from tocsin.procedure.read import read_procedure
from tocsin.procedure.source import Text
from tocsin.procedure.texts import text_of

SECTIONS = {
    "priorities": """## Classification

| Niveau | Description | Temps de réponse | Exemples |
|--------|-------------|------------------|----------|
| P1 - Critique | Tout est arrêté | < 15 min | Cluster down |
| P2 - Majeur | Dégradé | < 30 min | 1 node down |
| P3 - Mineur | Gêne | < 2h | Pod restart |
| P4 - Info | Sans effet | < 24h | disk 70% |
""",
    "triage": "## Triage\n\n```bash\nkubectl get nodes --request-timeout=10s\n```\n",
    "diagnosis": "## Diagnostic\n\n- [PostgreSQL](runbooks/postgresql.md)\n",
    "postmortem": "## Post-mortem\n\nPour tout incident P1/P2 :\n- Chronologie\n",
    "scenarios": "## Scénarios\n\n### Redis down\n\n```bash\n# 1. Regarder\nkubectl get pods -o wide --request-timeout=10s\n```\n",
    "contacts": """## Contacts

| Rôle | Contact | Disponibilité |
|------|---------|---------------|
| Admin Infra | alice@example.org | 24/7 |
""",
}
RUNBOOK = text_of(
    "runbooks/postgresql.md", b"# PostgreSQL\n\n## Regarder\n\n```bash\nkubectl get pods --request-timeout=10s\n```\n"
)
MANIFEST = text_of(
    "manifests/present.yaml",
    b"apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata:\n  name: present\n  namespace: ingress\n",
)
BESIDE = {RUNBOOK.path: RUNBOOK, MANIFEST.path: MANIFEST}


def document(fragment: str = "") -> str:
    """
    The small procedure with a fragment in it: its sections replace those of the same kind, others are added. A fragment
    with a title of its own ("# …") is a document already.
    """
    if fragment.startswith("# ") and "\n## " in fragment:
        return fragment
    first = fragment.split("\n", 1)[0]
    replaced = kinds_of(first) if first.startswith("## ") else ()
    kept = [text for kind, text in SECTIONS.items() if kind not in replaced]
    return "# Incidents\n\n" + "\n".join([*kept, fragment]) + "\n"


def scenario_of(commands: str, title: str = "Panne") -> str:
    """A section of scenarios with one scenario of these lines."""
    return f"## Scénarios\n\n### {title}\n\n```bash\n{commands}\n```\n"


def text(content: str, path: str = "incidents.md") -> Text:
    """A text as if read from a file."""
    return text_of(path, content.encode())


def read(content: str, beside: Mapping[str, Text] = BESIDE, shipped: Mapping[str, Text] | None = None) -> Procedure:
    """Read a document named incidents.md."""
    main = text(content)
    return read_procedure({main.path: main, **beside}, main.path, shipped or {})


def scenario(commands: str, title: str = "Panne") -> Scenario:
    """The one scenario of these lines."""
    return read(document(scenario_of(commands, title))).scenarios[0]


def command(line: str) -> Command:
    """The one command of a line."""
    return scenario(line).steps[0].commands[0]


def codes(problems: tuple[Problem, ...]) -> list[str]:
    """The codes, in order."""
    return [problem.code for problem in problems]
