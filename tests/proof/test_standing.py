"""How a line stands: its highest state, its mark, its sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.incident.events import LineProved
from tocsin.procedure.check import check, checked
from tocsin.procedure.model import Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of
from tocsin.proof.book import EMPTY, ProofBook, learn
from tocsin.proof.lines import acting_lines, contact_digest, digest_of
from tocsin.proof.standing import Standing, counted, standings
from tocsin.world import Duty

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WRITTEN = """\
# Incident procedure

## Incident classification

| Level | Description | Response time | Examples |
|---|---|---|---|
| P1 - Critical | All is down | < 15 min | Cluster down |
| P2 - Major | Degraded | < 30 min | 1 node down |
| P3 - Minor | Small | < 2h | Pod restart |
| P4 - Info | Nothing | < 24h | Warning logs |

## Common scenarios

### Node 2 down (worker)

```bash
# 1. Look
kubectl get nodes
# 2. Restart it
hcloud server reset node-2
```

### PostgreSQL primary down

```bash
# 1. Force
kubectl exec -n production postgresql-0 -- patronictl failover --force
```

## Escalation contacts

| Role | Contact | Availability |
|---|---|---|
| Admin Infra | alice@example.org | 24/7 for P1 |
| Security Lead | bob@example.org | Business hours |
"""
DUTY = Duty(reach={"admin-infra": ("email",), "security-lead": ("email",)})


def procedure(text: str = WRITTEN) -> Procedure:
    read = read_procedure({"incidents.md": text_of("incidents.md", text.encode())}, "incidents.md")
    return checked(read, check(read, {"admin-infra": ("email",), "security-lead": ("email",)}, "https://t.example"))


def stand(book: ProofBook = EMPTY, text: str = WRITTEN, language: str = "en") -> dict[str, Standing]:
    found = standings(procedure(text), book, DUTY, NOW, language)  # type: ignore[arg-type]
    return {standing.line.name or standing.line.text: standing for standing in found}


def proved(text: str, kind: str, held: bool = True, ago: timedelta = timedelta(days=3), **more: object) -> LineProved:
    return LineProved(at=NOW - ago, line=digest_of(text), kind=kind, held=held, **more)  # type: ignore[arg-type]


def test_the_lines_that_do_something_are_commands_contacts_and_the_rows_that_decide_who_is_called() -> None:
    lines = acting_lines(procedure())
    assert [line.what for line in lines] == ["priority"] * 4 + ["command"] * 3 + ["contact"] * 2
    assert [line.source.line for line in lines] == sorted(line.source.line for line in lines)


def test_from_the_first_minute_a_sound_command_is_checked_and_never_rehearsed() -> None:
    standing = stand()["kubectl get nodes"]
    assert (standing.rung, standing.mark, standing.said) == ("checked", "idle", "checked, never rehearsed")


def test_a_command_with_an_error_fails_and_says_why() -> None:
    standing = stand()["kubectl exec -n production postgresql-0 -- patronictl failover --force"]
    assert (standing.rung, standing.mark) == ("read", "fails")
    assert standing.said == "fails: `patronictl failover --force` needs --candidate"


def test_a_command_climbs_with_each_thing_that_is_proved() -> None:
    text = "kubectl get nodes"
    events = [
        proved(text, "bound"),
        proved(text, "permitted"),
        proved(text, "rehearsed", values={"exit": "0"}),
        proved(text, "ran", values={"exit": "0"}, ago=timedelta(hours=2)),
    ]
    said = [stand(learn(EMPTY, events[:count]))[text] for count in range(1, 5)]
    assert [one.rung for one in said] == ["checked", "permitted", "rehearsed", "ran"]
    assert [one.said for one in said] == [
        "bound 3 days ago, never rehearsed",
        "bound, permitted 3 days ago, never rehearsed",
        "rehearsed 3 days ago: exit code 0",
        "ran for real 2\u00a0h ago: exit code 0",
    ]


def test_what_fails_on_any_rung_is_said_first() -> None:
    text = "hcloud server reset node-2"
    book = learn(EMPTY, [proved(text, "ran"), proved(text, "rehearsed", False, values={"exit": "1"})])
    assert stand(book)[text].mark == "fails"
    assert stand(book)[text].said == "failed in a drill 3 days ago: exit code 1"


def test_a_contact_is_reachable_once_its_channel_answered_and_once_it_took_a_page() -> None:
    contact = next(one for one in procedure().contacts if one.slug == "admin-infra")
    digest = contact_digest(contact)
    answers = LineProved(at=NOW - timedelta(days=3), line=digest, kind="permitted", held=True)
    called = LineProved(at=NOW - timedelta(days=1), line=digest, kind="ran", held=True)
    assert stand()["admin-infra"].said == "has an address, never tested"
    assert stand(learn(EMPTY, [answers]))["admin-infra"].said == "reachable, tested 3 days ago, never called"
    assert stand(learn(EMPTY, [answers, called]))["admin-infra"].said == "reachable, last page taken 1 day ago"


def test_a_priority_says_at_which_hours_it_calls_nobody() -> None:
    found = stand()
    assert found["P1"].said == "P1: somebody at every hour"
    assert found["P2"].said == "P2, Mon-Thu 18:00-09:00, Fri 18:00 to Mon 09:00: nobody"
    assert found["P2"].mark == "warns"
    assert found["P4"].mark == "idle", "it can wait for the morning"


def test_nights_that_are_all_alike_are_told_as_one() -> None:
    week = Duty(reach=DUTY.reach, business_days=(0, 1, 2, 3, 4, 5, 6), opens=DUTY.opens, closes=DUTY.closes)
    found = {one.line.name: one.said for one in standings(procedure(), EMPTY, week, NOW, "fr")}
    assert found["P2"] == "P2, 18:00-09:00\u00a0: personne"


def test_nobody_with_an_address_is_nobody_at_all_hours() -> None:
    found = {one.line.name: one.said for one in standings(procedure(), EMPTY, Duty(), NOW, "en")}
    assert found["P1"] == "P1, at all hours: nobody"


def test_each_line_is_counted_once_at_its_highest_state() -> None:
    book = learn(EMPTY, [proved("kubectl get nodes", "permitted")])
    found = standings(procedure(), book, DUTY, NOW, "en")
    assert counted(found, "en") == (
        "9 lines do something: 1 only read, 7 checked, 1 permitted, 0 rehearsed, 0 ran; 1 fails"
    )
    assert counted(found, "fr") == (
        "9 lignes agissent\u00a0: 1 seulement lue, 7 contrôlées, 1 permise, 0 répétée, 0 exécutée\u00a0; 1 en échec"
    )
