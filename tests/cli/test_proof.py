"""`tocsin check --proof`, `check --live` and `tocsin preflight PATH`, without a server: as in a team's own CI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fakes.kubernetes_api import KubernetesApi
from tocsin.cli.check import check
from tocsin.cli.preflight import preflight

PROCEDURE = Path(__file__).parents[1] / "fixtures/web"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[KubernetesApi]:
    with KubernetesApi() as api:
        kubeconfig = api.kubeconfig(tmp_path / "kubeconfig")
        (tmp_path / "tocsin.toml").write_text(f'language = "en"\n[cluster]\nkubeconfig = "{kubeconfig}"\n')
        yield api


def run(command, *arguments: object) -> tuple[int, Result]:
    result = CliRunner().invoke(command, [*map(str, arguments)], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, result


def test_without_a_server_each_line_is_one_line_with_its_place(cluster, tmp_path) -> None:
    code, result = run(check, PROCEDURE, "--no-tools", "--proof")
    lines = result.stdout.splitlines()
    assert code == 1, "the procedure has an error, proved or not"
    place = next(line for line in lines if ":64:" in line)
    assert place.endswith(":64: ✗ échoue : `patronictl failover --force` demande --candidate")
    assert any(line.endswith(":22: ○ contrôlée, jamais répétée") for line in lines)
    assert "lignes agissent" in lines[-1]


def test_with_live_what_is_permitted_is_among_it(cluster, tmp_path) -> None:
    _, result = run(check, PROCEDURE, "--no-tools", "--proof", "--live", "--config", tmp_path / "tocsin.toml")
    assert ":22: ✓ liée, permise à l'instant, jamais répétée" in result.stdout


def test_json_has_each_line_with_its_proofs(cluster, tmp_path) -> None:
    config = tmp_path / "tocsin.toml"
    _, result = run(check, PROCEDURE, "--no-tools", "--proof", "--live", "--format", "json", "--config", config)
    shown = json.loads(result.stdout)
    line = next(one for one in shown["lines"] if one["line"] == 22)
    assert (line["state"], line["mark"], line["text"]) == ("permitted", "holds", "kubectl get nodes")
    assert {proof["kind"]: proof["held"] for proof in line["proofs"]} == {
        "bound": True,
        "checked": True,
        "permitted": True,
    }
    assert shown["counts"]["lines"] == len(shown["lines"])


def test_live_adds_what_does_not_hold_to_the_problems(cluster, tmp_path) -> None:
    cluster.forbidden.add(("list", "nodes"))
    code, result = run(check, PROCEDURE, "--no-tools", "--live", "--config", tmp_path / "tocsin.toml")
    assert code == 1
    assert "incidents.md:22:13: error P610 tocsin n’a pas le droit de faire `list` sur nodes\n" in result.stdout
    without = run(check, PROCEDURE, "--no-tools", "--config", tmp_path / "tocsin.toml")[1]
    assert "P610" not in without.stdout


def test_preflight_prints_what_is_bound_and_ends_with_0_when_nothing_is_missing(cluster, tmp_path) -> None:
    config = tmp_path / "tocsin.toml"
    code, result = run(preflight, PROCEDURE, "--config", config, "--lang", "en")
    assert code == 0
    assert "node-1 ↔ no Hetzner server known · control plane · 10.0.0.2" in result.stdout
    assert "production/postgresql-0 → node-1 (postgresql)" in result.stdout
    assert result.stdout.endswith("lines do something; missing or not allowed: 0\n")


def test_preflight_ends_with_1_and_names_what_is_missing(cluster, tmp_path) -> None:
    cluster.objects["pods"] = [one for one in cluster.objects["pods"] if one["metadata"]["name"] != "postgresql-0"]
    code, result = run(preflight, PROCEDURE, "--config", tmp_path / "tocsin.toml", "--lang", "en")
    assert code == 1
    assert "incidents.md:61: fails: " in result.stdout
    assert "postgresql-0" in result.stdout
    assert run(preflight, PROCEDURE, "--config", tmp_path / "tocsin.toml", "--format", "json")[0] == 1


def test_an_api_that_is_silent_is_said_and_is_no_failure_of_the_procedure(cluster, tmp_path) -> None:
    cluster.refuse("*", 503)
    code, result = run(preflight, PROCEDURE, "--config", tmp_path / "tocsin.toml", "--lang", "fr")
    assert code == 0
    assert "kubernetes n'a pas répondu : " in result.stdout


def test_the_proof_has_no_form_for_annotations(tmp_path) -> None:
    result = CliRunner().invoke(check, [str(PROCEDURE), "--proof", "--format", "sarif"])
    assert result.exit_code == 2
    assert "text or json" in result.output
