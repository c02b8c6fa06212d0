"""The procedure's own ladder, rota and hours decide who is called when; without them tocsin's own ladder stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.procedure.written import document, read
from tests.story import NIGHT, Story, deaf
from tocsin.escalation.ladder import LADDERS, ladder_of
from tocsin.escalation.reach import reachable
from tocsin.escalation.rota import on_duty
from tocsin.incident import commands as c
from tocsin.incident import events as e
from tocsin.procedure.model import Procedure
from tocsin.world import Duty

TEAM = """## Contacts

| Rôle | Contact | Disponibilité |
|--|--|--|
| Admin Infra | a@example.org | 24/7 |
| Sécurité | s@example.org | 24/7 |
| Directrice | d@example.org | lun-ven 8h-20h (America/Montreal) |

"""
LADDER = """| Priorité | Après | Appeler |
|--|--|--|
| P2 | immédiatement | l’astreinte |
| | 4 min | Admin Infra |
| | 9 min | tout le monde |
| | toutes les 20 min | tout le monde |
| P3 | 0 | Admin Infra (avis) |

"""
ROTA = """| Jours | Heures | Semaine | Astreinte |
|--|--|--|--|
| tous les jours | 18h-9h | paire | Sécurité |
| tous les jours | 18h-9h | impaire | Admin Infra |

"""
REACH = {"admin-infra": ("email",), "securite": ("email",), "directrice": ("email",)}


def written(*parts: str) -> Procedure:
    return read(document(TEAM + "".join(parts)))


def night(procedure: Procedure, severity: str = "critical", **more: object) -> Story:
    """An unknown alert at 03:00 of a Tuesday in an even week: P2 when its source calls it critical, else P3."""
    story = Story(procedure, reach=REACH, **more)  # type: ignore[arg-type]
    story.fires("Unheard", severity=severity)
    return story


def test_a_written_ladder_is_climbed_and_then_repeated() -> None:
    story = night(written(LADDER, ROTA))
    story.passes(timedelta(minutes=50))
    assert story.pages()[:6] == [
        ("02:00", "securite", "email"),
        ("02:04", "admin-infra", "email"),
        ("02:09", "securite", "email"),
        ("02:09", "admin-infra", "email"),
        ("02:29", "securite", "email"),
        ("02:29", "admin-infra", "email"),
    ]
    story.check_properties()


def test_the_line_of_the_ladder_stands_beside_the_page() -> None:
    procedure = written(LADDER, ROTA)
    pages = [event for event in night(procedure).timeline() if isinstance(event, e.PageRequested)]
    assert [page.because.line for page in pages] == [str(procedure.ladders[0].rungs[0].source)]


def test_a_rung_that_fails_is_followed_by_the_next_at_once() -> None:
    story = night(written(LADDER, ROTA), hands=deaf)
    assert [who for when, who, _ in story.pages() if when == "02:00"][:2] == ["securite", "admin-infra"]


def test_a_ladder_of_notices_alone_does_not_repeat() -> None:
    story = night(written(LADDER), severity="warning")
    story.passes(timedelta(minutes=90))
    assert story.pages() == []
    assert [event.kind for event in story.timeline() if isinstance(event, e.PageRequested)] == ["notice"]


def test_who_takes_it_ends_a_written_climb_too() -> None:
    story = night(written(LADDER, ROTA))
    story.ask(c.Acknowledge(incident=1, by="alice"))
    story.passes(timedelta(minutes=30))
    assert len(story.pages()) == 1


def test_without_a_ladder_ours_stands_and_the_rota_says_who_is_first() -> None:
    assert ladder_of("P2", written(ROTA)) == LADDERS["P2"]
    assert ladder_of("P1", written(LADDER)) == LADDERS["P1"]
    story = night(written(ROTA))
    story.until("02:10")
    assert [who for _, who, _ in story.pages()] == ["securite", "securite", "admin-infra"]


def test_on_call_without_a_rota_is_the_first_who_can_be_called() -> None:
    assert night(written(LADDER)).pages() == [("02:00", "admin-infra", "email")]


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-11-24T03:00+01:00", "securite"),  # the night of Monday, ISO week 48
        ("2026-11-23T08:59+01:00", "admin-infra"),  # the night of Sunday, week 47
        ("2026-11-23T12:00+01:00", ""),
        ("2026-11-23T18:00+01:00", "securite"),
        ("2026-11-30T08:59+01:00", "securite"),  # the night of Sunday still belongs to week 48
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(when: str, who: str) -> None:
    assert on_duty(written(ROTA).rota, paris(when), "Europe/Paris") == who


def test_dates_win_over_weekdays() -> None:
    holiday = "| Du | Au | Qui |\n|--|--|--|\n| 2026-11-24 | 2026-11-24 | Admin Infra |\n"
    rota = written(ROTA, holiday).rota
    assert on_duty(rota, paris("2026-11-24T03:00+01:00"), "Europe/Paris") == "admin-infra"
    assert on_duty(rota, paris("2026-11-25T03:00+01:00"), "Europe/Paris") == "securite"


@pytest.mark.parametrize(
    ("when", "reached"),
    [
        ("2026-11-24T13:30-05:00", True),
        ("2026-11-24T07:30-05:00", False),
        ("2026-11-28T13:30-05:00", False),  # a Saturday
    ],
)
def test_hours_of_ones_own_are_those_of_the_zone_beside_them(when: str, reached: bool) -> None:
    people = reachable(written(), "P1", Duty(reach=REACH), paris(when))
    assert ("directrice" in [contact.slug for contact in people]) == reached


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    text = document(TEAM).replace("lun-ven 8h-20h (America/Montreal)", "vendredi 22h-6h")
    duty = Duty(reach=REACH)
    assert "directrice" in [p.slug for p in reachable(read(text), "P1", duty, paris("2026-11-28T05:59+01:00"))]
    assert "directrice" not in [p.slug for p in reachable(read(text), "P1", duty, paris("2026-11-27T05:59+01:00"))]
    assert NIGHT.weekday() == 1
