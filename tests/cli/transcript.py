"""
Transcripts: a file of commands and what they print, played against a real data folder.

A line that begins with "$ " is a command; what follows is its output, standard error included, up to the next command.
"[..]" stands for anything on one line (instants, secrets), "[...]" alone on a line for any lines. "? 2" as the first
line is the exit code that is expected, 0 when it is not there. "# " at the top is a remark.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TRANSCRIPTS = Path(__file__).parent / "transcripts"
TOCSIN = (sys.executable, "-m", "tocsin")


class Turn(NamedTuple):
    """One command and what is expected of it."""

    command: str
    code: int
    output: list[str]


def turns(text: str) -> list[Turn]:
    """The turns of a transcript."""
    found: list[Turn] = []
    for line in text.splitlines():
        if line.startswith("# ") and not found:
            continue
        if line.startswith("$ "):
            found.append(Turn(line[2:], 0, []))
        elif line.startswith("? ") and not found[-1].output:
            found[-1] = found[-1]._replace(code=int(line[2:]))
        elif line or found[-1].output:
            found[-1].output.append(line)
    return [turn._replace(output="\n".join(turn.output).rstrip("\n").split("\n")) for turn in found]


def play(text: str, folder: Path, environ: dict[str, str]) -> None:
    """Play it in that folder; the first turn that differs is shown whole."""
    for turn in turns(text):
        code, output = run(turn.command, folder, environ)
        assert (fits(turn.output, output), code) == (True, turn.code), (
            f"\n$ {turn.command}\n--- expected ({turn.code})\n"
            + "\n".join(turn.output)
            + f"\n--- printed ({code})\n{output}"
        )


def run(command: str, folder: Path, environ: dict[str, str]) -> tuple[int, str]:
    """Run one line: `tocsin …`, with `< FILE` or `> FILE` if need be. No shell."""
    words = shlex.split(command)
    assert words.pop(0) == "tocsin", command
    paths = {sign: folder / words.pop(words.index(sign) + 1) for sign in ("<", ">") if sign in words}
    words = [word for word in words if word not in ("<", ">")]
    given = paths["<"].read_text() if "<" in paths else ""
    done = subprocess.run(
        [*TOCSIN, *words],
        cwd=folder,
        env=os.environ | environ,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if ">" not in paths else subprocess.PIPE,
        text=True,
        timeout=90,
        check=False,
    )
    if ">" in paths:
        paths[">"].write_text(done.stdout)
        return done.returncode, done.stderr
    return done.returncode, done.stdout


def _even(line: str) -> str:
    """Columns are as wide as an instant may be: how many spaces part them says nothing."""
    return re.sub(r" {2,}", "  ", line).rstrip()


def fits(expected: list[str], printed: str) -> bool:
    """Whether the output is the expected one."""
    expected = [_even(line) for line in expected]
    printed = "\n".join(map(_even, printed.splitlines()))
    parts = [
        r"(?:[^\n]*\n)*" if line == "[...]" else re.escape(line).replace(r"\[\.\.\]", r"[^\n]*") + r"\n"
        for line in expected
    ]
    return re.fullmatch("".join(parts), printed.rstrip("\n") + "\n") is not None
