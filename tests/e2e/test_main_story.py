"""
Node 2 dies at night, on real parts: Alertmanager, kubectl, hcloud, a mail server, `tocsin serve` and its CLI.

Only the two clouds are ours: an HTTP server that answers as the Kubernetes API does, another as Hetzner's. From the
alert to the post-mortem, one after the other, because that is how a night goes.
"""

import gzip
import os
import re
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from tests.e2e.alertmanager import Alertmanager
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.fakes.hetzner_api import HetznerApi
from tests.fakes.kubernetes_api import KubernetesApi
from tests.fakes.mail_server import MailServer

KUBECTL = os.environ.get("TOCSIN_KUBECTL") or shutil.which("kubectl")
HCLOUD = shutil.which("hcloud")

pytestmark = [
    pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed (TOCSIN_KUBECTL names one)"),
    pytest.mark.skipif(HCLOUD is None, reason="hcloud is not installed (Debian: hcloud-cli)"),
]

ALERT = ("alertname=KubeNodeNotReady", "node=node-2", "severity=warning")
SUMMARY = "node-2 is not ready"
SCENARIO = "node-2-down-worker"
TOKEN = "h" * 64
SETTINGS = """\
language = "fr"
public_url = "https://tocsin.example"
quiet_hold = "1s"
[contacts.admin-infra]
name = "Alice"
email = "alice@example.org"
[channels.email]
host = "127.0.0.1"
port = {mail_port}
tls = "none"
from = "tocsin@example.org"
[cluster]
kubeconfig = "kubeconfig"
[execution]
hcloud_token_file = "hcloud.token"
environment = ["HCLOUD_ENDPOINT"]
programs = {{ kubectl = "{kubectl}", hcloud = "{hcloud}" }}
"""


class Night:
    """The parts, running; `number` is the incident's."""

    number = 1

    def __init__(
        self, tocsin: Served, mail: MailServer, alertmanager: Alertmanager, cluster: KubernetesApi, hetzner: HetznerApi
    ) -> None:
        self.tocsin, self.mail, self.alertmanager = tocsin, mail, alertmanager
        self.cluster, self.hetzner = cluster, hetzner


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with ExitStack() as parts:
        mail, cluster = parts.enter_context(MailServer()), parts.enter_context(KubernetesApi())
        hetzner = parts.enter_context(HetznerApi("node-1", "node-2", token=TOKEN, on_reboot=cluster.node_up))
        cluster.kubeconfig(tmp_path / "kubeconfig")
        (tmp_path / "hcloud.token").write_text(TOKEN)
        settings = SETTINGS.format(mail_port=mail.port, kubectl=KUBECTL, hcloud=HCLOUD)
        tocsin = parts.enter_context(Served(tmp_path, settings, environ={"HCLOUD_ENDPOINT": hetzner.endpoint}))
        token = tocsin.cli("token", "create", "--source", "am").stdout.splitlines()[-1]
        alertmanager = parts.enter_context(Alertmanager(tmp_path / "alertmanager", tocsin.url, token))
        yield Night(tocsin, mail, alertmanager, cluster, hetzner)


def test_a_dead_node_from_the_alert_to_the_post_mortem(night: Night, tmp_path: Path) -> None:
    link = the_page_arrives(night)
    looking_at_the_link_changes_nothing(night, link)
    the_button_behind_the_link_takes_the_incident(night, link)
    the_evidence_names_the_node(night)
    a_step_that_reads_runs_at_one_word(night)
    a_step_that_changes_something_runs_once_approved(night)
    the_alert_ends_and_a_person_is_asked(night)
    it_is_resolved_and_the_draft_is_there_in_a_second(night)
    it_closes_with_a_post_mortem_and_not_without(night, tmp_path)
    what_is_exported_can_be_checked(night, tmp_path)


