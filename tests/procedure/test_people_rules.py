"""Ladder, rota, time zone, maintenance windows, obligations and parameters: what each table means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.procedure.written import codes, document, read
from tocsin.procedure.matchers import named
from tocsin.procedure.model import LadderRule, Procedure, Shift

TEAM = """## Contacts

| Rôle | Contact | Disponibilité |
|--|--|--|
| Admin Infra | a@example.org | 24/7 |
| Responsable Sécurité | s@example.org | Heures ouvrées |

"""
ZONE = "Fuseau horaire : Europe/Paris\n\n"


def table(head: str, *rows: str, before: str = "") -> Procedure:
    columns = head.count("|") - 1
    return read(document(TEAM + before + "\n".join([head, "|--" * columns + "|", *rows]) + "\n"))


def ladder(*rows: str) -> Procedure:
    return table("| Priorité | Après | Appeler | Comment |", *rows)


def rungs(rule: LadderRule) -> list[tuple[int, tuple[str, ...], bool, bool, bool]]:
    return [(int(r.after.total_seconds()) // 60, r.contacts, r.on_call, r.everyone, r.notice) for r in rule.rungs]


def test_a_ladder_says_who_is_called_after_how_long() -> None:
    procedure = ladder(
        "| P1 | immédiatement | l’astreinte | |",
        "| | 5 min | Admin Infra, Responsable Sécurité | |",
        "| | +10 min | tout le monde | |",
        "| | toutes les 5 min | tout le monde | |",
        "| P3, P4 | 0 | Admin Infra | avis |",
        "| P3 | 1 h | Admin (avis) | |",
    )
    assert codes(procedure.problems) == []
    first, third, fourth = procedure.ladders
    assert (first.priority, first.again) == ("P1", timedelta(minutes=5))
    assert rungs(first) == [
        (0, (), True, False, False),
        (5, ("admin-infra", "responsable-securite"), False, False, False),
        (10, (), False, True, False),
    ]
    assert rungs(third) == [(0, ("admin-infra",), False, False, True), (60, ("admin-infra",), False, False, True)]
    assert (fourth.priority, fourth.again, len(fourth.rungs)) == ("P4", None, 1)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("| P2 | bientôt | Admin Infra | |", "P211"),
        ("| P2 | 5 min | Bob | |", "P210"),
        ("| urgent | 5 min | Admin Infra | |", "P105"),
    ],
)
def test_a_rung_that_is_not_understood_leaves_the_priority_with_our_ladder(row: str, code: str) -> None:
    procedure = ladder("| P2 | immédiatement | Admin Infra | |", row, "| P1 | 0 | Admin Infra | |")
    assert codes(procedure.problems) == [code]
    assert [rule.priority for rule in procedure.ladders] == (["P1", "P2"] if code == "P105" else ["P1"])


def test_a_name_that_is_nearly_a_contact_is_told_which() -> None:
    (problem,) = ladder("| P1 | 0 | Admin Infro | |").problems
    assert "Admin Infra" in problem.hint


def rota(head: str, *rows: str) -> list[Shift]:
    procedure = table(head, *rows)
    assert codes(procedure.problems) == []
    return [
        Shift(**{**{f: getattr(s, f) for f in s.__struct_fields__}, "source": procedure.contacts[0].source})
        for s in procedure.rota
    ]


def shift(**fields: object) -> Shift:
    source = table("| X |").contacts[0].source
    return Shift(**{"contact": "admin-infra", "source": source, **fields})  # type: ignore[arg-type]


def test_a_rota_by_dates() -> None:
    assert rota(
        "| Du | Au | Qui |",
        "| 2026-12-21 18:00 | 2026-12-28 09:00 | Admin Infra |",
        "| 21/12/2026 | 27/12/2026 | Admin Infra |",
    ) == [
        shift(begins="2026-12-21T18:00", ends="2026-12-28T09:00"),
        shift(begins="2026-12-21T00:00", ends="2026-12-28T00:00"),
    ]


def test_a_rota_by_days_and_hours() -> None:
    assert rota(
        "| Jours | Heures | Semaine | Astreinte |",
        "| lun-ven | 18h-9h | paire | Admin Infra |",
        "| samedi, dimanche | 24h/24 | impaires | Responsable Sécurité |",
        "| tous les jours | 00:00-06:30 |  | Admin Infra |",
    ) == [
        shift(weekdays=(0, 1, 2, 3, 4), opens="18:00", closes="09:00", weeks="even"),
        shift(contact="responsable-securite", weekdays=(5, 6), opens="00:00", closes="00:00", weeks="odd"),
        shift(weekdays=(0, 1, 2, 3, 4, 5, 6), opens="00:00", closes="06:30"),
    ]


def test_a_rota_by_weeks() -> None:
    assert rota("| Week | On call |", "| 2026-W53 | Admin Infra |", "| odd | Admin Infra |") == [
        shift(begins="2026-12-28T00:00", ends="2027-01-04T00:00"),
        shift(weekdays=(0, 1, 2, 3, 4, 5, 6), opens="00:00", closes="00:00", weeks="odd"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("| 2026-12-21 | 2026-12-20 | Admin Infra |", "P212"),
        ("| 2026-13-01 | 2026-13-02 | Admin Infra |", "P212"),
        ("| noël | nouvel an | Admin Infra |", "P212"),
        ("| 2026-12-21 | 2026-12-22 | Bob |", "P210"),
        ("| 2026-12-21 | 2026-12-22 | Admin Infra, Responsable Sécurité |", "P212"),
    ],
)
def test_a_row_of_the_rota_that_is_not_understood_is_told(row: str, code: str) -> None:
    procedure = table("| Du | Au | Qui |", row)
    assert (codes(procedure.problems), procedure.rota) == ([code], ())


@pytest.mark.parametrize(
    ("line", "zone", "told"),
    [
        ("Fuseau horaire : Europe/Paris", "Europe/Paris", []),
        ("- **Time zone:** America/Montreal.", "America/Montreal", []),
        ("Fuseau horaire : Paris", "", ["P213"]),
        ("Nous sommes à Paris", "", []),
    ],
)
def test_the_time_zone_of_its_hours(line: str, zone: str, told: list[str]) -> None:
    procedure = read(document(f"## Divers\n\n{line}\n"))
    assert (procedure.timezone, codes(procedure.problems)) == (zone, told)


WORK = "| Travaux | Du | Au | Alertes |"


def test_a_maintenance_window_is_an_instant_to_an_instant_of_the_world() -> None:
    procedure = table(
        WORK, '| Mise à jour | 2026-12-01 22:00 | 2026-12-02 02:30 | RedisDown, `job=~"redis.*"` |', before=ZONE
    )
    assert codes(procedure.problems) == ["P114"]  # a list holds names or matchers, not both
    procedure = table(
        WORK, "| Mise à jour | 2026-12-01 22:00 | 2026-12-02 02:30 UTC | RedisDown, PgDown |", before=ZONE
    )
    one, other = procedure.maintenance
    assert (one.title, one.begins, one.ends) == (
        "Mise à jour", datetime(2026, 12, 1, 21, tzinfo=UTC), datetime(2026, 12, 2, 2, 30, tzinfo=UTC),
    )  # fmt: skip
    assert (one.matchers, other.matchers) == (named("RedisDown"), named("PgDown"))


def test_a_window_of_every_alert_says_so_in_words() -> None:
    (rule,) = table(WORK, "| Coupure | 2026-12-01T22:00Z | 2026-12-02T02:00+01:00 | toutes |").maintenance
    assert (rule.matchers, rule.ends) == ((), datetime(2026, 12, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("| X | 2026-12-01 22:00 | 2026-12-02 | RedisDown |", "P124"),
        ("| X | demain | 2026-12-02 UTC | RedisDown |", "P123"),
        ("| X | 2026-12-02 UTC | 2026-12-01 UTC | RedisDown |", "P123"),
        ("| X | 2026-12-01 UTC | 2026-12-02 UTC |  |", "P114"),
    ],
)
def test_a_window_that_is_not_understood_silences_nothing(row: str, code: str) -> None:
    procedure = table(WORK, row)
    assert (codes(procedure.problems), procedure.maintenance) == ([code], ())


def test_whom_the_law_wants_told() -> None:
    procedure = table(
        "| Régime | Destinataire | Échéance | À compter de | Condition |",
        "| RGPD art. 33 | CNIL | 72 h | la connaissance | données personnelles |",
        "| RGPD art. 34 | les personnes | sans délai | | risque élevé |",
        "| NIS 2 | ANSSI | 1 mois | la notification | |",
    )
    assert codes(procedure.problems) == ["P125"]
    assert [(o.regime, o.recipient, o.within, o.counted_from, o.condition) for o in procedure.obligations] == [
        ("RGPD art. 33", "CNIL", timedelta(hours=72), "la connaissance", "données personnelles"),
        ("RGPD art. 34", "les personnes", None, "", "risque élevé"),
        ("NIS 2", "ANSSI", None, "la notification", ""),
    ]


def test_what_a_placeholder_stands_for_in_a_table_or_a_list() -> None:
    procedure = table("| Paramètre | Type |", "| `<attaquant>` | adresse IP |", "| <mode> | choix : doux, dur |")
    assert [(p.name, p.kind, p.choices) for p in procedure.parameters] == [
        ("attaquant", "ip", ()), ("mode", "choice", ("doux", "dur")),
    ]  # fmt: skip
    listed = read(document("## Paramètres\n\n- `<attaquant>` : adresse IP\n- `<quoi>` : bidule\n"))
    assert [(p.name, p.kind) for p in listed.parameters] == [("attaquant", "ip")]
    assert codes(listed.problems) == ["P126"]
