"""One night in a real browser, without JavaScript, on a phone and on a desk, in both languages."""

from datetime import timedelta

import pytest

from tests.web.stage import PASSWORD, Stage
from tocsin.incident.commands import Acknowledge, Cancel, ChangePriority
from tocsin.incident.events import HeartbeatExpected, HeartbeatMissing

HOSTILE = "<script>document.title='owned'</script> \u202egnp.exe " + "x" * 8192


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_incident_is_handled_without_javascript(window, stage: Stage, size, language, scheme) -> None:
    house, french = stage.house, language == "fr"
    stage.account("alice", display="Alice Martin")
    house.accounts.change(1, language=language)
    seen = window(size, language, scheme=scheme)

    seen.go("/")
    seen.look("01-sign-in")
    seen.fill("Nom" if french else "Name", "alice")
    seen.fill("Mot de passe" if french else "Password", PASSWORD)
    seen.press("Se connecter" if french else "Sign in")
    seen.look("02-calm")

    stage.fires("TargetMissing", summary=HOSTILE, job="<b>x</b>")
    stage.clock.passes(minutes=3)
    number = stage.fires("KubeNodeNotReady", summary="Node 2 ne répond plus", job="kubelet", instance="10.0.0.12:10250")
    stage.clock.passes(minutes=4)
    stage.perform(number)
    seen.go("/")
    seen.look("03-board")
    seen.go(f"/incidents/{number}")
    seen.look("04-untaken")

    link = house.contact_link(number, "admin-infra").removeprefix(house.settings.public_url)
    seen.go(link)
    seen.look("05-link")
    seen.press("Je prends" if french else "I take it")
    seen.look("06-link-taken")

    seen.go(f"/incidents/{number}")
    seen.look("07-taken")

    seen.press("Oui, confirmer" if french else "Yes, confirm")
    seen.press("C’est fait" if french else "It was done")
    seen.press("Lancer" if french else "Run")
    stage.clock.passes(seconds=20)
    stage.perform(number)
    seen.go(f"/incidents/{number}")
    seen.look("08-step-3")
    seen.press("Valider exactement cette commande" if french else "Approve exactly this command")
    seen.look("09-approved")
    seen.press("Lancer" if french else "Run")
    seen.look("10-running")
    stage.clock.passes(seconds=40)
    stage.perform(number, exit_code=1, output="hcloud: server not found: node-2 (not_found)\n")
    seen.go(f"/incidents/{number}")
    seen.look("11-failed")

    seen.open("Lancer une autre commande" if french else "Run another command")
    seen.fill("Commande et arguments" if french else "Command and arguments", "hcloud server reset node-2")
    seen.press("La relire d’abord" if french else "Look at it first")
    seen.look("12-command")
    seen.go(f"/incidents/{number}")
    seen.open("Le service est rétabli" if french else "The service is back to normal")
    seen.press("C’est terminé" if french else "It is over")
    seen.look("13-resolved")
    seen.go(f"/incidents/{number}/postmortem")
    seen.look("14-postmortem")

    seen.go("/procedure")
    seen.look("15-procedure")
    seen.go("/report")
    seen.look("16-report")
    seen.go("/account")
    seen.look("17-account")
    seen.go("/incidents/1")
    seen.look("18-hostile")
    seen.go("/incidents/99")
    seen.look("19-absent")


def test_the_keyboard_reaches_the_button_first(window, stage: Stage) -> None:
    """Sign in, open the incident and take it without a mouse: skip link, then the content."""
    stage.account("alice")
    seen = sign_in(window("desk", "en"))
    number = stage.fires("KubeNodeNotReady")
    seen.go(f"/incidents/{number}")
    for key in ("Tab", "Enter", "Tab", "Enter"):
        seen.page.keyboard.press(key)
    seen.page.wait_for_url("**#next")
    assert stage.house.incident(number).acknowledged_by == "Alice"


def test_with_javascript_the_page_says_that_the_incident_has_moved_on(window, stage: Stage) -> None:
    """And leaves what is being typed alone."""
    stage.account("alice")
    seen = sign_in(window("phone", "en", javascript=True))
    number = stage.fires("KubeNodeNotReady")
    seen.page.clock.install()
    seen.go(f"/incidents/{number}")
    complaints = []
    seen.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    news = seen.page.locator("#news")
    seen.fill("What you see, what you do", "half a sentence")
    assert not news.is_visible()
    stage.perform(number)
    seen.page.clock.run_for(11_000)
    news.wait_for(state="visible")
    seen.look("20-news")
    assert seen.page.get_by_label("What you see, what you do").input_value() == "half a sentence"
    assert complaints == []


