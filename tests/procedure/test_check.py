"""What only the settings can show: who is reachable, and whether a page's link opens."""

from __future__ import annotations

import pytest

from tests.procedure.written import codes, document, read, scenario_of
from tocsin.procedure.check import check, is_loopback
from tocsin.procedure.model import Procedure
from tocsin.procedure.problems import Problem

BOUND = {"admin-infra": ("email",)}


def contacts(*rows: str) -> Procedure:
    head = "## Contacts\n\n| Rôle | Contact | Disponibilité |\n|------|---------|---------------|\n"
    return read(document(head + "\n".join(rows) + "\n"))


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.severity, str(problem.source)) for problem in problems]


def test_a_sound_procedure_with_its_contacts_bound_has_no_problem() -> None:
    everything = check(read(document()), BOUND, "https://tocsin.example.org", frozenset({"email"}), frozenset())
    assert everything == ()


def test_a_placeholder_that_nothing_stands_in_for_is_an_error_until_it_is_bound() -> None:
    procedure = contacts("| Admin Infra | [email] | 24/7 |")
    (problem,) = check(procedure)
    assert (problem.code, problem.severity) == ("P201", "error")
    assert "[contacts.admin-infra]" in problem.hint
    assert codes(check(procedure, {"admin-infra": ()})) == ["P202"]
    assert codes(check(procedure, BOUND)) == []


def test_a_contact_without_a_channel_is_told() -> None:
    assert codes(check(contacts("| Admin | +33 1 23 45 67 89 | 24/7 |"))) == ["P202"]


def test_a_supplier_needs_no_channel() -> None:
    procedure = contacts("| Admin Infra | alice@example.org | Heures ouvrées |", "| Hetzner Support | [email] | 24/7 |")
    assert codes(check(procedure, BOUND)) == []


def test_a_setting_for_nobody_asks_whom_it_meant() -> None:
    (problem,) = check(read(document()), {**BOUND, "admin-infar": ("email",)}, settings_path="t.toml")
    assert (problem.code, str(problem.source), problem.hint) == (
        "P207",
        "t.toml:1",
        "vouliez-vous dire admin-infra\u00a0?",
    )


def test_a_setting_for_nobody_like_anybody_has_no_hint() -> None:
    (problem,) = check(read(document()), {**BOUND, "zzz": ("email",)})
    assert (problem.code, problem.hint) == ("P207", "")


@pytest.mark.parametrize(
    ("url", "channels", "found"),
    [
        (None, {"email"}, ["P209"]),
        ("", {"email"}, ["P209"]),
        ("http://127.0.0.1:8080", {"email"}, ["P208"]),
        ("http://localhost", {"email"}, ["P208"]),
        ("https://tocsin.example.org", {"email"}, []),
        ("http://127.0.0.1:8080", set(), []),
        (None, set(), []),
    ],
)
def test_with_channels_a_link_must_open_on_a_phone(url: str | None, channels: set[str], found: list[str]) -> None:
    assert codes(check(read(document()), BOUND, url, frozenset(channels))) == found


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.8.9.1", True),
        ("http://[::1]:80", True),
        ("http://[::ffff:127.0.0.1]", True),
        ("http://0.0.0.0:8080", True),
        ("http://LOCALHOST.", True),
        ("http://a.localhost/x", True),
        ("http://", True),
        ("http://192.168.1.4", False),
        ("https://localhost.example.org", False),
        ("https://tocsin", False),
    ],
)
def test_addresses_that_mean_the_machine_itself(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


@pytest.mark.parametrize(
    ("line", "files", "found"),
    [
        ("kubectl apply -f m/x.yaml", frozenset(), ["P404"]),
        ("kubectl apply -f m/x.yaml", frozenset({"m/x.yaml"}), []),
        ("kubectl apply --filename=./m/x.yaml", frozenset({"m/x.yaml"}), []),
        ("kubectl apply -f ../x.yaml", frozenset({"x.yaml"}), ["P404"]),
        ("kubectl apply -f m/x.yaml", None, []),
        ("kubectl apply -f -", frozenset(), []),
        ("kubectl apply -f https://example.org/x.yaml", frozenset(), []),
        ("kubectl apply -f <file>", frozenset(), ["P304"]),
        ("kubectl logs x -f", frozenset(), ["P306"]),
    ],
)
def test_a_manifest_must_be_there(line: str, files: frozenset[str] | None, found: list[str]) -> None:
    told = codes(check(read(document(scenario_of(line))), BOUND, files=files))
    assert [code for code in told if code not in ("P415", "P416")] == found


def test_a_missing_manifest_is_underlined() -> None:
    procedure = read(
        document(scenario_of("kubectl apply -f m/x.yaml -n x --timeout=10s\nkubectl get x --request-timeout=9s"))
    )
    (problem,) = check(procedure, BOUND, files=frozenset())
    command = procedure.scenarios[0].steps[0].commands[0]
    assert (problem.source.line, problem.source.column, problem.source.end_column) == (command.source.line, 18, 26)


def test_problems_come_in_the_order_of_the_file_each_once() -> None:
    procedure = contacts("| Admin | [a] | jamais |", "| Admin | [b] | jamais |")
    found = check(procedure)
    places = [(p.source.path, p.source.line, p.source.column) for p in found]
    assert places == sorted(places)
    assert len(set(found)) == len(found)
    assert check(procedure) == found
