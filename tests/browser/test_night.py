"""One night in a real browser, without JavaScript, on a phone and on a desk, in both languages."""

import pytest

from tests.web.stage import PASSWORD, Stage

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
