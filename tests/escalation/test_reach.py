"""Who can be called at this instant, by the contact's own words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.escalation.reach import last_resort, office_is_open, reachable
from tocsin.world import Duty

BOTH = {"admin-infra": ("email",), "responsable-securite": ("email",), "hetzner-support": ("email",)}
PARIS = Duty(reach=BOTH)


def at(text):
    """An instant of a Paris wall clock, as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "priority", "who"),
    [
        ("2026-11-24T03:00+01:00", "P1", ["admin-infra"]),
        ("2026-11-24T03:00+01:00", "P2", []),
        ("2026-11-24T10:00+01:00", "P2", ["admin-infra", "responsable-securite"]),
        ("2026-11-28T10:00+01:00", "P2", []),  # a Saturday
        ("2026-11-24T08:59:59+01:00", "P2", []),
        ("2026-11-24T09:00:00+01:00", "P2", ["admin-infra", "responsable-securite"]),
        ("2026-11-24T18:00:00+01:00", "P2", []),
        ("2026-07-24T09:00:00+02:00", "P2", ["admin-infra", "responsable-securite"]),  # summer time: 07:00 UTC
    ],
)
def test_their_own_words_decide(procedure, when, priority, who):
    assert [contact.slug for contact in reachable(procedure, priority, PARIS, at(when))] == who


def test_a_supplier_is_never_called(procedure):
    """Hetzner answers around the clock and has an address: still not by tocsin."""
    for priority in ("P1", "P2", "P3", "P4"):
        assert "hetzner-support" not in [
            contact.slug for contact in reachable(procedure, priority, PARIS, at("2026-11-24T10:00+01:00"))
        ]


def test_a_contact_without_an_address_reaches_nobody(procedure):
    night = at("2026-11-24T03:00+01:00")
    assert reachable(procedure, "P1", Duty(reach={}), night) == []
    assert last_resort(procedure, Duty(reach={})) is None
    assert last_resort(procedure, Duty(reach={"responsable-securite": ("email",)})).slug == "responsable-securite"


def test_the_night_of_the_change_of_hour_is_one_night():
    """On 2026-10-25 the clock goes back at 03:00; the office opens at nine by the wall."""
    assert not office_is_open(PARIS, datetime(2026, 10, 26, 7, 59, tzinfo=UTC))
    assert office_is_open(PARIS, datetime(2026, 10, 26, 8, 0, tzinfo=UTC))
