"""What the page of an incident shows, and in which order of importance."""

import re
from datetime import timedelta

import pytest
from markupsafe import escape
from msgspec.structs import replace

from tests.procedure.written import document, read, scenario_of
from tests.web.stage import submit
from tocsin.incident import events as e
from tocsin.incident.commands import AddNote, ChangePriority, Mitigate, ReceiveAlerts
from tocsin.incident.state import fold
from tocsin.resolution.plan import Plan
from tocsin.web.outside import plain
from tocsin.web.pages import incident as page_of
from tocsin.web.pages.next_step import next_step
from tocsin.web.rendering import renderer

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }}{% for x in y %}%(percent)s",
    "a\u202etxt.exe",
    "x" * 8192,
]


def text_in(page: str) -> str:
    """What a reader sees: no tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


@pytest.mark.parametrize("word", HOSTILE, ids=["script", "img", "scheme", "template", "direction", "endless"])
def test_what_an_alert_says_is_shown_and_does_nothing(alice, stage, word) -> None:
    number = stage.fires("Odd", summary=word, pod=word, runbook_url=word)
    stage.house.record(AddNote(incident=number, by="Alice", text=word))
    page = alice.get(f"/incidents/{number}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert not re.search(r'href="(?!/|#|https?://|\?)', page.text)
    assert "\u202e" not in page.text
    assert "x" * 2001 not in page.text
    assert str(escape(plain(word)))[:40] in page.text
    assert alice.get("/").status_code == 200
    assert alice.get(f"/incidents/{number}/postmortem").status_code == 200


def test_a_web_address_of_an_alert_is_a_link_that_tells_the_other_side_nothing(alice, stage) -> None:
    page = alice.get(f"/incidents/{stage.fires()}").text
    assert '<a href="https://prometheus.example.org/graph" rel="noopener noreferrer">' in page


def test_the_first_screen_tells_what_since_when_who_and_how_urgent(alice, stage) -> None:
    number = stage.fires("KubeNodeNotReady")
    stage.clock.passes(minutes=4)
    head = text_in(alice.get(f"/incidents/{number}").text.split('<header class="head">')[1].split("</header>")[0])
    assert "P2 Majeur INC-1 detected Node 2 is down" in head
    assert "Since 02:58 (01:58 UTC) · 6 min ago" in head
    assert "Nobody has it yet" in head
    assert "26 min left" in head
    assert "incidents.md:8" in head
    assert "I take it" in head


def test_the_reason_of_a_priority_is_the_last_word_on_it(alice, stage) -> None:
    number = stage.fires("KubeNodeNotReady")
    stage.house.record(ChangePriority(incident=number, by="Bob", priority="P1", reason="the shop is closed"))
    page = alice.get(f"/incidents/{number}").text
    facts = text_in(page.split('<dl class="facts">')[1].split("</dl>")[0])
    assert "Why P1 the shop is closed (Bob · incidents.md:7)" in facts


def test_after_taking_it_the_next_step_leads(alice, stage) -> None:
    number = stage.fires("KubeNodeNotReady")
    submit(alice, f"/incidents/{number}", f"/incidents/{number}/acknowledgement")
    page = alice.get(f"/incidents/{number}").text
    panel = text_in(page.split('id="next"')[1].split("</section>")[0])
    assert panel.startswith('aria-labelledby="next-title"> Next step')
    assert "Les répliques sont perdues" in panel
    assert "incidents.md:46" in panel


def test_the_outputs_of_the_triage_are_there_with_the_line_that_asked(alice, stage) -> None:
    number = stage.fires("KubeNodeNotReady")
    stage.perform(number, output="node-2 NotReady <none>\n")
    page = alice.get(f"/incidents/{number}").text
    assert "node-2 NotReady &lt;none&gt;" in page
    assert "kubectl get pods --all-namespaces | grep -v Running" in page
    assert "incidents.md:23" in page


def test_a_command_with_an_error_says_what_is_wrong_and_can_be_corrected(alice, stage) -> None:
    number = stage.fires("PostgreSQLDown", summary="PostgreSQL has no primary")
    submit(alice, f"/incidents/{number}", f"/incidents/{number}/triage", scenario="postgresql-primary-down")
    page = alice.get(f"/incidents/{number}").text
    assert "patronictl failover --force" in page
    assert "to correct" in page
    correct = re.search(r'href="(/incidents/\d+/commands\?step=[^"]+)"', page).group(1)
    assert "patronictl failover --force" in alice.get(correct).text


def test_a_supplier_is_shown_with_a_letter_that_names_nobody_and_no_label(alice, stage) -> None:
    number = stage.fires("KubeNodeNotReady", secret_label="do-not-send")
    submit(alice, f"/incidents/{number}", f"/incidents/{number}/acknowledgement")
    page = alice.get(f"/incidents/{number}").text
    letter = page.split('<pre class="letter">')[1].split("</pre>")[0]
    assert "support@hetzner.com" in page
    assert "Subject: [P2] Node 2 is down" in letter
    assert "INC-1" in letter
    assert "Alice" not in letter
    assert "do-not-send" not in letter


def test_a_long_timeline_folds_its_beginning_and_ends_with_the_newest(alice, stage) -> None:
    number = stage.fires()
    for count in range(60):
        stage.house.record(AddNote(incident=number, by="Alice", text=f"note {count}"))
    page = alice.get(f"/incidents/{number}").text
    assert "earlier lines" in page
    assert page.index("note 5<") < page.index("note 58<") < page.index("note 59<")


def test_a_new_day_is_named_in_the_timeline(alice, stage) -> None:
    number = stage.fires()
    stage.clock.passes(days=1)
    stage.house.record(AddNote(incident=number, by="Alice", text="the day after"))
    page = stage.signed_in("alice").get(f"/incidents/{number}").text
    assert page.index('<li class="day">2026-11-24') < page.index('<li class="day">2026-11-25')


def test_an_endless_output_is_cut_on_the_page(alice, stage, monkeypatch) -> None:
    monkeypatch.setattr(page_of, "SHOWN_OUTPUT", 100)
    number = stage.fires("KubeNodeNotReady")
    stage.perform(number, output="y" * 5000)
    page = alice.get(f"/incidents/{number}").text
    assert "y" * 101 not in page
    assert "… (5000)" in page


def test_only_what_is_possible_is_offered(alice, stage) -> None:
    number = stage.fires()
    page = alice.get(f"/incidents/{number}").text
    assert f"/incidents/{number}/reopening" not in page
    assert f"/incidents/{number}/closure" not in page
    submit(alice, f"/incidents/{number}", f"/incidents/{number}/cancellation", reason="a test")
    page = alice.get(f"/incidents/{number}").text
    assert f"/incidents/{number}/reopening" in page
    assert f"/incidents/{number}/cancellation" not in page
    assert f"/incidents/{number}/runs" not in page


def test_nothing_is_next_once_it_is_cancelled(stage) -> None:
    number = stage.fires()
    events = [entry.event for entry in stage.house.timeline(number)]
    cancelled = fold([*events, e.Cancelled(at=stage.clock.now(), reason="x")])
    assert next_step(cancelled, Plan(source="")).kind == "nothing"


def test_without_a_scenario_people_are_told_to_pick_one(alice, stage) -> None:
    page = alice.get(f"/incidents/{stage.fires('Unheard', summary='odd')}").text
    assert "The procedure has no scenario that fits." in page


def test_a_mitigated_incident_still_leads_to_its_end(alice, stage) -> None:
    number = stage.fires()
    stage.house.record(Mitigate(incident=number, by="Alice"))
    assert f"/incidents/{number}/resolution" in alice.get(f"/incidents/{number}").text


def test_the_page_speaks_french_down_to_its_buttons(stage) -> None:
    stage.account("alice")
    stage.house.accounts.change(1, language="fr")
    number = stage.fires("KubeNodeNotReady")
    page = stage.signed_in("alice").get(f"/incidents/{number}").text
    assert ">Je prends<" in page
    assert "Personne ne l’a encore pris" in page
    assert "Main courante" in page
    assert "R2</b> coupure" in page


def test_an_alert_says_that_its_end_is_not_believed_and_that_a_clock_is_ahead(alice, stage) -> None:
    number = stage.fires("KubeNodeNotReady")
    held = replace(stage.house.incident(number).alerts[0], starts_at=stage.clock.now(), ahead_for=timedelta(minutes=7))
    stage.house.record(ReceiveAlerts(source=held.source, alerts=(held,), received_at=stage.clock.now()))
    stage.house.note("house/watch", [e.HeartbeatExpected(at=stage.clock.now(), name="Watchdog", source="prod")])
    missing = e.HeartbeatMissing(at=stage.clock.now(), name="Watchdog", source="prod", last_at=stage.clock.now())
    stage.house.note("house/watch", [missing])
    stage.clock.passes(minutes=1)
    over = replace(held, status="cleared", ends_at=stage.clock.now())
    stage.house.record(ReceiveAlerts(source=held.source, alerts=(over,), received_at=stage.clock.now()))
    said = text_in(alice.get(f"/incidents/{number}").text)
    assert "resolved while monitoring was blind: not believed" in said
    assert "the sender's clock is ahead by 7 min" in said.replace("&#39;", "'")
    assert "Monitoring is blind since" in said


def test_a_step_shows_what_it_says_of_itself() -> None:
    """The next step's panel and the list of steps use the same lines."""
    written = document(
        scenario_of(
            "# 1. X\n# Limite : 90 s\n# Avant : `kubectl get nodes` répond\n# Annuler : rien\n# Non exécuté\nkubectl cordon a"
        )
    )
    (step,) = read(written).scenarios[0].steps
    shown = text_in(renderer().page("incident/_said.html", "en", {"step": step}))
    assert "Not run" in shown
    assert "Before kubectl get nodes répond" in shown
    assert "Time limit 1 min 30 s" in shown
    assert "Undo rien" in shown


