"""
What the procedure asks of Hetzner, by the real hcloud against a double of its API.

The double shows that the commands are understood and which requests they become; what a machine does then, only a
machine shows.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.fakes.hetzner_cloud import HetznerCloud
from tests.shipped.running import Runner, program

TOKEN = "t" * 64


@pytest.fixture
def cloud() -> Iterator[HetznerCloud]:
    with HetznerCloud("node-1", "node-2", token=TOKEN) as cloud:
        yield cloud


@pytest.fixture
def run(cloud: HetznerCloud) -> Runner:
    environment = {"HCLOUD_ENDPOINT": cloud.endpoint, "HCLOUD_TOKEN": TOKEN}
    return Runner({"hcloud": program("hcloud", "Debian: hcloud-cli")}, environment=environment)


def test_what_is_read(run: Runner) -> None:
    assert "node-2" in run("hcloud server list").stdout
    assert "running" in run("hcloud server describe node-1").stdout
    assert "running" in run("hcloud server describe node-2").stdout
    assert "running" in run("hcloud server describe <node>", node="node-2").stdout
    assert "healthy" in run("hcloud load-balancer describe <load-balancer>", load_balancer="public").stdout


def test_a_machine_is_restarted_looked_at_and_cut_off(cloud: HetznerCloud, run: Runner) -> None:
    run("hcloud server reboot node-1")
    run("hcloud server reboot node-2")
    run("hcloud server reboot <node>", node="node-2")
    assert "wss://" in run("hcloud server request-console node-1").stdout
    assert "wss://" in run("hcloud server request-console <node>", node="node-2").stdout
    run("hcloud server reset node-1")
    run("hcloud server reset node-2")
    run("hcloud server reset <node>", node="node-2")
    assert [verb for _, _, verb in cloud.orders] == [
        *["reboot"] * 3,
        *["request_console"] * 2,
        *["reset"] * 3,
    ]


def test_switched_off_for_good_and_on_again(run: Runner) -> None:
    run("hcloud server poweroff <node>", node="node-2")
    assert "off" in run("hcloud server describe <node>", node="node-2").stdout
    run("hcloud server poweron <node>", node="node-2")
    assert "running" in run("hcloud server describe <node>", node="node-2").stdout


def test_evidence_is_kept(cloud: HetznerCloud, run: Runner) -> None:
    run(
        "hcloud server create-image --type snapshot --description evidence-<incident> <node>",
        incident="INC-42",
        node="node-2",
    )
    assert "evidence-INC-42" in run("hcloud image list --type snapshot").stdout


def test_a_machine_is_put_behind_a_wall_without_a_door_and_taken_out_again(cloud: HetznerCloud, run: Runner) -> None:
    names = {"quarantine": "quarantine", "node": "node-1"}
    run("hcloud firewall apply-to-resource <quarantine> --type server --server <node>", **names)
    assert cloud.firewalls["quarantine"]["applied_to"]
    assert "5001" in run("hcloud firewall describe <quarantine>", quarantine="quarantine").stdout
    run("hcloud firewall remove-from-resource <quarantine> --type server --server <node>", **names)
    assert not cloud.firewalls["quarantine"]["applied_to"]


def test_the_original_block_is_refused_by_the_tool_itself(cloud: HetznerCloud, run: Runner) -> None:
    """`hcloud firewall add-rule … --action drop`, as the procedure had it; without the flag it would let the attacker in."""
    arguments = ["firewall", "add-rule", "7", "--direction", "in", "--source-ips", "203.0.113.7/32"]
    arguments += ["--protocol", "tcp", "--port", "443", "--action", "drop"]
    ran = subprocess.run(
        [program("hcloud", "Debian: hcloud-cli"), *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "unknown flag: --action" in ran.stderr
    assert not cloud.orders