def the_page_arrives(night: Night) -> str:
    night.cluster.node_down("node-2")
    fired = time.monotonic()
    night.alertmanager.fires(*ALERT, summary=SUMMARY)
    mail = eventually(lambda: night.mail.mails and night.mail.mails[0], "the page", every=0.01)
    print(f"from `amtool alert add` to the mail: {time.monotonic() - fired:.2f} s")
    assert mail["to"] == "alice@example.org"
    assert "[P2] INC-1 node-2 is not ready" in mail["subject"]
    (incident,) = night.tocsin.incidents()
    assert (incident["priority"], incident["scenario"], incident["status"]) == ("P2", SCENARIO, "detected")
    assert [(alert["name"], alert["status"]) for alert in incident["alerts"]] == [("KubeNodeNotReady", "firing")]
    page = night.tocsin.events(1, "PageRequested")[0]
    assert (page["contact"], page["channel"], page["fallback"]) == ("admin-infra", "email", "nobody_available")
    assert page["page_id"] in mail["message-id"]
    return link_in(mail)


def looking_at_the_link_changes_nothing(night: Night, link: str) -> None:
    eventually(lambda: night.tocsin.events(1, "PageSent"), "the page is told as sent")
    eventually(lambda: not open_acts(night), "every check has ended")
    before = night.tocsin.events(1)
    for method in ("GET", "HEAD", "GET"):
        status, headers, body = night.tocsin.request(method, link)
        assert status == 200
        assert "set-cookie" not in headers or "token" not in headers["set-cookie"]
        assert (SUMMARY in body.decode()) == (method == "GET")
    assert night.tocsin.events(1) == before
    assert night.tocsin.request("POST", link, b"token=forged", FORM)[0] in {400, 403}
    assert night.tocsin.events(1) == before


def the_button_behind_the_link_takes_the_incident(night: Night, link: str) -> None:
    page = night.tocsin.get(link)[1].decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    status, headers, _ = night.tocsin.request("POST", link, urlencode({"token": found[1]}).encode(), FORM)
    assert (status, headers["location"]) == (303, link)
    (taken,) = night.tocsin.events(1, "Acknowledged")
    assert (taken["via"], taken["because"]["person"]) == ("link", "Alice")
    assert night.tocsin.incidents()[0]["acknowledged_at"] is not None
    assert "Alice" in night.tocsin.get(link)[1].decode()


def the_evidence_names_the_node(night: Night) -> None:
    (shot,) = night.tocsin.events(1, "SnapshotTaken")
    assert (shot["nodes_ready"], shot["nodes"]) == (1, 2)
    incident = night.tocsin.incident(1)
    assert any("node-2" in finding["sentence"] for finding in incident["findings"])
    snapshot = msgspec.json.decode(night.tocsin.ask("GET", f"/api/incidents/1/blobs/{shot['blob']}").body)
    assert {node["name"]: node["ready"] for node in snapshot["nodes"]} == {"node-1": "True", "node-2": "Unknown"}
    checks = {check["requested"]["text"]: check["finished"] for check in incident["checks"]}
    assert len(checks) == 4
    assert re.search(r"node-2\s+NotReady", checks["kubectl get nodes"]["excerpt"])
    assert checks["kubectl get nodes"]["exit_code"] == 0
    assert "GET /api/v1/nodes?limit=500" in night.cluster.requests


def a_step_that_reads_runs_at_one_word(night: Night) -> None:
    ran = night.tocsin.cli("incident", "run", "1", f"{SCENARIO}/4/1")
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"production\s+postgresql-0\s.*node-1", ran.stdout)
    (started,) = night.tocsin.events(1, "StepStarted")
    assert started["pipeline"] == [["kubectl", "get", "pods", "--all-namespaces", "-o", "wide"]]
    assert (started["because"]["person"], started["risk"]) == ("alice", "R0")


