"""The team's own file, read whole: what tocsin understands of it, word for word."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.procedure.check import check
from tocsin.procedure.model import Availability, Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.texts import text_of

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests/fixtures/procedure/incidents.md"
PATH = "docs/incidents.md"


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    text = text_of(PATH, FILE.read_bytes())
    return read_procedure({PATH: text}, PATH)


def test_the_practice_world_plays_the_very_same_file() -> None:
    practice = ROOT / "src/tocsin/rehearsal/procedure/incidents.md"
    assert hashlib.sha256(practice.read_bytes()).hexdigest() == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_it_is_french_and_has_its_title(procedure: Procedure) -> None:
    assert (procedure.title, procedure.language, procedure.path) == ("Procédure de gestion des incidents", "fr", PATH)


def test_four_priorities_with_their_targets_and_examples(procedure: Procedure) -> None:
    assert [(r.priority, r.name, r.respond_within, r.examples, str(r.source)) for r in procedure.priorities] == [
        ("P1", "Critique", timedelta(minutes=15), ("Cluster down", "DB corrompue"), f"{PATH}:7"),
        ("P2", "Majeur", timedelta(minutes=30), ("PostgreSQL failover", "1 node down"), f"{PATH}:8"),
        ("P3", "Mineur", timedelta(hours=2), ("Pod restart", "cache miss élevé"), f"{PATH}:9"),
        ("P4", "Info", timedelta(days=1), ("Warning logs", "disk 70%"), f"{PATH}:10"),
    ]
    assert procedure.priorities[1].description == "Fonctionnalité majeure dégradée"


def test_four_triage_commands_two_of_them_with_a_filter(procedure: Procedure) -> None:
    assert [(c.pipeline, c.risk, c.source.line) for c in procedure.triage] == [
        ((("kubectl", "get", "nodes"),), "R0", 26),
        ((("kubectl", "get", "pods", "--all-namespaces"), ("grep", "-v", "Running")), "R0", 27),
        ((("kubectl", "top", "nodes"),), "R0", 28),
        ((("kubectl", "top", "pods", "--all-namespaces", "--sort-by=memory"), ("head", "-20")), "R0", 29),
    ]


def test_three_runbooks_are_named_and_none_is_there(procedure: Procedure) -> None:
    assert [(b.slug, b.title, b.path, b.found, b.ours) for b in procedure.runbooks] == [
        ("postgresql", "PostgreSQL", "runbooks/postgresql.md", False, False),
        ("redis", "Redis", "runbooks/redis.md", False, False),
        ("traefik", "Traefik", "runbooks/traefik.md", False, False),
    ]


def test_four_scenarios_with_their_steps(procedure: Procedure) -> None:
    told = {
        s.slug: [(step.number, step.text, [(c.text, c.risk, c.runnable) for c in step.commands]) for step in s.steps]
        for s in procedure.scenarios
    }
    assert told == {
        "node-1-down-control-plane": [
            ("1", "Vérifier l'accès au cluster", [("kubectl get nodes", "R0", True)]),
            (
                "2",
                "Si le control plane est down, attendre le redémarrage auto Hetzner "
                "ou redémarrer manuellement via Hetzner Console/API",
                [("hcloud server reboot node-1", "R2", True)],
            ),
            (
                "3",
                "Vérifier le recovery",
                [("kubectl get nodes", "R0", True), ("kubectl get pods --all-namespaces", "R0", True)],
            ),
        ],
        "node-2-down-worker": [
            ("1", "Impact : replicas HA perdus (standby PG, replica Redis, 1 backend)", []),
            ("2", "Le trafic est automatiquement redirigé vers Node 1", []),
            ("3", "Redémarrer Node 2", [("hcloud server reboot node-2", "R2", True)]),
            (
                "4",
                "Vérifier que les pods sont reschedulés",
                [("kubectl get pods --all-namespaces -o wide", "R0", True)],
            ),
        ],
        "postgresql-primary-down": [
            (
                "1",
                "Vérifier le failover",
                [("kubectl exec -n production postgresql-0 -- patronictl list", "R0", True)],
            ),
            (
                "2",
                "Si pas de failover auto, forcer",
                [("kubectl exec -n production postgresql-0 -- patronictl failover --force", "R3", False)],
            ),
        ],
        "attaque-ddos-detectee": [
            (
                "1",
                "Vérifier les logs WAF",
                [('kubectl logs -n ingress -l app=traefik | grep -i "ModSecurity"', "R0", True)],
            ),
            (
                "2",
                "Activer rate limiting strict",
                [("kubectl apply -f kubernetes/ingress/waf/emergency-ratelimit.yaml", "R2", True)],
            ),
            (
                "3",
                "Bloquer les IPs suspectes via Hetzner firewall",
                [
                    (
                        "hcloud firewall add-rule <firewall-id> --direction in --source-ips <ip>/32 "
                        "--protocol tcp --port 443 --action drop",
                        "R2",
                        False,
                    )
                ],
            ),
        ],
    }


def test_what_stands_before_the_first_step_is_a_note(procedure: Procedure) -> None:
    scenario = procedure.scenario("postgresql-primary-down")
    assert scenario is not None
    assert scenario.notes == ("Patroni gère le failover automatiquement",)
    assert (scenario.title, str(scenario.source)) == ("PostgreSQL primary down", f"{PATH}:80")


def test_placeholders_stay_in_the_arguments(procedure: Procedure) -> None:
    block = procedure.scenarios[3].steps[2].commands[0]
    assert block.placeholders == ("firewall-id", "ip")
    assert block.pipeline[0][3] == "<firewall-id>"
    assert "<ip>/32" in block.pipeline[0]


def test_three_contacts_one_of_them_a_supplier(procedure: Procedure) -> None:
    assert [(c.slug, c.role, c.address, c.placeholder, c.supplier, c.availability) for c in procedure.contacts] == [
        (
            "admin-infra",
            "Admin Infra",
            "[votre-email]",
            True,
            False,
            Availability(text="24/7 pour P1", always_for=("P1",)),
        ),
        (
            "responsable-securite",
            "Responsable Sécurité",
            "[email]",
            True,
            False,
            Availability(text="Heures ouvrées"),
        ),
        (
            "hetzner-support",
            "Hetzner Support",
            "support@hetzner.com",
            False,
            True,
            Availability(text="24/7", always=True),
        ),
    ]
    assert [contact.slug for contact in procedure.team] == ["admin-infra", "responsable-securite"]


def test_a_postmortem_for_p1_and_p2_with_four_sections(procedure: Procedure) -> None:
    assert procedure.postmortem is not None
    assert procedure.postmortem.priorities == ("P1", "P2")
    assert procedure.postmortem.sections == (
        "Timeline des événements",
        "Root cause analysis",
        "Actions correctives",
        "Améliorations préventives",
    )
    assert procedure.postmortem.source.line == 45


def test_what_is_only_for_people_is_kept_with_its_line(procedure: Procedure) -> None:
    told = [(p.stage, p.text, p.source.line) for p in procedure.passages if p.stage in ("detection", "resolution")]
    assert told == [
        ("detection", "AlertManager (alertes automatiques)", 17),
        ("detection", "Grafana (dashboards)", 18),
        ("detection", "Wazuh (alertes sécurité)", 19),
        ("detection", "Utilisateurs (remontées)", 20),
        ("resolution", "Appliquer la correction identifiée. Documenter chaque action.", 41),
    ]


def test_every_problem_of_it_with_its_place(procedure: Procedure) -> None:
    found = check(procedure, files=frozenset({PATH}))
    assert [(p.code, p.severity, p.source.line, p.source.column) for p in found] == [
        ("P415", "info", 26, 1),
        ("P405", "warning", 27, 37),
        ("P110", "error", 35, 3),
        ("P110", "error", 36, 3),
        ("P110", "error", 37, 3),
        ("P409", "warning", 57, 1),
        ("P406", "warning", 61, 1),
        ("P406", "warning", 74, 1),
        ("P410", "warning", 85, 28),
        ("P410", "warning", 88, 28),
        ("P401", "error", 88, 44),
        ("P407", "warning", 95, 25),
        ("P408", "warning", 95, 50),
        ("P404", "warning", 98, 18),
        ("P304", "info", 101, 26),
        ("P304", "info", 101, 68),
        ("P402", "error", 101, 102),
        ("P201", "error", 108, 17),
        ("P201", "error", 109, 26),
    ]


def test_what_cannot_run_says_so_on_the_command_itself(procedure: Procedure) -> None:
    stopped = Counter(
        problem.code
        for scenario in procedure.scenarios
        for step in scenario.steps
        for command in step.commands
        if not command.runnable
        for problem in command.problems
        if problem.severity == "error"
    )
    assert stopped == {"P401": 1, "P402": 1}
