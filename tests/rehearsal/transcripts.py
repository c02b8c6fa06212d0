"""Recorded command lines and what the real tools answered; and a practice cluster to ask the same."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tocsin.rehearsal import hcloud, patronictl
from tocsin.rehearsal.answers import Answer
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.kubectl import line as kubectl

RECORDED = Path(__file__).parents[1] / "fixtures" / "rehearsal"
START = datetime(2026, 11, 23, 14, 38, 30, 500000, tzinfo=UTC)
TOOLS = {"kubectl": kubectl.answer, "hcloud": hcloud.answer, "patronictl": patronictl.answer}


class Recording(NamedTuple):
    command: str
    output: str
    code: int


def recordings(name: str) -> list[Recording]:
    text = (RECORDED / f"{name}.txt").read_text()
    return [
        Recording(command, output, int(code))
        for command, output, code in re.findall(r"^\$ (.*)\n((?:(?!rc=).*\n)*)rc=(\d+)$", text, re.M)
    ]


def ask(cluster: Cluster, command: str, now: datetime) -> Answer:
    program, *arguments = shlex.split(command)
    return TOOLS[program](arguments, cluster, now)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def shape(text: str) -> list[str]:
    """A text without what differs from one run to the next: numbers, positions, ages, and the width of columns."""
    lines = []
    for line in text.splitlines():
        masked = re.sub(r'exec "[0-9a-f]+"', 'exec "N"', line)
        masked = re.sub(r"\d\d:\d\d:\d\d\.\d+", "TIME", masked)
        masked = re.sub(r"\b\d+/[0-9A-F]{7}\b", "LSN", masked)
        masked = re.sub(r"\b(\d+[dhms])+\b", "AGE", masked)
        masked = re.sub(r"-{2,}", "--", masked)
        masked = re.sub(r"(?<![\w.-])\d+(?=[m%M]|\b(?![./-]))", "N", masked)
        masked = re.sub(r"\b(E)?\d{4}(-\d\d-\d\d)? ", "DATE ", masked)
        lines.append(re.sub(r" +", " ", masked).strip())
    return lines


def column_starts(line: str) -> list[int]:
    return [match.start() for match in re.finditer(r"\S+(?: \S+)*", line)]
