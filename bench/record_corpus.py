"""
`unshare -rn .venv/bin/python -m bench.record_corpus [PROGRAM=PATH…]`: what the real tools say of each line of the corpus.

Each line of corpus/lines.txt is really run, for five seconds at most, in an empty home, in a copy of the shipped
procedure's folder, in a network that holds nothing but a Redis and a Sentinel of its own: whatever a line asks for is
refused, or tried against a closed port. The verdict is the tool's own word: a usage error when it refuses the line for
how it is written or prints its help instead, else accepted (`connection refused` is). The surprise: a tool that says
nothing for five seconds has accepted its line, since it is waiting for an answer.

It will not run where there is another network, and no line may name a verb of systemctl that changes the machine itself.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.corpus import LINES, VERDICTS, Verdict
from tocsin.edge.tools.asking import ask
from tocsin.edge.tools.known import KNOWN, version_in

LIMIT = 5.0
TOKEN = "a" * 64
PROCEDURE = Path(__file__).parents[1] / "procedure"
MACHINE = {
    "reboot",
    "poweroff",
    "halt",
    "kexec",
    "suspend",
    "hibernate",
    "isolate",
    "default",
    "rescue",
    "emergency",
    "exit",
}
USAGE = re.compile(
    # flags and subcommands, in the words of each family of parsers
    r"unknown (sub)?command|unknown (shorthand )?flag|unknown (long|short) flag|Unknown command verb|expected command but|"
    r"[Nn]o such (command|option)|(unrecognized|invalid|Unrecognized) option|option .* is (unknown|ambiguous)|\"unknown command|"
    r"must select a subcommand|must specify a subcommand|^\s*(Usage|USAGE):|"
    # values
    r"invalid argument|flag needs an argument|requires (an argument|parameter)|expected argument for flag|Invalid value for|"
    r"expected a proper numerical|strconv\.|invalid duration|not a valid duration|must be one of|invalid output option|"
    r"invalid image type|: unknown type|Unknown output|Failed to parse lines|Unknown unit type|ERR syntax error|"
    # arguments
    r"required (flag|argument|resource)|[Mm]issing (argument|option|command|parameter)|accepts (between )?\d|wrong number of arg|"
    r"[Uu]nexpected (extra |arg|down|try)|Too (few|many) arguments|You must (specify|provide)|error: you must specify|"
    r"must specify (one of|--patch)|exactly one NAME|NAME is required|expected 'logs|update is required|USAGE: |"
    r"is not supported anymore|must be specified|are required|unexpected arguments|no URL specified|try 'curl --help'|"
    r"(expects|needs) (one|1|\d) argument|needs one argument|is not provided|urls not provided|no silence IDs|"
    r"mutually exclusive|cannot be repeated|comment required by config",
    re.MULTILINE,
)
# Lines of a log, which tell when: the next one tells what.
LOGGED = re.compile(r"^[EWI]\d{4} |^\d{4}-\d\d-\d\d |^\{\"level\"|^\* |^\s*% Total")


def main(wanted: list[str]) -> int:
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        print("there is a network here: start it with `unshare -rn`", file=sys.stderr)
        return 2
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    paths = dict(one.split("=", 1) for one in wanted)
    lines = [line for line in LINES.read_text().splitlines() if line and not line.startswith("#")]
    with tempfile.TemporaryDirectory(prefix="tocsin-corpus-") as folder, redis(Path(folder)):
        found = [verdict(line, paths, Path(folder)) for line in lines]
        programs = {line.split()[0] for line in lines}
        versions = {one: version_of(one, program_at(one, paths)) for one in sorted(programs)}
    rows = ",\n".join(json.dumps(one._asdict(), ensure_ascii=False) for one in found)
    VERDICTS.write_text(f'{{"versions": {json.dumps(versions)},\n"verdicts": [\n{rows}\n]}}\n')
    print(f"{len(found)} lines, {sum(one.refused for one in found)} usage errors")
    return 0


def program_at(program: str, paths: dict[str, str]) -> Path:
    return Path(paths.get(program) or shutil.which(program) or sys.exit(f"{program} is not here"))


def version_of(program: str, path: Path) -> str:
    return version_in(ask(path, KNOWN[program].version, LIMIT).text)


def verdict(line: str, paths: dict[str, str], folder: Path) -> Verdict:
    """One line, run."""
    program, *rest = shlex.split(line)
    if program == "systemctl" and MACHINE & set(rest):
        raise SystemExit(f"not run: {line}")
    here = folder / "here"
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(PROCEDURE, here)
    code, text = run([str(program_at(program, paths)), *rest], here)
    told = [one.strip() for one in text.splitlines() if one.strip()]
    said = next((one for one in told if USAGE.search(one) or not LOGGED.search(one)), "")
    said = re.sub(r"^[EWI]\d{4} .*?\] ", "", said).replace(str(here), "~")
    return Verdict(line, code is not None and bool(USAGE.search(text)), code, said[:200])


def run(argv: list[str], here: Path) -> tuple[int | None, str]:
    """Its exit code, None when it had to be ended, and its stderr (with what it printed, when that is empty)."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(here), "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    environ |= {"HCLOUD_TOKEN": TOKEN, "HCLOUD_ENDPOINT": "http://127.0.0.1:9/v1", "KUBECONFIG": str(here / "none")}
    process = subprocess.Popen(
        argv,
        env=environ,
        cwd=here,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=LIMIT)
        return process.returncode, err if err.strip() else out
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return None, err or out


@contextmanager
def redis(folder: Path) -> Iterator[None]:
    """A server and a Sentinel at their usual ports: only they know which of their commands there are."""
    (folder / "sentinel.conf").write_text("port 26379\nsentinel monitor mymaster 127.0.0.1 6379 1\n")
    server = ["redis-server", "--save", "", "--dir", str(folder)]
    sentinel = ["redis-sentinel", str(folder / "sentinel.conf")]
    started = [subprocess.Popen(one, stdout=subprocess.DEVNULL) for one in (server, sentinel)]
    try:
        for port in ("6379", "26379"):
            while subprocess.run(["redis-cli", "-p", port, "ping"], capture_output=True, check=False).returncode:
                time.sleep(0.1)
        yield
    finally:
        for one in started:
            one.terminate()
            one.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
