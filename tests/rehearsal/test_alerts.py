"""The bodies are those that Alertmanager would send: tocsin's own reader takes them without a complaint."""

import json
from datetime import timedelta

import pytest

from tests.rehearsal.transcripts import START
from tocsin.detection.sources import alertmanager
from tocsin.rehearsal.alerts import alarms, bodies
from tocsin.rehearsal.cluster import Cluster

KEYS = ["receiver", "status", "alerts", "groupLabels", "commonLabels", "commonAnnotations", "externalURL", "version"]
FAULTS = ["node_down", "control_plane_down", "primary_down", "ddos"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("status", ["firing", "resolved"])
def test_every_body_is_read_whole(fault: str, status: str) -> None:
    for body in bodies(alarms(fault, Cluster(START), START), status, START + timedelta(minutes=4)):
        reading = alertmanager.read(body, "practice")
        assert reading.alerts
        assert not reading.quarantined
        assert {alert.status for alert in reading.alerts} == {"firing" if status == "firing" else "cleared"}


def test_a_body_has_alertmanager_s_keys_in_its_order() -> None:
    first = json.loads(bodies(alarms("node_down", Cluster(START), START), "firing", START)[0])
    assert list(first) == [*KEYS, "groupKey", "truncatedAlerts"]
    assert first["version"] == "4"
    assert first["groupKey"] == '{}:{alertname="KubeNodeNotReady", namespace="monitoring"}'
    alert = first["alerts"][0]
    assert list(alert) == ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"]
    assert alert["startsAt"] == "2026-11-23T14:38:30.500Z"
    assert alert["endsAt"] == "0001-01-01T00:00:00Z"
    assert alert["labels"]["node"] == "node-2"


def test_a_dead_node_is_told_by_its_own_alerts_and_its_pods() -> None:
    found = alarms("node_down", Cluster(START), START)
    assert {alarm.name for alarm in found} == {
        "KubeNodeNotReady",
        "KubeNodeUnreachable",
        "TargetDown",
        "KubePodNotReady",
    }
    pods = {alarm.labels["pod"] for alarm in found if alarm.name == "KubePodNotReady"}
    assert {"postgresql-0", "redis-1", "traefik-5xk59"} <= pods
    assert not any("node" in alarm.labels for alarm in found if alarm.name == "KubePodNotReady")


def test_pods_of_one_namespace_come_in_one_body() -> None:
    sent = [json.loads(body) for body in bodies(alarms("node_down", Cluster(START), START), "firing", START)]
    pods = {b["groupLabels"]["namespace"]: len(b["alerts"]) for b in sent if "KubePodNotReady" in b["groupKey"]}
    assert pods == {"ingress": 1, "production": 4}


def test_a_fingerprint_is_the_labels_own_and_no_two_alerts_share_one() -> None:
    first = alarms("node_down", Cluster(START), START)
    later = alarms("node_down", Cluster(START), START + timedelta(hours=1))
    assert [alarm.fingerprint for alarm in first] == [alarm.fingerprint for alarm in later]
    assert len({alarm.fingerprint for alarm in first}) == len(first)
    assert all(len(alarm.fingerprint) == 16 and int(alarm.fingerprint, 16) >= 0 for alarm in first)


def test_the_resolved_body_ends_the_same_episodes() -> None:
    found = alarms("node_down", Cluster(START), START)
    over = START + timedelta(minutes=4)
    fired = [a.episode for b in bodies(found, "firing", START) for a in alertmanager.read(b, "practice").alerts]
    ended = [a for b in bodies(found, "resolved", over) for a in alertmanager.read(b, "practice").alerts]
    assert [alert.episode for alert in ended] == fired
    assert {alert.ends_at for alert in ended} == {over}


def test_common_labels_are_what_every_alert_of_the_group_carries() -> None:
    pods = next(
        json.loads(body)
        for body in bodies(alarms("node_down", Cluster(START), START), "firing", START)
        if b'"production"' in body and b"KubePodNotReady" in body
    )
    assert "pod" not in pods["commonLabels"]
    assert pods["commonLabels"]["namespace"] == "production"