def a_step_that_changes_something_runs_once_approved(night: Night) -> None:
    refused = night.tocsin.cli("incident", "run", "1", f"{SCENARIO}/3/1")
    assert refused.returncode == 2
    assert [request for request in night.hetzner.requests if request[0] != "GET"] == []
    ran = night.tocsin.cli("incident", "run", "1", f"{SCENARIO}/3/1", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().endswith("rebooted")
    assert night.hetzner.reboots() == ["node-2"]
    (approved,) = night.tocsin.events(1, "StepApproved")
    assert (approved["because"]["person"], approved["text"]) == ("alice", "hcloud server reboot node-2")
    finished = night.tocsin.events(1, "StepFinished")[-1]
    assert (finished["exit_code"], TOKEN in str(night.tocsin.events(1))) == (0, False)
    back = night.tocsin.cli("run", "1", "--", "kubectl", "get", "nodes")
    assert re.search(r"node-2\s+Ready", back.stdout)


def the_alert_ends_and_a_person_is_asked(night: Night) -> None:
    night.alertmanager.resolves(*ALERT, summary=SUMMARY)
    asked = eventually(
        lambda: len(night.mail.mails) > 1 and night.mail.mails[1], "somebody is asked whether it is over"
    )
    assert "à résoudre ?" in asked["subject"]
    (cleared,) = night.tocsin.events(1, "AlertsCleared")
    assert len(cleared["episodes"]) == 1
    incident = night.tocsin.incidents()[0]
    assert [alert["status"] for alert in incident["alerts"]] == ["cleared"]
    assert incident["resolved_at"] is None


def it_is_resolved_and_the_draft_is_there_in_a_second(night: Night) -> None:
    assert night.tocsin.cli("incident", "resolve", "1").returncode == 0
    assert night.tocsin.incidents()[0]["status"] == "resolved"
    began = time.monotonic()
    draft = night.tocsin.ask("GET", "/api/incidents/1/postmortem?lang=fr").json["text"]
    took = time.monotonic() - began
    print(f"the draft: {took * 1000:.0f} ms")
    headings = re.findall(r"^## (.*)$", draft, re.MULTILINE)
    for wanted in (
        "Timeline des événements",
        "Root cause analysis",
        "Actions correctives",
        "Améliorations préventives",
    ):
        assert wanted in headings
    for told in ("hcloud server reboot node-2", "Alice", "KubeNodeNotReady"):
        assert told in draft
    assert took < 1


def it_closes_with_a_post_mortem_and_not_without(night: Night, tmp_path: Path) -> None:
    refused = night.tocsin.ask("POST", "/api/incidents/1/closure", {})
    assert (refused.status, refused.json["error"]) == (409, "postmortem_missing")
    written = tmp_path / "post-mortem.md"
    written.write_text(night.tocsin.cli("incident", "postmortem", "1").stdout + "\nThe power supply of node-2.\n")
    assert night.tocsin.cli("incident", "postmortem", "1", "--save", str(written)).returncode == 0
    assert night.tocsin.cli("incident", "postmortem", "1").stdout.endswith("The power supply of node-2.\n")
    assert night.tocsin.ask("POST", "/api/incidents/1/closure", {}).status == 200
    assert night.tocsin.incidents()[0]["status"] == "closed"


def what_is_exported_can_be_checked(night: Night, tmp_path: Path) -> None:
    bundle, edited = tmp_path / "incident-1.tar.gz", tmp_path / "edited.tar.gz"
    assert night.tocsin.cli("export", "--incident", "1", str(bundle)).returncode == 0
    night.tocsin.kill()  # the check needs nothing but the file
    verified = night.tocsin.cli_alone("verify", str(bundle))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    edit(bundle, edited, b"hcloud server reboot node-2", b"hcloud server reboot node-1")
    checked = night.tocsin.cli_alone("verify", str(edited))
    assert checked.returncode == 1
    assert re.search(r"incident/1 line \d+", checked.stdout)


FORM = {"content-type": "application/x-www-form-urlencoded"}


def open_acts(night: Night) -> list[str]:
    """The intents that no outcome answers yet."""
    incident = night.tocsin.incident(1)
    checks = [check["requested"]["text"] for check in incident["checks"] if not check.get("finished")]
    return checks + [shot["snapshot_id"] for shot in incident["shots"] if not shot.get("result")]


def link_in(mail: EmailMessage) -> str:
    """The path of the link in the mail's text part."""
    text = mail.get_body(("plain",))
    assert text is not None
    found = re.search(r"https://tocsin\.example(/p/\S+)", text.get_content())
    assert found is not None
    return found[1]


def edit(bundle: Path, edited: Path, before: bytes, after: bytes) -> None:
    """Rewrite the first place where that text stands; the archive stays whole."""
    assert len(before) == len(after)
    content = gzip.decompress(bundle.read_bytes())
    assert before in content
    edited.write_bytes(gzip.compress(content.replace(before, after, 1)))
    with tarfile.open(edited) as tar:
        assert tar.getnames()
