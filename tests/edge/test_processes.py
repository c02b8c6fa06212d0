"""One approved command, one process, one record; nothing of ours leaks into it and nothing of it outlives its limit."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
import textwrap
import time
from datetime import timedelta
from pathlib import Path

import pytest
import uvloop
from msgspec.structs import replace

from tocsin.edge.clock import SystemClock
from tocsin.edge.execution.output import HEAD, TAIL
from tocsin.edge.execution.processes import Processes
from tocsin.edge.execution.programs import USUAL, allowed_programs
from tocsin.edge.execution.run_files import end_orphans
from tocsin.edge.redaction import redactor
from tocsin.edge.settings import load_settings

LONG = timedelta(seconds=30)
SHORT = timedelta(seconds=0.4)


@pytest.fixture
def house(tmp_path):
    """Make an executor that may run python and what else is named; gives it with its data folder."""
    (tmp_path / "procedure").mkdir()

    def make(environ=None, **variables):
        told = {
            "TOCSIN_EXECUTION_PROGRAMS_PYTHON": sys.executable,
            **variables,
        }
        settings = replace(load_settings(None, told), data_folder=tmp_path / "state")
        return Processes(
            settings,
            folder=tmp_path / "procedure",
            redact=redactor(settings.known_secrets),
            clock=SystemClock(),
            environ=environ or {},
        )

    return make


def python(text):
    return ("python", "-c", textwrap.dedent(text))


def run(executor, *pipeline, limit=LONG, run_id="run-1", loop=asyncio.new_event_loop):
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(executor.run(run_id, pipeline, limit))


# The server may run on either.
on_both_loops = pytest.mark.parametrize(
    "loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)


def alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def gone(pid):
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def pid_in(path):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if path.exists() and path.read_text().endswith("\n"):
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError("the child never said its pid")


def test_it_tells_what_came_out_then_what_was_complained_of_and_the_programs_own_code(house):
    ran = run(house(), python("import sys; print('out'); print('err', file=sys.stderr); print('out 2'); sys.exit(7)"))
    assert (ran.output, ran.exit_code, ran.why, ran.truncated) == ("out\nout 2\nerr\n", 7, "", False)
    assert ran.started_at <= ran.ended_at


def test_there_is_no_shell(house, tmp_path):
    ran = run(house(), ("python", "-c", "import sys; print(sys.argv[1:])", "$HOME; touch pwned", "`id`", "*", "a|b"))
    assert ran.output == "['$HOME; touch pwned', '`id`', '*', 'a|b']\n"
    assert list((tmp_path / "procedure").iterdir()) == []


@pytest.mark.parametrize("word", ["sh", "/bin/sh", "./python", "python3", "../python", ""])
def test_a_program_that_is_not_on_the_list_does_not_run(house, word):
    ran = run(house(), (word, "-c", "echo pwned"))
    assert ran.exit_code is None
    assert ran.output == ""
    assert ran.why == f"`{word}` is not among the programs that may run"


def test_a_program_may_be_named_by_its_very_path(house):
    assert run(house(), (sys.executable, "-c", "print(1)")).output == "1\n"


def test_without_a_list_the_usual_tools_are_those_on_path(tmp_path):
    (tmp_path / "kubectl").write_text("#!/bin/sh\n")
    (tmp_path / "kubectl").chmod(0o755)
    (tmp_path / "rm").symlink_to("/bin/rm")
    found = allowed_programs(load_settings(None, {}).execution, {"PATH": str(tmp_path)})
    assert found == {"kubectl": tmp_path / "kubectl"}
    assert "sh" not in USUAL


def test_a_program_that_is_gone_is_said(house):
    ran = run(house(TOCSIN_EXECUTION_PROGRAMS_HELM="/nowhere/helm"), ("helm", "list"))
    assert (ran.exit_code, ran.why) == (None, "program not found: /nowhere/helm")


@on_both_loops
@pytest.mark.parametrize("word", ["print(1)\0b", "\ud800"])
def test_what_cannot_be_started_is_said(house, word, loop):
    ran = run(house(), ("python", "-c", word), loop=loop)
    assert ran.exit_code is None
    assert ran.why.startswith("cannot be started: ")


def test_the_environment_is_little_and_the_token_is_hclouds_alone(house, tmp_path):
    shown = (
        "-c",
        "import os; print(sorted(os.environ.items())); print(os.getcwd()); print(os.listdir(os.environ['HOME']))",
    )
    executor = house(
        {"SECRET_OF_THE_SERVER": "1", "PGHOST": "db", "LD_PRELOAD": ""},
        TOCSIN_EXECUTION_PROGRAMS_HCLOUD=sys.executable,
        TOCSIN_EXECUTION_HCLOUD_TOKEN="t" * 64,
        TOCSIN_EXECUTION_ENVIRONMENT="PGHOST,PGPORT",
    )
    plain = run(executor, ("python", *shown)).output
    assert "SECRET_OF_THE_SERVER" not in plain
    assert "HCLOUD_TOKEN" not in plain
    assert "('PGHOST', 'db')" in plain
    assert "('LANG', 'C.UTF-8')" in plain
    assert plain.splitlines()[1:] == [str(tmp_path / "procedure"), "[]"]


def test_hcloud_gets_its_token_and_the_record_does_not(house):
    executor = house(
        TOCSIN_EXECUTION_PROGRAMS_HCLOUD=sys.executable, TOCSIN_EXECUTION_HCLOUD_TOKEN="correct-horse-battery"
    )
    ran = run(executor, ("hcloud", "-c", "import os; t = os.environ['HCLOUD_TOKEN']; print(len(t), t)"))
    assert ran.output == "21 ▮known▮\n"


def test_kubectl_is_told_the_kubeconfig_and_the_context(house, tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    executor = house(
        TOCSIN_EXECUTION_PROGRAMS_KUBECTL=sys.executable,
        TOCSIN_CLUSTER_KUBECONFIG=str(kubeconfig),
        TOCSIN_CLUSTER_CONTEXT="the team's",
    )
    ran = run(executor, ("kubectl", "-c", "import os; print(os.environ['KUBECONFIG'])"))
    first, second = ran.output.strip().split(":")
    assert Path(first).read_text().splitlines()[-1] == "current-context: 'the team''s'"
    assert second == str(kubeconfig)


def test_there_is_no_input_and_no_terminal(house):
    ran = run(house(), python("import os, sys; print(repr(sys.stdin.read())); os.open('/dev/tty', os.O_RDWR)"))
    assert ran.output.startswith("''\n")
    assert "No such device or address" in ran.output


def test_filters_see_what_came_out_and_never_change_the_code(house):
    script = python("import sys; print('a\\nb\\nab'); print('a complaint', file=sys.stderr); sys.exit(3)")
    ran = run(house(), script, ("grep", "-v", "b"), ("wc", "-l"))
    assert (ran.output, ran.exit_code) == ("1\na complaint\n", 3)
    nothing = run(house(), script, ("grep", "zzz"))
    assert (nothing.output, nothing.exit_code) == ("a complaint\n", 3)


def test_a_filter_that_is_not_ours_keeps_the_command_from_running(house, tmp_path):
    ran = run(house(), python("open('ran', 'w')"), ("awk", "{print $1}"))
    assert ran.exit_code is None
    assert "awk" in ran.why
    assert not (tmp_path / "procedure" / "ran").exists()


def test_a_secret_is_taken_out_before_a_filter_can_halve_it(house):
    key = "-----BEGIN PRIVATE KEY-----\nMHcCAQEE\n-----END PRIVATE KEY-----\n"
    ran = run(house(), ("python", "-c", f"print({key!r})"), ("grep", "-v", "BEGIN"))
    assert "MHcCAQEE" not in ran.output


def test_the_time_limit_ends_it(house):
    began = time.monotonic()
    ran = run(house(), python("import time; print('before', flush=True); time.sleep(60)"), limit=SHORT)
    assert (ran.exit_code, ran.why, ran.output) == (None, "time limit of 0.4 s", "before\n")
    assert time.monotonic() - began < 20


@on_both_loops
def test_the_time_limit_ends_its_children_and_those_who_do_not_listen(house, tmp_path, loop):
    said = tmp_path / "pid"
    script = f"""
        import os, signal, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            open({str(said)!r}, 'w').write(f'{{os.getpid()}}\\n')
        time.sleep(60)
    """
    ran = run(house(), python(script), limit=timedelta(seconds=1), loop=loop)
    assert ran.why == "time limit of 1 s"
    assert gone(pid_in(said))


@on_both_loops
def test_a_child_that_is_left_behind_does_not_hide_the_programs_own_code(house, tmp_path, loop):
    said = tmp_path / "pid"
    script = f"""
        import os, time
        if os.fork():
            os._exit(4)
        open({str(said)!r}, 'w').write(f'{{os.getpid()}}\\n')
        time.sleep(60)
    """
    ran = run(house(), python(script), limit=timedelta(seconds=1), loop=loop)
    assert ran.exit_code == 4
    assert "left processes behind" in ran.why
    assert gone(pid_in(said))


@on_both_loops
def test_a_cancelled_run_ends_its_session(house, tmp_path, loop):
    said = tmp_path / "pid"
    script = f"import os, time; open({str(said)!r}, 'w').write(f'{{os.getpid()}}\\n'); time.sleep(60)"

    async def cancelled():
        running = asyncio.create_task(house().run("run-1", (("python", "-c", script),), LONG))
        pid = await asyncio.to_thread(pid_in, said)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return pid

    with asyncio.Runner(loop_factory=loop) as runner:
        assert gone(runner.run(cancelled()))


def test_a_program_that_was_killed_has_no_code(house):
    ran = run(house(), python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"))
    assert (ran.exit_code, ran.why) == (None, "killed by SIGSEGV")


def test_of_a_long_output_the_head_and_the_tail_are_kept(house):
    ran = run(house(), python("for n in range(100000): print(f'line {n:06}')"))
    assert ran.truncated
    assert ran.output.startswith("line 000000\n")
    assert ran.output.endswith("line 099999\n")
    assert HEAD + TAIL - 200 < len(ran.output.encode()) < HEAD + TAIL + 200
    kept = ran.output.count("line ")
    assert f"[… {(100000 - kept) * 12} octets coupés · bytes cut …]" in ran.output


def test_a_filter_sees_more_than_what_is_kept(house):
    ran = run(house(), python("for n in range(100000): print(f'line {n:06}')"), ("grep", "05000"))
    assert ran.output.splitlines() == [f"line {n:06}" for n in (*range(5000, 5001), *range(50000, 50010))]
    assert not ran.truncated


def test_a_firehose_is_ended_and_takes_no_memory(house):
    # ru_maxrss only grows: this test must not be the one that makes it grow by what the program wrote (256 MiB).
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ran = run(house(TOCSIN_EXECUTION_PROGRAMS_YES="/usr/bin/yes"), ("yes", "a" * 1000))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert ran.why == "it wrote more than 256 MiB"
    assert ran.truncated
    assert len(ran.output.encode()) < HEAD + TAIL + 200
    assert grown < 100 * 1024


def test_bytes_that_are_no_text_become_one(house):
    ran = run(house(), python("import sys; sys.stdout.buffer.write(b'a\\xff\\0b\\n')"))
    assert ran.output == "a\ufffd\ufffdb\n"


def test_nothing_is_left_of_a_run_that_ended(house, tmp_path):
    run(house(), python("print(1)"), run_id="incident/7 ../x")
    assert list((tmp_path / "state" / "runs").iterdir()) == []


CHILD = "import os, sys, time; open(sys.argv[1], 'w').write(f'{os.getpid()}\\n'); time.sleep(60)"
SERVER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from msgspec.structs import replace
from tocsin.edge.clock import SystemClock
from tocsin.edge.execution.processes import Processes
from tocsin.edge.settings import load_settings
state, said, child = sys.argv[1:]
told = {"TOCSIN_EXECUTION_PROGRAMS_PYTHON": sys.executable}
settings = replace(load_settings(None, told), data_folder=Path(state))
executor = Processes(settings, folder=Path(state), redact=str, clock=SystemClock(), environ={})
asyncio.run(executor.run("step-1", (("python", "-c", child, said),), timedelta(seconds=60)))
"""


