"""
The rules, the receiver and the commands of the monitoring runbook on a real Prometheus and a real Alertmanager.

The Alertmanager runs the very configuration that we ship, with the address of this test in the place of the example's.
"""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.http_server import HttpServer
from tests.shipped.pages import folder
from tests.shipped.running import Runner, eventually, free_port, program

pytestmark = pytest.mark.xdist_group("shipped-monitoring")

MONITORING = folder() / "monitoring"
RULES = MONITORING / "tocsin-fast.rules.yaml"
TOKEN = "a-token-of-the-test"


class Watch:
    """Their addresses, and what Alertmanager delivered."""

    def __init__(self, prometheus: str, alertmanager: str, receiver: HttpServer) -> None:
        self.prometheus = prometheus
        self.alertmanager = alertmanager
        self.receiver = receiver

    def delivered(self, path: str) -> list[dict[str, Any]]:
        return [json.loads(body) for where, _, body in self.receiver.requests if where == path]


def configuration(receiver: HttpServer, into: Path) -> Path:
    """Ours, with another address and another place of the token; waiting is shortened."""
    text = (MONITORING / "alertmanager.yml").read_text()
    told = text.replace("https://tocsin.example.org", f"http://127.0.0.1:{receiver.port}")
    for name in ("tocsin-token", "tocsin-heartbeat-token"):
        (into / name).write_text(TOKEN)
        told = told.replace(f"/etc/alertmanager/{name}", str(into / name))
    parsed = yaml.safe_load(told)
    parsed["route"] |= {"group_wait": "1s", "group_interval": "2s"}
    file = into / "alertmanager.yml"
    file.write_text(yaml.safe_dump(parsed))
    return file


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    alertmanager = program("prometheus-alertmanager", "Debian: prometheus-alertmanager")
    prometheus = program("prometheus", "Debian: prometheus")
    into = tmp_path_factory.mktemp("monitoring")
    at, beside = (f"127.0.0.1:{free_port()}" for _ in range(2))
    always = {"alert": "Watchdog", "expr": "vector(1)", "labels": {"severity": "none"}}
    (into / "watchdog.yml").write_text(yaml.safe_dump({"groups": [{"name": "always", "rules": [always]}]}))
    settings = {
        "global": {"evaluation_interval": "1s", "scrape_interval": "1s"},
        "rule_files": [str(RULES), str(into / "watchdog.yml")],
        "scrape_configs": [{"job_name": "node-exporter", "static_configs": [{"targets": ["127.0.0.1:1"]}]}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [beside]}]}]},
    }
    (into / "prometheus.yml").write_text(yaml.safe_dump(settings))
    with HttpServer() as receiver, (into / "log").open("w") as log:
        commands = [
            [alertmanager, f"--config.file={configuration(receiver, into)}", f"--storage.path={into / 'am'}"],
            [prometheus, f"--config.file={into / 'prometheus.yml'}", f"--storage.tsdb.path={into / 'tsdb'}"],
        ]
        commands[0] += [f"--web.listen-address={beside}", "--cluster.listen-address="]
        commands[1] += [f"--web.listen-address={at}", "--rules.alert.resend-delay=2s"]
        running = [subprocess.Popen(one, stdout=log, stderr=subprocess.STDOUT) for one in commands]
        try:
            for address in (at, beside):
                ready = f"http://{address}/-/ready"
                eventually(lambda url=ready: urllib.request.urlopen(url, timeout=2).status == 200, ready)
            yield Watch(at, beside, receiver)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(10)


def test_the_rules_are_valid_and_fire_when_they_should() -> None:
    promtool = program("promtool", "Debian: prometheus")
    assert "SUCCESS" in Runner({"promtool": promtool})("promtool check rules monitoring/tocsin-fast.rules.yaml").stdout
    tested = subprocess.run(
        [promtool, "test", "rules", "tocsin-fast.test.yaml"],
        cwd=MONITORING,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_rule_is_tested() -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    told = yaml.safe_load((MONITORING / "tocsin-fast.test.yaml").read_text())["tests"]
    fired = {one["alertname"] for test in told for one in test["alert_rule_test"] if one["exp_alerts"]}
    assert fired == {rule["alert"] for rule in rules}


def test_the_object_holds_the_same_rules() -> None:
    written = yaml.safe_load((MONITORING / "tocsin-fast.prometheusrule.yaml").read_text())
    assert written["spec"] == yaml.safe_load(RULES.read_text())


def test_the_receiver_is_valid() -> None:
    run = Runner({"amtool": program("amtool", "Debian: prometheus-alertmanager")})
    assert "SUCCESS" in run("amtool check-config monitoring/alertmanager.yml").stdout


def test_an_alert_reaches_tocsins_door_and_watchdog_the_door_of_heartbeats(watch: Watch) -> None:
    eventually(lambda: watch.delivered("/ingest/heartbeat"), "a heartbeat")
    beat = watch.delivered("/ingest/heartbeat")[0]
    assert {alert["labels"]["alertname"] for alert in beat["alerts"]} == {"Watchdog"}
    held = [program("amtool", ""), f"--alertmanager.url=http://{watch.alertmanager}"]
    subprocess.run([*held, "alert", "add", "alertname=KubeNodeNotReady", "node=node-2"], check=True)
    eventually(lambda: watch.delivered("/ingest/alertmanager"), "the alert")
    names = {one["labels"]["alertname"] for body in watch.delivered("/ingest/alertmanager") for one in body["alerts"]}
    assert "KubeNodeNotReady" in names
    assert "Watchdog" not in names
    assert all(headers["authorization"] == f"Bearer {TOKEN}" for _, headers, _ in watch.receiver.requests)


def test_what_the_runbook_asks_of_prometheus(watch: Watch) -> None:
    run = Runner({"promtool": program("promtool", "Debian: prometheus")})
    where = {"prometheus": watch.prometheus}
    assert "Ready" in run("curl -sS --max-time 5 http://<prometheus>/-/ready", **where).stdout
    down = 'promtool query instant http://<prometheus> "up == 0"'
    eventually(lambda: "node-exporter" in run(down, **where).stdout, "a target is down")
    eventually(
        lambda: "Watchdog" in run("promtool query instant http://<prometheus> ALERTS", **where).stdout, "Watchdog"
    )


def test_what_the_runbook_asks_of_alertmanager(watch: Watch) -> None:
    amtool = program("amtool", "Debian: prometheus-alertmanager")
    run = Runner({"amtool": amtool})
    where = {"alertmanager": watch.alertmanager}
    silences = "amtool --alertmanager.url=http://<alertmanager> silence query"
    assert run("curl -sS --max-time 5 http://<alertmanager>/-/ready", **where).stdout
    one = "amtool --alertmanager.url=http://<alertmanager> alert query alertname=Watchdog"
    eventually(lambda: "Watchdog" in run(one, **where).stdout, "Watchdog")
    assert "Watchdog" in run("amtool --alertmanager.url=http://<alertmanager> alert query", **where).stdout
    add = [amtool, f"--alertmanager.url=http://{watch.alertmanager}", "silence", "add", "-c", "too wide", "-a", "test"]
    silence = subprocess.run([*add, "alertname=~.+"], check=True, capture_output=True, text=True).stdout.strip()
    assert silence in run(silences, **where).stdout
    run("amtool --alertmanager.url=http://<alertmanager> silence expire <silence>", silence=silence, **where)
    assert silence not in run(silences, **where).stdout
