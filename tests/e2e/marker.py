"""A program that leaves a trace of each run: what no command of a runbook may do twice."""

import contextlib
from pathlib import Path

PROGRAM = """\
#!/bin/sh
echo "$1 begin $$" >>{trace}
sleep "$2"
echo "$1 end $$" >>{trace}
"""


class Marker:
    """`marker NAME SECONDS` writes a line, sleeps, writes another."""

    def __init__(self, folder: Path) -> None:
        self.trace = folder / "trace"
        self.program = folder / "marker"
        self.trace.touch()
        self.program.write_text(PROGRAM.format(trace=self.trace))
        self.program.chmod(0o700)

    @property
    def settings(self) -> str:
        """The part of tocsin.toml that allows it, and nothing else."""
        return f'execution = {{ programs = {{ marker = "{self.program}" }} }}'

    def begun(self, name: str = "") -> list[str]:
        """The names of all runs that began, or of those of one name."""
        lines = [line.split() for line in self.trace.read_text().splitlines()]
        return [line[0] for line in lines if line[1] == "begin" and name in ("", line[0])]

    def ended(self, name: str) -> bool:
        """Whether it came to its own end."""
        return any(line.startswith(f"{name} end ") for line in self.trace.read_text().splitlines())

    def pid(self, name: str) -> int:
        """The process of that run; 0 before it began."""
        lines = [line.split() for line in self.trace.read_text().splitlines()]
        return next((int(line[2]) for line in lines if line[:2] == [name, "begin"]), 0)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    return False