def told(stage, **changes) -> int:
    """An incident with one alert of Grafana's; gives its number."""
    number = stage.fires("Checkout error rate", host="a")
    held = stage.house.incident(number).alerts[0]
    told = replace(held, **{"fingerprint": "g1", **changes})
    stage.house.record(ReceiveAlerts(source="alertmanager", alerts=(told,), received_at=stage.clock.now()))
    return stage.house.incident(number).number


def test_the_dashboard_that_an_alert_names_is_one_button_away(alice, stage) -> None:
    shown = "https://grafana.example/d/shop?orgId=3&viewPanel=4&from=1795484420283&to=1795488020283"
    page = alice.get(f"/incidents/{told(stage, dashboard=shown)}").text
    escaped = str(escape(shown))
    assert f'<a class="button secondary" href="{escaped}" rel="noopener noreferrer">' in page
    assert f'<dd><a href="{escaped}" rel="noopener noreferrer">' in page


@pytest.mark.parametrize(
    "place", ["javascript:alert(1)", "https://a@evil.example/", 'https://x/" onclick="y', "//evil"]
)
def test_a_dashboard_that_is_no_plain_web_address_is_no_link(alice, stage, place) -> None:
    page = alice.get(f"/incidents/{told(stage, dashboard=place)}").text
    assert "Open the dashboard" not in page
    assert f'href="{place}' not in page


def test_an_end_that_is_no_recovery_is_told_beside_the_alert(alice, stage) -> None:
    number = stage.fires("Checkout error rate")
    held = stage.house.incident(number).alerts[0]
    edited = replace(held, status="cleared", doubt="Updated")
    stage.house.record(ReceiveAlerts(source="alertmanager", alerts=(edited,), received_at=stage.clock.now()))
    page = text_in(alice.get(f"/incidents/{number}").text)
    assert "its sender says “resolved” without a recovery: Updated" in page


def test_when_silence_ends_an_alert_is_told(alice, stage) -> None:
    number = told(stage, endless=True, starts_at=stage.clock.now())
    assert "unless it comes again" in text_in(alice.get(f"/incidents/{number}").text)