@pytest.fixture
def outlived(tmp_path):
    """A child whose server was killed with SIGKILL: (data folder, pid)."""

    async def killed():
        state, said = tmp_path / "state", tmp_path / "pid"
        state.mkdir()
        server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(state), str(said), CHILD)
        pid = await asyncio.to_thread(pid_in, said)
        server.kill()
        await server.wait()
        return state, pid

    state, pid = asyncio.run(killed())
    yield state, pid
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_what_outlived_a_killed_server_is_found_and_ended(outlived):
    state, pid = outlived
    assert alive(pid)
    [orphan] = end_orphans(state / "runs")
    assert (orphan.run_id, orphan.program, orphan.pid) == ("step-1", "python", pid)
    assert gone(pid)
    assert end_orphans(state / "runs") == []


def test_it_is_found_by_its_environment_when_the_server_died_before_it_wrote_the_pid(outlived):
    state, pid = outlived
    [file] = (state / "runs").glob("*.json")
    file.write_text('{"run_id": "step-1", "program": "python"}')
    assert [orphan.pid for orphan in end_orphans(state / "runs")] == [pid]
    assert gone(pid)


def test_a_stranger_with_the_same_pid_is_left_alone(tmp_path):
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "old.json").write_text(f'{{"run_id": "old", "program": "kubectl", "pid": {os.getppid()}, "start": 1}}')
    assert end_orphans(runs) == []
    assert list(runs.iterdir()) == []


def test_a_file_that_was_cut_is_forgotten(tmp_path):
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "cut.json").write_text('{"run_id"')
    assert end_orphans(runs) == []
    assert list(runs.iterdir()) == []


def test_without_a_folder_there_is_nothing_to_end(tmp_path):
    assert end_orphans(tmp_path / "none") == []
