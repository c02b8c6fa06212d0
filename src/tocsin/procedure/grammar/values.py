"""Whether a flag takes a value, as the program's own parser would judge it. A placeholder fits everywhere."""

from __future__ import annotations

import re

from tocsin.procedure.grammar.table import Flag
from tocsin.procedure.placeholders import PLACEHOLDER

_BOOLS = frozenset(["1", "0", "t", "f", "T", "F", "true", "false", "TRUE", "FALSE", "True", "False"])
_DURATION = re.compile(r"[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)")
_INT = re.compile(r"[+-]?(\d+(_\d+)*|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)")
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SHAPES = {"int": _INT, "float": _FLOAT, "duration": _DURATION}


def fits(value: str, flag: Flag) -> bool:
    """Tell whether the flag takes this value."""
    if PLACEHOLDER.search(value):
        return True
    if flag.choices:
        return value.partition("=")[0] in flag.choices
    if flag.kind == "bool" or flag.takes == "nothing":
        return value in _BOOLS
    shape = _SHAPES.get(flag.kind)
    return shape is None or shape.fullmatch(value) is not None


def wanted(flag: Flag) -> tuple[str, ...]:
    """What it takes, to be shown."""
    if flag.choices:
        return flag.choices
    kind = flag.kind or ("bool" if flag.takes == "nothing" else "")
    return {"int": ("10",), "float": ("0.5",), "duration": ("30s",), "bool": ("true", "false")}.get(kind, ())
