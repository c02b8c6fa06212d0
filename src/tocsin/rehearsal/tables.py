"""
Columns as the tools print them: kubectl's and hcloud's (spaces between), patronictl's (a frame), and ages.

The rules were read off recorded outputs and off runs of the real kubectl (1.32) and hcloud (1.30).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

Row = Sequence[str]


def columns(header: Row, rows: Sequence[Row], *, trailing: bool = False) -> str:
    """
    Left-aligned columns, three spaces apart. `trailing` pads the last one too and adds the gap, as `kubectl top`
    does.
    """
    lines = [header, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(header))]
    if not trailing:
        widths[-1] = 0
    texts = ("   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    gap = "   " if trailing else ""
    return "".join(f"{text}{gap}\n" for text in texts)


def frame(title: str, header: Row, rows: Sequence[Row], right: frozenset[str]) -> str:
    """patronictl's table: the title stands in the first line of the frame; `right` names right-aligned columns."""
    widths = [max(len(line[place]) for line in [header, *rows]) for place in range(len(header))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    shown = f" {title} "[: len(rule) - 2] if title else ""
    lines = [rule[0] + shown + rule[1 + len(shown) :], _framed(header, widths, frozenset()), rule]
    sides = frozenset(place for place, name in enumerate(header) if name in right)
    lines += [_framed(row, widths, sides) for row in rows]
    return "".join(f"{line}\n" for line in [*lines, rule])


def _framed(row: Row, widths: Sequence[int], right: frozenset[int]) -> str:
    cells = (
        cell.rjust(width) if place in right else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "| " + " | ".join(cells) + " |"


def age(span: timedelta) -> str:
    """
    A span as kubectl writes it: "99s", "2m5s", "10m", "7h59m", "2d2h", "400d", "2y270d".

    Two units while the larger one is small, one from then on.
    """
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 365 * 2:
        return f"{days}d"
    if days < 365 * 8:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large}{unit}{small}{small_unit}" if small else f"{large}{unit}"
