"""Guessing is slow for a guesser and hardly noticed by a tired person."""

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from tocsin.web import attempts as bounds
from tocsin.web.attempts import ADDRESS, BOTH, NAME, WINDOW, Attempts
from tocsin.web.passwords import Passwords, is_long_enough

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NONE = timedelta()


def test_five_failures_make_the_sixth_wait_until_the_first_is_old() -> None:
    attempts = Attempts()
    for second in range(BOTH):
        assert attempts.wait("alice", "10.0.0.1", NOW + timedelta(seconds=second)) == NONE
        attempts.failed("alice", "10.0.0.1", NOW + timedelta(seconds=second))
    assert attempts.wait("Alice ", "10.0.0.1", NOW + timedelta(seconds=10)) == WINDOW - timedelta(seconds=10)
    assert attempts.wait("alice", "10.0.0.1", NOW + WINDOW) == NONE


def test_the_person_is_not_locked_out_at_another_address() -> None:
    attempts = Attempts()
    for _ in range(BOTH):
        attempts.failed("alice", "10.0.0.1", NOW)
    assert attempts.wait("alice", "10.0.0.2", NOW) == NONE
    assert attempts.wait("bob", "10.0.0.1", NOW) == NONE


def test_one_address_may_not_try_many_names() -> None:
    attempts = Attempts()
    for number in range(ADDRESS):
        attempts.failed(f"name-{number}", "10.0.0.1", NOW)
    assert attempts.wait("alice", "10.0.0.1", NOW) == WINDOW


def test_one_name_may_not_be_tried_from_many_addresses() -> None:
    attempts = Attempts()
    for number in range(NAME):
        attempts.failed("alice", f"10.0.1.{number}", NOW)
    assert attempts.wait("alice", "10.0.0.9", NOW) == WINDOW


def test_a_success_forgets_the_slips_of_that_person() -> None:
    attempts = Attempts()
    for _ in range(BOTH):
        attempts.failed("alice", "10.0.0.1", NOW)
    attempts.succeeded("alice", "10.0.0.1")
    assert attempts.wait("alice", "10.0.0.1", NOW) == NONE


def test_memory_stays_bounded_under_a_flood(monkeypatch) -> None:
    monkeypatch.setattr(bounds, "REMEMBERED", 100)
    attempts = Attempts()
    for number in range(1000):
        attempts.failed(f"name-{number}", f"address-{number}", NOW)
    assert len(attempts._failures) < 200


class Counting(PasswordHasher):
    """Counts its checks."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checks = 0

    def verify(self, hash, password) -> bool:  # type: ignore[override]
        self.checks += 1
        return super().verify(hash, password)


def test_a_password_fits_its_own_hash_only() -> None:
    passwords = Passwords(Counting())
    kept = passwords.hash("a long sentence")
    assert passwords.fits("a long sentence", kept)
    assert not passwords.fits("a long sentencE", kept)
    assert not passwords.fits("a long sentence", "not a hash")


def test_an_unknown_name_costs_as_much_as_a_known_one() -> None:
    hasher = Counting()
    passwords = Passwords(hasher)
    assert not passwords.fits("x", None)
    assert not passwords.fits("a password that nobody has", "")
    assert hasher.checks == 2


def test_the_only_rule_of_a_password_is_its_length() -> None:
    assert not is_long_enough("x" * 11)
    assert is_long_enough("x" * 12)
    assert not is_long_enough("x" * 1025)
