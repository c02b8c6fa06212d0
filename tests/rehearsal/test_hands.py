"""The practice hands fulfil the contracts of the real ones."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.rehearsal.transcripts import START
from tocsin.edge.channels.contract import Channel, Message, Sent
from tocsin.edge.execution.contract import Executor, Ran
from tocsin.edge.kubernetes.contract import Photographer, Unanswered
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.executor import PracticeExecutor
from tocsin.rehearsal.phone import PracticePhone
from tocsin.rehearsal.photographer import PracticePhotographer

MINUTE = timedelta(minutes=1)


class HandClock:
    """A clock that stands still, except for those who sleep by it."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=max(0.0, seconds))


def run(cluster: Cluster, clock: HandClock, *pipeline: tuple[str, ...], limit: timedelta = MINUTE) -> Ran:
    executor: Executor = PracticeExecutor(cluster, clock)
    return asyncio.run(executor.run("run-1", pipeline, limit))


def test_an_action_takes_its_time_by_the_practice_clock() -> None:
    clock = HandClock()
    ran = run(Cluster(START), clock, ("hcloud", "server", "reboot", "node-2"))
    assert ran == Ran(
        started_at=START, ended_at=START + timedelta(seconds=1.6), exit_code=0, output="Server 43 rebooted\n"
    )


def test_what_follows_a_pipe_sees_what_was_said_but_not_the_complaints() -> None:
    cluster, clock = Cluster(START), HandClock()
    ran = run(cluster, clock, ("kubectl", "get", "pods", "-A"), ("grep", "-v", "Running"))
    assert ran.output.splitlines()[0].startswith("NAMESPACE")
    assert len(ran.output.splitlines()) == 1
    ran = run(cluster, clock, ("kubectl", "get", "nodez"), ("grep", "nothing"))
    assert (ran.exit_code, ran.output) == (1, 'error: the server doesn\'t have a resource type "nodez"\n')


def test_the_biggest_pods_come_first_and_the_list_is_cut() -> None:
    pipeline = (("kubectl", "top", "pods", "-A", "--sort-by=memory"), ("head", "-3"))
    lines = run(Cluster(START), HandClock(), *pipeline).output.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["postgresql-1", "postgresql-0"]


def test_a_command_longer_than_its_limit_is_ended_without_a_code() -> None:
    cluster, clock = Cluster(START), HandClock()
    cluster.node_down("node-1", START)
    ran = run(cluster, clock, ("kubectl", "get", "nodes"), limit=timedelta(seconds=5))
    assert (ran.exit_code, ran.why) == (None, "time limit of 5 s")
    assert ran.ended_at - ran.started_at == timedelta(seconds=5)


@pytest.mark.parametrize("program", ["ssh", "bash", "/bin/sh", "rm"])
def test_no_other_program_runs(program: str) -> None:
    ran = run(Cluster(START), HandClock(), (program, "node-2"))
    assert ran.exit_code is None
    assert "not among the programs" in ran.why


def test_a_filter_that_is_not_ours_is_told_and_nothing_runs() -> None:
    cluster = Cluster(START)
    ran = run(cluster, HandClock(), ("hcloud", "server", "poweroff", "node-2"), ("awk", "{print}"))
    assert ran.exit_code is None
    assert "awk" in ran.why
    assert cluster.machines["node-2"].power == "up"


def snapshot(cluster: Cluster, clock: HandClock):
    photographer: Photographer = PracticePhotographer(cluster, clock)
    return asyncio.run(photographer.snapshot())


def test_a_photograph_shows_what_the_tables_hide() -> None:
    cluster, clock = Cluster(START), HandClock(START + timedelta(minutes=2))
    cluster.node_down("node-2", START)
    shot = snapshot(cluster, clock)
    nodes = {node.name: node for node in shot.nodes}
    assert (nodes["node-1"].ready, nodes["node-2"].ready) == ("True", "Unknown")
    assert nodes["node-2"].cpu_millicores is None
    assert any(taint.startswith("node.kubernetes.io/unreachable") for taint in nodes["node-2"].taints)
    pods = {f"{pod.namespace}/{pod.name}": pod for pod in shot.pods}
    assert not pods["production/postgresql-0"].ready
    assert pods["production/postgresql-1"].ready
    assert shot.taken_at == clock.now()


@pytest.mark.parametrize(("seconds", "took"), [(30, 8), (125, 0)])
def test_there_is_no_photograph_without_the_control_plane(seconds: int, took: int) -> None:
    cluster, clock = Cluster(START), HandClock(START + timedelta(seconds=seconds))
    cluster.node_down("node-1", START)
    if seconds > 60:
        cluster.act_on_server("node-1", "reboot", START + timedelta(seconds=60))
    before = clock.now()
    with pytest.raises(Unanswered) as silent:
        snapshot(cluster, clock)
    assert silent.value.code == "api_silent"
    assert clock.now() - before == timedelta(seconds=took)


def message(incident: int, kind: str = "page") -> Message:
    return Message(
        page_id=f"page-{incident}-{kind}",
        incident=incident,
        priority="P2",
        kind=kind,
        subject="s",
        text="t",
        link="http://127.0.0.1/p/x",
        language="fr",
        practice=True,
    )


def test_the_telephone_keeps_messages_and_gives_the_first_page_of_an_incident() -> None:
    async def story() -> None:
        phone = PracticePhone()
        channel: Channel = phone
        waiting = asyncio.create_task(phone.wait_for(7, 5))
        await asyncio.sleep(0)
        for one in (message(6), message(7, "notice"), message(7)):
            assert isinstance(await channel.send("alice@example.org", one), Sent)
        found = await waiting
        assert found
        assert (found.number, found.address, found.message.page_id) == (3, "alice@example.org", "page-7-page")
        assert await phone.wait_for(8, 0.01) is None

    asyncio.run(story())


def test_instants_are_utc() -> None:
    assert run(Cluster(START), HandClock(), ("hcloud", "server", "list")).started_at.tzinfo is UTC
