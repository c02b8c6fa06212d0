"""
Values for the placeholders of a step: `<ip>`, `<firewall-id>`, `<pod>`.

A value becomes part of one argv element, never of a text that somebody parses. It is held against what the procedure,
or else its name, says: an address is an address, a name is a Kubernetes or Hetzner name, a choice is one of its words.
The surprise: a value that begins with a dash is refused whatever its name, because a program would read it as an option.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import assert_never

from tocsin.incident.refused import Refused
from tocsin.procedure.model import Parameter
from tocsin.procedure.parameters import kind_of
from tocsin.procedure.placeholders import filled, names_in

Pipeline = tuple[tuple[str, ...], ...]
LONGEST = 253
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_WORD = re.compile(r"[A-Za-z0-9_.:/@=+-]+")


def placeholders_in(pipeline: Pipeline) -> list[str]:
    """The names still to fill, each once, in the order they come."""
    found = (name for argv in pipeline for word in argv for name in names_in(word))
    return list(dict.fromkeys(found))


def fill(pipeline: Pipeline, values: Mapping[str, str], declared: Sequence[Parameter] = ()) -> Pipeline:
    """
    The pipeline with every placeholder filled; raises `Refused` for a missing, foreign or unfit value. What each may be
    is what the procedure declares of it, else what its name says.
    """
    wanted = placeholders_in(pipeline)
    missing = [name for name in wanted if not values.get(name, "").strip()]
    if missing:
        raise Refused("needs_values", values=", ".join(missing))
    if foreign := sorted(set(values) - set(wanted)):
        raise Refused("bad_value", name=foreign[0], why="?")
    fitting = {name: _fit(kind_of(name, declared), values[name].strip()) for name in wanted}
    return filled(pipeline, fitting)


def _fit(parameter: Parameter, value: str) -> str:
    if len(value) > LONGEST or value.startswith("-") or not _fits(parameter, value):
        raise Refused("bad_value", name=parameter.name, why=value[:60])
    return value


def _fits(parameter: Parameter, value: str) -> bool:
    match parameter.kind:
        case "ip":
            return _is_address(value)
        case "cidr":
            return _is_network(value)
        case "number":
            return value.isascii() and value.isdecimal()
        case "choice":
            return value in parameter.choices
        case "name" | "server":
            return _NAME.fullmatch(value) is not None
        case "text":
            return _WORD.fullmatch(value) is not None
        case _:
            assert_never(parameter.kind)


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return "/" in value
