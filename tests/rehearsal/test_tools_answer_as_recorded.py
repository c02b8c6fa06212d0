"""What the practised tools say, beside transcripts of the real ones."""

import re
from datetime import timedelta

import pytest

from tests.rehearsal.transcripts import START, Recording, after, ask, column_starts, recordings, shape
from tocsin.rehearsal.cluster import Cluster

QUIET = 90


def prepared(name: str) -> Cluster:
    cluster = Cluster(START)
    if name == "kubectl-node-2-down":
        cluster.node_down("node-2", START)
    elif name == "kubectl-api-silent":
        cluster.node_down("node-1", START)
    elif name == "kubectl-api-refused":
        cluster.act_on_server("node-1", "reboot", after(QUIET - 64))
    return cluster


NAMES = [
    "kubectl-healthy",
    "kubectl-node-2-down",
    "kubectl-api-silent",
    "kubectl-api-refused",
    "hcloud",
    "patroni-healthy",
]
CASES = [pytest.param(name, one, id=f"{name}: {one.command}") for name in NAMES for one in recordings(name)]


@pytest.mark.parametrize(("name", "recorded"), CASES)
def test_the_answer_has_the_recorded_shape_and_exit_code(name: str, recorded: Recording) -> None:
    cluster = prepared(name)
    if "delete-rule" in recorded.command and recorded.code == 0:
        ask(cluster, recorded.command.replace("delete-rule", "add-rule"), after(QUIET))
    if recorded.command == "kubectl uncordon node-2":
        ask(cluster, "kubectl cordon node-2", after(QUIET))

    said = ask(cluster, recorded.command, after(QUIET))

    assert shape(said.out + said.err) == shape(recorded.output)
    assert said.code == recorded.code


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get nodes",
        "kubectl get nodes -o wide",
        "kubectl get pods -A",
        "kubectl get pods --all-namespaces -o wide",
        "kubectl top nodes",
        "kubectl top pods --all-namespaces --sort-by=memory",
        "kubectl get deploy -n production",
        "kubectl get sts -A",
        "kubectl get ds -A -o wide",
        "hcloud server list",
        "hcloud firewall list",
    ],
)
@pytest.mark.parametrize("name", ["kubectl-healthy", "kubectl-node-2-down"])
def test_cells_stand_under_their_headings(command: str, name: str) -> None:
    header, *rows = ask(prepared(name), command, after(QUIET)).out.splitlines()
    starts = [match.start() for match in re.finditer(r"\S+(?: \S+)*?(?=   |$| {2,}|\s*$)", header)]
    assert rows
    for row in rows:
        assert column_starts(re.sub(r" \| ", " + ", row))[: len(starts)] == starts[: len(column_starts(row))]


def test_top_pads_its_last_column_as_the_real_one_does() -> None:
    recorded = next(r for r in recordings("kubectl-healthy") if r.command == "kubectl top nodes")
    assert ask(Cluster(START), "kubectl top nodes", START).out == recorded.output


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (5, "5s"),
        (119, "119s"),
        (120, "2m"),
        (125, "2m5s"),
        (599, "9m59s"),
        (601, "10m"),
        (10799, "179m"),
        (10800, "3h"),
        (28799, "7h59m"),
        (28800, "8h"),
        (169200, "47h"),
        (172800, "2d"),
        (180200, "2d2h"),
        (687600, "7d23h"),
        (691200, "8d"),
        (62985600, "729d"),
        (63072000, "2y"),
        (86400000, "2y270d"),
    ],
)
def test_ages_are_written_as_the_real_kubectl_wrote_them(seconds: int, written: str) -> None:
    cluster = Cluster(START)
    created_at = cluster.machines["node-1"].created_at
    row = ask(cluster, "kubectl get nodes", created_at + timedelta(seconds=seconds)).out.splitlines()[1]
    assert row.split()[3] == written


def test_an_action_of_the_hoster_takes_its_recorded_time() -> None:
    assert ask(Cluster(START), "hcloud server reboot node-2", START).takes == timedelta(seconds=1.6)


def test_a_silent_api_takes_its_recorded_time() -> None:
    cluster = prepared("kubectl-api-silent")
    assert ask(cluster, "kubectl get nodes", after(5)).takes == timedelta(seconds=15.2)
    assert ask(cluster, "kubectl get nodes --request-timeout=5s", after(5)).takes == timedelta(seconds=10)
