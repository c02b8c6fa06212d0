"""Files and examples that people copy are right: they load, parse, and the tools they are for accept them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT, Fence, fences, name_of, our_pages
from tocsin.edge.settings import load_settings

PACKAGING = ROOT / "packaging"
SHIPPED = ROOT / "procedure"
ALERTMANAGER = SHIPPED / "monitoring/alertmanager.yml"
RBAC = SHIPPED / "kubernetes/tocsin"
MANIFESTS = ("rbac.yaml", "rbac-steps.yaml")


def _fenced(language: str) -> list[Any]:
    found = [(page, fence) for page in our_pages() for fence in fences(page, language)]
    return [pytest.param(page, fence, id=f"{name_of(page)}:{fence.line}") for page, fence in found]


@pytest.mark.parametrize(("page", "fence"), _fenced("toml"))
def test_every_example_of_settings_loads(page: Path, fence: Fence, tmp_path: Path) -> None:
    """The files with secrets that it names are made first; everything else must be as it stands."""
    text = fence.text
    for path in re.findall(r'_file = "([^"]+)"', text):
        there = tmp_path / path.lstrip("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text("postgresql:///tocsin" if "database" in path else "a-secret-of-the-test")
        text = text.replace(f'"{path}"', f'"{there}"')
    settings = tmp_path / "tocsin.toml"
    settings.write_text(text)
    load_settings(settings, {})


@pytest.mark.parametrize(("page", "fence"), _fenced("yaml"))
def test_every_yaml_example_parses(page: Path, fence: Fence) -> None:
    assert list(yaml.safe_load_all(fence.text))


@pytest.mark.parametrize(("page", "fence"), _fenced("yaml"))
def test_alertmanager_takes_every_receiver(page: Path, fence: Fence, tmp_path: Path) -> None:
    parsed = yaml.safe_load(fence.text)
    if isinstance(parsed, dict) and "receivers" in parsed:
        _check_with_amtool(fence.text, tmp_path)


def test_alertmanager_takes_the_configuration_we_ship(tmp_path: Path) -> None:
    _check_with_amtool(ALERTMANAGER.read_text(), tmp_path)


def _check_with_amtool(text: str, folder: Path) -> None:
    amtool = shutil.which("amtool")
    if amtool is None:
        pytest.skip("amtool is not installed (Debian: prometheus-alertmanager)")
    file = folder / "alertmanager.yml"
    file.write_text(text)
    run = subprocess.run([amtool, "check-config", file], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_receiver_leaves_nothing_out_and_follows_no_redirect() -> None:
    parsed = yaml.safe_load(ALERTMANAGER.read_text())
    (hook,) = next(one["webhook_configs"] for one in parsed["receivers"] if one["name"] == parsed["route"]["receiver"])
    assert hook["url"].endswith("/ingest/alertmanager")
    assert hook["send_resolved"] is True
    assert hook["max_alerts"] == 0
    assert hook["http_config"]["follow_redirects"] is False


# RBAC


def _objects(name: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all((RBAC / name).read_text()) if one]


def _rules(name: str) -> list[dict[str, Any]]:
    return [rule for one in _objects(name) for rule in one.get("rules", ())]


def test_the_account_that_looks_can_only_look() -> None:
    verbs = {verb for rule in _rules("rbac.yaml") for verb in rule["verbs"]}
    resources = {resource for rule in _rules("rbac.yaml") for resource in rule["resources"]}
    assert verbs == {"get", "list", "watch"}
    assert not {resource for resource in resources if "/" in resource} | resources & {"secrets", "configmaps", "*"}
    assert all("*" not in rule["apiGroups"] for rule in _rules("rbac.yaml"))


def test_the_account_that_looks_may_ask_for_all_that_a_snapshot_needs() -> None:
    allowed = {
        (group, resource, verb)
        for rule in _rules("rbac.yaml")
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert {("", "nodes", "list"), ("", "pods", "list"), ("metrics.k8s.io", "nodes", "list")} <= allowed


def test_what_acts_is_never_cluster_wide() -> None:
    kinds = {one["kind"] for one in _objects("rbac-steps.yaml")}
    assert kinds == {"Role", "RoleBinding"}
    for rule in _rules("rbac-steps.yaml"):
        reads_only = rule["verbs"] == ["get"]
        assert reads_only or rule["resourceNames"], "a rule that acts names what it acts on"


@pytest.mark.parametrize("name", MANIFESTS)
def test_every_binding_binds_what_is_there_to_the_one_account(name: str) -> None:
    account = next(one for one in _objects("rbac.yaml") if one["kind"] == "ServiceAccount")["metadata"]
    roles = {(one["kind"], one["metadata"]["name"], one["metadata"].get("namespace")) for one in _objects(name)}
    bindings = [one for one in _objects(name) if one["kind"].endswith("Binding")]
    assert bindings
    for binding in bindings:
        reference = binding["roleRef"]
        assert (reference["kind"], reference["name"], binding["metadata"].get("namespace")) in roles
        assert binding["subjects"] == [{"kind": "ServiceAccount", **account}]


# The service and the container


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    text = (PACKAGING / "tocsin.service").read_text()
    unit = tmp_path / "tocsin.service"
    unit.write_text(text.replace("/opt/tocsin/bin/tocsin", "/bin/true"))
    run = subprocess.run([program, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    told = "\n".join(line for line in run.stderr.splitlines() if "tocsin.service" in line)
    assert (run.returncode, told) == (0, ""), run.stderr


def test_the_unit_stops_tocsin_before_what_it_started() -> None:
    """A signal to the whole group would kill a step in the middle, before tocsin can write it down."""
    unit = (PACKAGING / "tocsin.service").read_text()
    assert "KillMode=mixed" in unit
    assert "Restart=always" in unit


def test_the_container_runs_as_nobody_special_and_keeps_its_data_in_a_volume() -> None:
    lines = (PACKAGING / "Containerfile").read_text().splitlines()
    last_stage = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM")) :]
    users = [line.split()[1] for line in last_stage if line.startswith("USER")]
    assert users, "no USER: it would run as root"
    assert users[-1].partition(":")[0] not in ("0", "root")
    assert "VOLUME /data" in last_stage
    assert "STOPSIGNAL SIGTERM" in last_stage


def test_the_container_copies_only_what_is_there() -> None:
    for line in (PACKAGING / "Containerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name


def test_nginx_takes_the_proxy_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx is not installed (Debian: nginx)")
    certificate = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tocsin.example.org", "-days", "2"]
    files = ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"]
    subprocess.run([openssl, *certificate, *files], check=True, capture_output=True)
    site = (PACKAGING / "reverse-proxy" / "nginx.conf").read_text()
    (tmp_path / "site.conf").write_text(site.replace("/etc/letsencrypt/live/tocsin.example.org", str(tmp_path)))
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}"
        f"http {{ access_log {tmp_path}/access.log; {paths} include {tmp_path}/site.conf; }}"
    )
    run = subprocess.run(
        [nginx, "-t", "-c", main, "-p", tmp_path, "-e", tmp_path / "error.log"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_traefiks_file_is_yaml_and_names_only_what_it_defines() -> None:
    parsed = yaml.safe_load((PACKAGING / "reverse-proxy" / "traefik.yml").read_text())["http"]
    for router in parsed["routers"].values():
        assert router["service"] == "noop@internal" or router["service"] in parsed["services"]
        assert set(router.get("middlewares", ())) <= set(parsed["middlewares"])


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile", "traefik.yml"])
def test_no_proxy_cuts_a_body_that_tocsin_would_take(name: str) -> None:
    """Ours is 8 MiB, and it writes a line when it refuses; a proxy that refuses earlier leaves no trace."""
    text = (PACKAGING / "reverse-proxy" / name).read_text()
    limits = re.findall(r"(?:client_max_body_size|max_size) (\d+)", text)
    assert all(int(limit) > 8 for limit in limits)
    assert limits or name == "traefik.yml", "nginx's own default is 1 MB"
