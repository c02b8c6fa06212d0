"""Who can be reached: what the settings bind, what the procedure wrote, and nobody who must not be called."""

from datetime import UTC, date, datetime, time

import pytest

from tocsin.edge.addresses import addresses, unknown_contacts
from tocsin.edge.duty import duty
from tocsin.edge.settings import load_settings
from tocsin.procedure.model import Availability, Contact
from tocsin.procedure.source import Source

NOW = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
MAIL = {"TOCSIN_CHANNELS_EMAIL_HOST": "mx", "TOCSIN_CHANNELS_EMAIL_FROM": "tocsin@example.org"}


def contact(slug, address="[email]", *, placeholder=False, supplier=False):
    return Contact(
        slug=slug,
        role=slug,
        address=address,
        availability=Availability(text="24/7", always=True),
        source=Source("incidents.md", 1),
        placeholder=placeholder,
        supplier=supplier,
    )


ADMIN = contact("admin-infra", placeholder=True)
SECURITY = contact("security", "security@example.org")
SUPPORT = contact("support", "support@example.com", supplier=True)


def test_the_address_that_the_procedure_wrote_is_used_once_mail_exists():
    assert addresses(load_settings(None, MAIL), [SECURITY]) == {"security": {"email": "security@example.org"}}
    assert addresses(load_settings(None, {}), [SECURITY]) == {"security": {}}


def test_the_settings_win_over_the_procedure():
    settings = load_settings(None, {**MAIL, "TOCSIN_CONTACT_SECURITY_EMAIL": "bob@example.org"})
    assert addresses(settings, [SECURITY])["security"] == {"email": "bob@example.org"}


def test_a_placeholder_is_no_address():
    assert addresses(load_settings(None, MAIL), [ADMIN]) == {"admin-infra": {}}


def test_a_supplier_is_never_called_even_when_bound():
    settings = load_settings(None, {**MAIL, "TOCSIN_CONTACT_SUPPORT_EMAIL": "x@example.com"})
    assert addresses(settings, [SUPPORT]) == {"support": {}}


def test_the_webhook_comes_before_mail():
    settings = load_settings(None, {**MAIL, "TOCSIN_CONTACT_SECURITY_WEBHOOK": "https://h.example.org/x"})
    assert duty(settings, [SECURITY], NOW).reach == {"security": ("webhook", "email")}


def test_office_hours_and_public_holidays_are_those_of_the_country():
    told = duty(load_settings(None, {"TOCSIN_BUSINESS_HOURS_DAYS": "sun,mon"}), [], NOW)
    assert (told.opens, told.closes, told.business_days) == (time(9), time(18), (0, 6))
    # In Paris the year is 2027 already.
    assert {date(2026, 7, 14), date(2027, 5, 1), date(2028, 11, 11), date(2029, 1, 1)} <= told.holidays
    assert date(2027, 7, 4) not in told.holidays
    american = duty(load_settings(None, {"TOCSIN_COUNTRY": "US"}), [], NOW)
    assert date(2026, 11, 26) in american.holidays


@pytest.mark.parametrize(("slug", "unknown"), [("SECURITY", ()), ("SECURTY", ("securty",))])
def test_a_contact_that_the_procedure_does_not_have_is_named(slug, unknown):
    settings = load_settings(None, {f"TOCSIN_CONTACT_{slug}_EMAIL": "a@example.org"})
    assert unknown_contacts(settings, [SECURITY]) == unknown


def test_the_time_zone_of_the_procedure_wins_over_the_settings():
    assert duty(load_settings(None, {}), [], NOW, "America/Montreal").timezone == "America/Montreal"
