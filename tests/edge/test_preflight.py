"""A look ahead against a Kubernetes API, Hetzner, Patroni and a mail server on loopback: what is bound, what is wrong."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tests.fakes.hetzner_api import HetznerApi
from tests.fakes.http_server import HttpServer
from tests.fakes.kubernetes_api import KubernetesApi
from tests.fakes.mail_server import MailServer
from tests.house import SetClock
from tocsin.edge.channels.registry import channels_of
from tocsin.edge.preflight.look import Preflight
from tocsin.edge.procedure_files import understand
from tocsin.edge.settings import Settings
from tocsin.edge.settings.model import (
    ChannelSettings,
    ClusterSettings,
    ContactSettings,
    EmailSettings,
    ExecutionSettings,
)
from tocsin.edge.settings.quantities import Secret
from tocsin.procedure.source import Text
from tocsin.procedure.texts import text_of
from tocsin.proof.look import Look, problems_of

TOKEN = "h" * 64
PROBLEMS = Path(__file__).parents[2] / "docs/problems"
HEAD = """\
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
# 1. All of it
"""
TAIL = """
```

## Escalation contacts

| Role | Contact | Availability |
|---|---|---|
| Admin Infra | alice@example.org | 24/7 |
"""
MANIFEST = """\
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: emergency-ratelimit
spec:
  rateLimit: {average: 10}
"""


class Sides(Struct):
    """What stands on the other side of the settings."""

    cluster: KubernetesApi
    hetzner: HetznerApi
    mail: MailServer
    patroni: HttpServer
    settings: Settings

    def look(self, *commands: str, manifest: str = MANIFEST) -> tuple[Look, list[str]]:
        """A look at these commands: with what it finds wrong, as "code message"."""
        texts: dict[str, Text] = {
            "incidents.md": text_of("incidents.md", (HEAD + "\n".join(commands) + TAIL).encode()),
            "emergency.yaml": text_of("emergency.yaml", manifest.encode()),
        }
        procedure = understand(texts, "incidents.md", self.settings)
        channels = channels_of(self.settings)
        look = asyncio.run(
            Preflight(self.settings, channels, {"HCLOUD_ENDPOINT": self.hetzner.endpoint}, SetClock()).look(
                procedure, texts
            )
        )
        problems = problems_of(look, "en", "incidents.md", texts)
        return look, [f"{one.code} {one.message}" for one in problems]


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    with (
        KubernetesApi() as cluster,
        HetznerApi("node-1", "node-2", token=TOKEN, on_reboot=lambda _: None) as hetzner,
        MailServer() as mail,
        HttpServer() as patroni,
    ):
        hetzner.firewalls.append("web")
        patroni.status, patroni.headers = 200, {"content-type": "application/json"}
        member = {
            "name": "postgresql-0",
            "role": "leader",
            "state": "running",
            "api_url": "http://10.42.0.9:8008/patroni",
        }
        patroni.content = json.dumps({"members": [member], "scope": "main"}).encode()
        yield Sides(
            cluster,
            hetzner,
            mail,
            patroni,
            Settings(
                language="en",
                public_url="https://tocsin.example.org",
                cluster=ClusterSettings(
                    kubeconfig=cluster.kubeconfig(tmp_path / "kubeconfig"),
                    patroni=(f"http://127.0.0.1:{patroni.port}",),
                ),
                execution=ExecutionSettings(hcloud_token=Secret(TOKEN)),
                channels=ChannelSettings(
                    email=EmailSettings(host="127.0.0.1", port=mail.port, sender="tocsin@example.org", tls="none")
                ),
                contacts={"admin-infra": ContactSettings(email="alice@example.org")},
            ),
        )


def rungs(look: Look, text: str) -> dict[str, bool]:
    return {one.kind: one.held for one in look.found if one.line.text == text and one.kind != "checked"}


def test_what_is_there_is_bound_and_what_is_allowed_is_permitted(sides: Sides) -> None:
    commands = [
        "kubectl get nodes",
        "kubectl exec -n production -c postgresql postgresql-0 -- patronictl list",
        "kubectl logs -n ingress -l app=traefik --tail=-1",
        "kubectl apply -f emergency.yaml -n ingress",
    ]
    look, wrong = sides.look(*commands)
    assert wrong == []
    assert [rungs(look, command) for command in commands] == [{"bound": True, "permitted": True}] * 4


def test_a_node_is_bound_to_its_server_its_pods_and_its_addresses(sides: Sides) -> None:
    bound = sides.look("kubectl get nodes")[0].inventory
    machine = bound.node("node-1")
    assert machine is not None
    assert (machine.server, machine.control_plane) == ("node-1", True)
    assert not bound.node("node-2").control_plane  # type: ignore[union-attr]
    assert {place.pod: (place.node, place.containers) for place in bound.places}["production/postgresql-0"] == (
        "node-1",
        ("postgresql",),
    )
    assert [(one.name, one.rest, one.pod) for one in bound.members] == [
        ("postgresql-0", "http://10.42.0.9:8008", "production/postgresql-0")
    ]
    assert [one.name for one in bound.firewalls] == ["web"]
    assert bound.load_balancer is False


def test_a_server_called_otherwise_is_found_by_the_providers_number_or_its_address(sides: Sides) -> None:
    nodes = sides.cluster.objects["nodes"]
    nodes[0]["metadata"]["name"], nodes[0]["spec"]["providerID"] = "k8s-a", "hcloud://4001"
    machine = sides.look("kubectl get nodes")[0].inventory.node("k8s-a")
    assert machine is not None
    assert machine.server == "node-1"


def test_what_stands_around_the_services_is_recognised(sides: Sides) -> None:
    pod = next(one for one in sides.cluster.objects["pods"] if one["metadata"]["name"] == "traefik-5xk59")
    module = "github.com/madebymode/traefik-modsecurity-plugin"
    pod["spec"]["containers"][0]["args"] = [f"--experimental.plugins.waf.modulename={module}"]
    sides.cluster.objects["nodes"][0]["status"]["nodeInfo"]["kubeletVersion"] = "v1.31.4+k3s1"
    sides.cluster.objects["services"].append(
        {
            "metadata": {"name": "traefik", "namespace": "ingress"},
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}},
        }
    )
    bound = sides.look("kubectl get nodes")[0].inventory
    assert (bound.waf, bound.distribution, bound.load_balancer) == ((module,), "k3s", True)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("hcloud server reset node-3", "P601 Hetzner has no server node-3"),
        ("kubectl get pods -n prod", "P602 the cluster has no namespace prod"),
        ("kubectl delete pod postgresql-9 -n production", "P603 the cluster has no pods postgresql-9 in production"),
        ("kubectl cordon node-3", "P603 the cluster has no nodes node-3 in cluster"),
        (
            "kubectl exec -n production -c postgres postgresql-0 -- patronictl list",
            "P604 the pod postgresql-0 has no container postgres",
        ),
        ("hcloud firewall describe api", "P605 Hetzner has no firewall api"),
        ("kubectl logs -n ingress -l app=nginx --tail=-1", "P606 no pod carries app=nginx in ingress"),
        ("kubectl get ingressroutes -A", "P607 the cluster does not know “ingressroutes”"),
        (
            "kubectl exec -n production postgresql-0 -- patronictl failover main --candidate postgresql-7 --force",
            "P608 Patroni has no member postgresql-7",
        ),
    ],
)
def test_what_is_not_there_is_a_problem(sides: Sides, command: str, expected: str) -> None:
    look, wrong = sides.look(command)
    assert wrong == [expected]
    assert rungs(look, command) == {"bound": False}


def test_the_words_that_are_wrong_are_underlined(sides: Sides) -> None:
    look, _ = sides.look("hcloud server reset node-3")
    at = next(one.at for one in look.found if one.code == "P601")
    assert at is not None
    assert (at.column, at.end_column) == (21, 27)


def test_a_firewall_for_the_placeholder_must_be_there(sides: Sides) -> None:
    sides.hetzner.firewalls.clear()
    assert sides.look("hcloud firewall describe <firewall-id>")[1] == ["P605 Hetzner has no firewall –"]


def test_what_is_not_allowed_is_asked_as_kubectl_would(sides: Sides) -> None:
    sides.cluster.forbidden.add(("create", "pods/exec"))
    command = "kubectl exec -n production postgresql-0 -- patronictl list"
    look, wrong = sides.look(command)
    assert wrong == ["P610 tocsin may not `create` pods/exec -n production"]
    assert rungs(look, command) == {"bound": True, "permitted": False}


def test_a_manifest_is_shown_to_the_api_and_never_kept(sides: Sides) -> None:
    sides.cluster.refusals["emergency-ratelimit"] = 'unknown field "spec.rateLimi"'
    command = "kubectl apply -f emergency.yaml -n ingress"
    assert sides.look(command)[1] == ['P611 the cluster refuses emergency.yaml: unknown field "spec.rateLimi"']
    assert sides.cluster.objects["middlewares"] == []
    writing = [one for one in sides.cluster.requests if not one.startswith("GET") and "selfsubjectaccess" not in one]
    assert writing
    assert all("dryRun=All" in one for one in writing)


def test_a_manifest_of_a_kind_that_is_not_installed_is_refused(sides: Sides) -> None:
    old = MANIFEST.replace("traefik.io", "traefik.containo.us")
    assert sides.look("kubectl apply -f emergency.yaml", manifest=old)[1] == [
        'P611 the cluster refuses emergency.yaml: no matches for kind "Middleware" in version "traefik.containo.us/v1alpha1"'
    ]


def test_a_contacts_channel_is_greeted_and_nothing_is_sent(sides: Sides) -> None:
    look, wrong = sides.look("kubectl get nodes")
    assert wrong == []
    assert [(one.contact, one.channel, one.answers) for one in look.inventory.contacts] == [
        ("admin-infra", "email", True)
    ]
    assert sides.mail.mails == []


def test_a_channel_that_does_not_answer_is_a_problem(sides: Sides) -> None:
    email = EmailSettings(host="127.0.0.1", port=1, sender="tocsin@example.org", tls="none")
    sides.settings = replace(sides.settings, channels=ChannelSettings(email=email))
    assert sides.look("kubectl get nodes")[1] == [
        "P620 the channel “email” of Admin Infra does not answer: connection refused"
    ]


def test_a_token_that_hetzner_refuses_is_said_of_each_of_its_commands(sides: Sides) -> None:
    sides.hetzner.token = "other"
    look, wrong = sides.look("hcloud server reset node-2")
    assert wrong[0] == "P612 Hetzner refuses the token: HTTP 401: unable to authenticate"
    assert look.silent == ("hetzner",)


@pytest.mark.parametrize("word", ["po", "Pods", "pod", "middleware.traefik.io", "middlewares.v1alpha1.traefik.io"])
def test_every_word_that_kubectl_takes_for_a_kind_is_known(sides: Sides, word: str) -> None:
    assert sides.look(f"kubectl get {word} -n ingress")[1] == []


def test_what_a_step_makes_need_not_be_there_before_it(sides: Sides) -> None:
    """A command that verifies names what is there only afterwards."""
    verify = "kubectl get pods -n production -l quarantine=true"
    step = (
        "```\n\n1. Isolate it\n\n   ```bash\n   kubectl get nodes\n   ```\n\n   - Verify: `{}` shows the pod\n\n```bash"
    )
    look, wrong = sides.look(step.format(verify))
    assert wrong == []
    assert rungs(look, verify) == {"permitted": True}
    assert [one.split()[0] for one in sides.look(verify)[1]] == ["P606"]


def test_an_api_that_is_silent_makes_no_line_wrong(sides: Sides) -> None:
    sides.cluster.refuse("*", 503)
    look, wrong = sides.look("kubectl get pods -n nowhere")
    assert look.silent == ("kubernetes",)
    assert [one.split()[0] for one in wrong] == ["P630"]
    assert rungs(look, "kubectl get pods -n nowhere") == {}


def test_what_may_not_be_listed_is_not_said_to_be_missing(sides: Sides) -> None:
    sides.cluster.refuse("namespaces")
    look, wrong = sides.look("kubectl get pods -n nowhere")
    assert wrong == []
    assert "bound" not in rungs(look, "kubectl get pods -n nowhere")


def example(code: str, which: str) -> str:
    page = (PROBLEMS / f"{code}.md").read_text()
    found = re.search(rf"^## {which}[^\n]*\n\n```bash\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    assert found, code
    return found[1]


@pytest.mark.parametrize("code", [f"P60{number}" for number in range(1, 10)])
def test_what_the_page_of_a_problem_calls_bad_is_bad_and_good_is_good(sides: Sides, code: str) -> None:
    assert code in {one.code for one in sides.look(example(code, "Bad"))[0].found}
    assert {one.code for one in sides.look(example(code, "Good"))[0].found} == {""}


def test_the_page_about_rights_names_one_that_can_be_missing(sides: Sides) -> None:
    sides.cluster.forbidden.add(("create", "pods/eviction"))
    assert "P610" in {one.code for one in sides.look(example("P610", "Bad"))[0].found}
    assert {one.code for one in sides.look(example("P610", "Good"))[0].found} == {""}
