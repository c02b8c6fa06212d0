"""What a measure gives back, and how it is printed: a name, a value, its goal and how far the value is from it."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """`goal` None has none; `at_least` says on which side of it is good. `beside` is what else belongs to the number."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False
    beside: str = ""

    def __str__(self) -> str:
        told = f"{self.name:48} {self.value:10,.2f} {self.unit:9}"
        if self.goal is not None:
            ratio = self.goal / self.value if self.at_least and self.value else self.value / self.goal
            sign = "≥" if self.at_least else "≤"
            told += f" {sign} {self.goal:<8,g} {ratio:5.2f} of the goal{'' if ratio <= 1 else '  MISSED'}"
        return f"{told}   {self.beside}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def machine() -> str:
    """What it was measured on, and how busy that was."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}, load {load}"
