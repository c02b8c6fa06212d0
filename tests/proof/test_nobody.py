"""Hours at which a priority calls nobody, and ladders that end in the air, as problems of the procedure."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from tests.procedure.written import codes, document, read
from tocsin.procedure.problems import Problem
from tocsin.proof.nobody import nobody_called
from tocsin.world import Duty

WEDNESDAY = datetime(2026, 1, 14, 12, tzinfo=UTC)
NIGHTS = "lun-jeu 18:00-09:00, ven 18:00 à lun 09:00, jours fériés"
PEOPLE = "| Admin Infra | alice@example.org | Heures ouvrées |\n| Hetzner Support | support@hetzner.com | 24/7 |"


def found(people: str, more: str = "", duty: Duty | None = None, now: datetime = WEDNESDAY) -> tuple[Problem, ...]:
    contacts = f"## Contacts\n\n| Rôle | Contact | Disponibilité |\n|---|---|---|\n{people}\n{more}"
    return nobody_called(read(document(contacts)), duty or Duty(), now)


def hours(problems: tuple[Problem, ...]) -> dict[str, str]:
    """By priority: the hours that its problem tells."""
    said = [one.message.replace("\u00a0", " ").partition(" : ")[0] for one in problems if one.code == "P203"]
    return {one[:2]: one[4:] for one in said}


def test_somebody_around_the_clock_leaves_no_hour_empty() -> None:
    assert found("| Admin Infra | alice@example.org | 24/7 |") == ()


def test_each_priority_that_nobody_takes_at_night_is_told_with_its_hours_the_slow_one_as_a_note() -> None:
    problems = found("| Admin Infra | alice@example.org | 24/7 pour P1 |")
    assert hours(problems) == {"P2": NIGHTS, "P3": NIGHTS, "P4": NIGHTS}
    assert [(one.source.line, one.severity) for one in problems] == [(8, "warning"), (9, "warning"), (10, "info")]


def test_a_supplier_takes_no_night() -> None:
    assert hours(found(PEOPLE))["P1"] == NIGHTS


def test_hours_of_ones_own_are_those_that_are_told_and_hold_on_a_public_holiday() -> None:
    assert hours(found("| Admin Infra | alice@example.org | lun-dim 8h-22h |"))["P2"] == "22:00-08:00"


def test_two_people_share_the_day_and_what_is_left_is_told() -> None:
    people = "| A | a@example.org | lun-dim 6h-18h |\n| B | b@example.org | lun-dim 18h-23h |"
    assert hours(found(people))["P1"] == "23:00-06:00"


def test_the_office_is_where_the_settings_say_and_hours_are_those_of_their_own_zone() -> None:
    tokyo = Duty(timezone="Asia/Tokyo", opens=time(8), closes=time(20), business_days=(0, 1, 2, 3, 4, 5, 6))
    assert hours(found("| A | a@example.org | Heures ouvrées |", duty=tokyo))["P1"] == "20:00-08:00, jours fériés"
    paris = "| A | a@example.org | lun-dim 8h-20h (Europe/Paris) |"
    assert hours(found(paris, duty=Duty(timezone="Asia/Tokyo")))["P1"] == "04:00-16:00"


def test_the_rota_fills_the_nights() -> None:
    rota = "\n### Astreinte\n\n| Contact | Jours | Heures |\n|---|---|---|\n| A | lun-dim | 18:00-9:00 |\n"
    people = "| A | a@example.org | Heures ouvrées |"
    assert hours(found(people, rota))["P1"] == "sam-dim 09:00-18:00, jours fériés"


def test_a_team_without_anybody_is_told_elsewhere() -> None:
    assert found("| Hetzner Support | support@hetzner.com | 24/7 |") == ()


def ladder(*rows: str) -> list[str]:
    written = "\n".join(("", "### Échelle", "", "| Priorité | Après | Appeler | Comment |", "|---|---|---|---|", *rows))
    people = "| Admin Infra | alice@example.org | 24/7 |\n| Hetzner Support | support@hetzner.com | 24/7 |"
    return codes(found(people, written + "\n"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["| P1 | 0 min | Admin Infra | appel |", "| P1 | toutes les 5 min | tous | appel |"], []),
        (["| P1 | 0 min | Admin Infra | appel |"], ["P221"]),
        (["| P2 | 0 min | Admin Infra | avis |"], ["P220"]),
        (["| P4 | 0 min | Admin Infra | avis |"], []),
        (["| P2 | 0 min | Admin Infra | avis |", "| P2 | toutes les 30 min | tous | appel |"], []),
        (["| P1 | 0 min | Hetzner Support | appel |", "| P1 | toutes les 5 min | tous | appel |"], ["P222"]),
        (["| P1 | 0 min | l’astreinte | appel |", "| P1 | toutes les 5 min | tous | appel |"], ["P222"]),
    ],
)
def test_a_ladder_that_ends_in_the_air(rows: list[str], told: list[str]) -> None:
    assert ladder(*rows) == told