def test_a_hostile_alert_runs_nothing(window, stage: Stage) -> None:
    """With JavaScript on, under the content policy."""
    stage.account("alice")
    seen = sign_in(window("desk", "en", javascript=True))
    opened = []
    seen.page.on("dialog", lambda dialog: opened.append(dialog.message))
    number = stage.fires(
        "Odd", summary="<img src=x onerror=alert(1)><script>alert(2)</script>", url="javascript:alert(3)"
    )
    seen.go(f"/incidents/{number}")
    seen.page.add_script_tag(url=f"{seen.address}/static/live.js")
    for summary in seen.page.locator("#alerts summary").all():
        summary.click()
    assert opened == []
    assert seen.page.locator("#alerts img").count() == 0


def sign_in(seen):
    """As Alice, in English."""
    seen.go("/sign-in")
    seen.fill("Name", "alice")
    seen.fill("Password", PASSWORD)
    seen.press("Sign in")
    return seen


@pytest.mark.parametrize(("size", "language"), [("phone", "fr"), ("desk", "en")])
def test_the_pages_around_the_night(window, stage: Stage, size, language) -> None:
    """The first account, invitations, a board with every priority, a form that is refused."""
    house, french = stage.house, language == "fr"
    seen = window(size, language)
    seen.go("/welcome/" + house.accounts.new_link("welcome", None, stage.clock.now(), timedelta(hours=1)))
    seen.look("30-welcome")
    seen.fill("Nom de connexion" if french else "Name to sign in with", "root")
    seen.fill("Mot de passe" if french else "Password", PASSWORD)
    seen.fill("Le même mot de passe, encore" if french else "The same password again", PASSWORD)
    seen.press("Commencer" if french else "Begin")
    seen.go("/accounts")
    seen.fill("Nom de connexion" if french else "Name to sign in with", "alice")
    seen.press("Créer un lien à usage unique" if french else "Make a one-time link")
    seen.look("31-invited")

    for name, level in (("KubeNodeNotReady", "P1"), ("PodDown", "P2"), ("CacheMiss", "P3"), ("Disk", "P4")):
        number = stage.fires(name, summary=f"{name} — 70 %", node=f"node-{level}")
        if house.incident(number).priority != level:
            house.record(ChangePriority(incident=number, by="Root", priority=level, reason="as it is"))
    stage.clock.passes(minutes=22)
    house.record(Acknowledge(incident=2, by="Root"))
    ended = stage.fires("Odd", summary="A false alarm", node="node-9")
    house.record(Cancel(incident=ended, by="Root", reason="a false alarm"))
    seen.go("/")
    seen.look("32-board")
    seen.go("/incidents/1")
    seen.look("33-p1-late")
    seen.open("Changer la priorité" if french else "Change the priority")
    seen.page.get_by_role("radio").first.check()
    seen.fill("Pourquoi" if french else "Why", "all customers")
    seen.look("34-priority")
    house.record(Cancel(incident=1, by="Root", reason="a duplicate"))
    seen.press("Changer" if french else "Change it")
    seen.look("35-refused")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_maintenance_is_planned_and_ended_without_javascript(window, stage: Stage, size) -> None:
    """Endless titles, scopes and senders stay within the screen; a form that is refused comes back filled in."""
    stage.account("alice")
    stage.house.note("house/watch", [HeartbeatExpected(at=stage.clock.now(), name="W" * 300, source="prod" * 20)])
    blind = HeartbeatMissing(at=stage.clock.now(), name="W" * 300, source="prod" * 20, last_at=stage.clock.now())
    stage.house.note("house/watch", [blind])
    seen = sign_in(window(size, "en"))
    seen.go("/maintenance")
    seen.look("40-no-maintenance")
    seen.fill("What is done", "Redis" * 40)
    seen.fill("Which alerts", 'alertname=~"' + "Redis|" * 200 + 'X"')
    seen.fill("Lasts", "8 days")
    seen.press("Plan it")
    seen.look("41-too-long")
    seen.fill("Lasts", "2 h")
    seen.press("Plan it")
    seen.look("42-planned")
    seen.press("End it now")
    seen.open("The last ones that are over")
    seen.look("43-over")
    seen.press("Forget it")
    assert stage.house.sight.pulses().expected == {}
