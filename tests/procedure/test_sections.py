"""Sections and columns are found by their words, in French and in English, in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.procedure.written import RUNBOOK, codes, document, read, text
from tocsin.procedure.model import Availability
from tocsin.procedure.read import read_procedure
from tocsin.procedure.read.contacts import availability_of
from tocsin.procedure.read.postmortem import priorities_in

ENGLISH = """# Incident response

## On-call and escalation

| Who | Phone | Hours |
|-----|-------|-------|
| Infra lead | alice@example.org | 24/7 for P1 and P2 |
| Hosting provider | +49 30 1234 | 24x7 |
| Security | [mail](mailto:bob@example.org) | Business hours |

## Severity levels

| Priority | Meaning | Respond within | Examples |
|----------|---------|----------------|----------|
| P4 | Cosmetic | 2 days | typo; |
| P1: Critical | Down | 15 minutes | API down; database corrupt |
| P2: Major | Degraded | 30 minutes | |
| P3: Minor | Annoying | 4 hours | |

## Process

### 1) Triage
```sh
kubectl get nodes
```

### Diagnosis
See [PostgreSQL](runbooks/postgresql.md) and [the status page](https://status.example.org).

### Postmortem
For incidents from P1 to P3, write:
1. Timeline

## Common scenarios

### Redis down
1. Look
"""


def test_an_english_procedure_in_another_order() -> None:
    procedure = read(ENGLISH)
    assert procedure.language == "en"
    assert [(r.priority, r.name, r.respond_within, r.examples) for r in procedure.priorities] == [
        ("P1", "Critical", timedelta(minutes=15), ("API down", "database corrupt")),
        ("P2", "Major", timedelta(minutes=30), ()),
        ("P3", "Minor", timedelta(hours=4), ()),
        ("P4", "P4", timedelta(days=2), ("typo",)),
    ]
    assert [(c.slug, c.address, c.supplier, c.availability.always_for) for c in procedure.contacts] == [
        ("infra-lead", "alice@example.org", False, ("P1", "P2")),
        ("hosting-provider", "+49 30 1234", True, ()),
        ("security", "bob@example.org", False, ()),
    ]
    assert procedure.postmortem is not None
    assert procedure.postmortem.priorities == ("P1", "P2", "P3")
    assert [(book.slug, book.found, len(book.steps)) for book in procedure.runbooks] == [("postgresql", True, 1)]
    assert [command.text for command in procedure.triage] == ["kubectl get nodes"]
    assert codes(procedure.problems) == []


def test_problems_speak_the_language_of_the_procedure() -> None:
    assert read(ENGLISH.replace("15 minutes", "soon")).problems[0].message == "unreadable response time: “soon”"
    french = read(document().replace("< 15 min", "bientôt")).problems[0].message
    assert french == "temps de réponse illisible\u00a0: «\u00a0bientôt\u00a0»"


@pytest.mark.parametrize(
    ("content", "language"),
    [
        ("# Incidents\n\n## Triage\n\nLe premier regard sur la panne.", "fr"),
        ("# Incidents\n\n## Triage\n\nThe first look at the outage.", "en"),
        ("# Incidents\n\n## Triage", "en"),
        ("# Procédure\n\n## Détection\n\nAll of the text is in English but the headings.", "fr"),
    ],
)
def test_the_language_is_that_of_the_headings_else_of_the_prose(content: str, language: str) -> None:
    assert read(content).language == language


def test_the_words_of_the_title_open_no_section() -> None:
    procedure = read(
        "# Detection, triage and escalation of incidents\n\nSee [x](y.md).\n\n## Triage\n\n```bash\na\n```\n"
    )
    assert [command.text for command in procedure.triage] == ["a"]


def test_the_table_of_priorities_is_found_without_its_heading() -> None:
    moved = document().replace("## Classification", "## Généralités")
    assert len(read(moved).priorities) == 4


@pytest.mark.parametrize(
    ("written", "availability"),
    [
        ("24/7", Availability(text="24/7", always=True)),
        ("24h/24, 7j/7", Availability(text="24h/24, 7j/7", always=True)),
        ("24x7", Availability(text="24x7", always=True)),
        ("Always", Availability(text="Always", always=True)),
        ("24/7 pour P1", Availability(text="24/7 pour P1", always_for=("P1",))),
        ("24/7 (P1/P2)", Availability(text="24/7 (P1/P2)", always_for=("P1", "P2"))),
        ("24/7 pour P1 à P3", Availability(text="24/7 pour P1 à P3", always_for=("P1", "P2", "P3"))),
        ("24/7 for P1 to P3", Availability(text="24/7 for P1 to P3", always_for=("P1", "P2", "P3"))),
        ("Heures ouvrées", Availability(text="Heures ouvrées")),
        ("Business hours (CET)", Availability(text="Business hours (CET)")),
        (
            "lun-ven 9h-18h",
            Availability(text="lun-ven 9h-18h", opens="09:00", closes="18:00", weekdays=(0, 1, 2, 3, 4)),
        ),
        (
            "22:00-08:00 (America/Montreal)",
            Availability(
                text="22:00-08:00 (America/Montreal)", opens="22:00", closes="08:00", timezone="America/Montreal"
            ),
        ),
        ("Heures ouvrées, Asia/Tokyo", Availability(text="Heures ouvrées, Asia/Tokyo", timezone="Asia/Tokyo")),
        (
            "24/7 pour P1, sinon 8h-20h",
            Availability(text="24/7 pour P1, sinon 8h-20h", always_for=("P1",), opens="08:00", closes="20:00"),
        ),
    ],
)
def test_when_a_contact_may_be_called(written: str, availability: Availability) -> None:
    assert availability_of(written) == availability


@pytest.mark.parametrize(
    "written", ["", "24/7 sauf en août", "24/7 pour Alice", "sur demande", "always on call for the database"]
)
def test_an_availability_that_says_something_else_is_not_guessed(written: str) -> None:
    assert availability_of(written) is None


@pytest.mark.parametrize(
    ("sentence", "priorities"),
    [("P1/P2", ("P1", "P2")), ("de P2 à P4", ("P2", "P3", "P4")), ("p1", ("P1",)), ("P12 XP3 P5", ()), ("", ())],
)
def test_the_priorities_that_a_sentence_names(sentence: str, priorities: tuple[str, ...]) -> None:
    assert priorities_in(sentence) == priorities


@pytest.mark.parametrize(
    ("address", "placeholder"),
    [
        ("[email]", True),
        ("TODO", True),
        ("`<adresse>`", True),
        ("-", True),
        ("à compléter", True),
        ("alice@example.org", False),
        ("+33 1 23", False),
    ],
)
def test_an_address_that_is_still_to_be_written(address: str, placeholder: bool) -> None:
    row = f"## Contacts\n\n| Rôle | Contact | Disponibilité |\n|--|--|--|\n| Admin | {address} | 24/7 |\n"
    assert read(document(row)).contacts[0].placeholder is placeholder


def test_our_runbook_stands_in_for_a_missing_one_and_says_so() -> None:
    ours = text("# PostgreSQL\n\n## Regarder\n\n```bash\necho $X\n```\n", "postgresql.md")
    procedure = read(document(), beside={}, shipped={"postgresql.md": ours})
    (book,) = procedure.runbooks
    assert (book.found, book.ours, book.path, book.text) == (False, True, "runbooks/postgresql.md", ours.content)
    assert [step.text for step in book.steps] == ["Regarder"]
    (problem,) = procedure.problems  # the mistakes of our own page are not the team's
    assert (problem.code, problem.severity) == ("P110", "error")
    assert problem.hint == "en attendant, tocsin propose sa propre fiche postgresql.md"


def test_a_link_out_of_the_root_leads_nowhere_even_when_a_text_has_that_name() -> None:
    outside = document("## Diagnostic\n\n- [PostgreSQL](../../runbooks/postgresql.md)\n")
    procedure = read(outside, shipped={})
    (book,) = procedure.runbooks
    assert (book.found, book.ours, book.text) == (False, False, "")
    assert codes(procedure.problems) == ["P110"]


def test_links_are_relative_to_the_file_they_stand_in() -> None:
    main = text(
        document(
            "## Diagnostic\n\n- [PostgreSQL](../runbooks/postgresql.md#top)\n- [Encore](/runbooks/postgresql.md)\n"
        ),
        "docs/incidents.md",
    )
    procedure = read_procedure({main.path: main, RUNBOOK.path: RUNBOOK}, main.path)
    assert [(book.path, book.found) for book in procedure.runbooks] == [("runbooks/postgresql.md", True)]
    assert codes(procedure.problems) == []


def test_a_mistake_in_the_teams_own_runbook_is_told_at_its_place() -> None:
    broken = text("# PostgreSQL\n\n## Agir\n\n```bash\npatronictl failover --force\n```\n", RUNBOOK.path)
    (problem,) = read(document(), beside={RUNBOOK.path: broken}).problems
    assert (problem.code, str(problem.source)) == ("P401", "runbooks/postgresql.md:6")


def test_the_fingerprint_covers_every_text_and_our_stand_ins() -> None:
    shipped = {"postgresql.md": text("# x\n", "postgresql.md")}
    changed = {"postgresql.md": text("# y\n", "postgresql.md")}
    seen = [
        read(document()).fingerprint,
        read(document() + "\n").fingerprint,
        read(document(), beside={}).fingerprint,
        read(document(), beside={}, shipped=shipped).fingerprint,
        read(document(), beside={}, shipped=changed).fingerprint,
    ]
    assert len(set(seen)) == len(seen)
    assert read(document(), shipped=shipped).fingerprint == seen[0]


def test_texts_that_were_kept_as_utf8_give_the_same_fingerprint_again() -> None:
    windows = read(document().replace("\n", "\r\n"))
    assert windows.fingerprint == read(document()).fingerprint
