"""
Values for the placeholders of a step: `<ip>`, `<firewall-id>`, `<pod>`.

A value becomes part of one argv element, never of a text that somebody parses. It is held against what its name says:
an address is an address, a name is a Kubernetes or Hetzner name. The surprise: a value that begins with a dash is
refused whatever its name, because a program would read it as an option.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

from tocsin.incident.refused import Refused
from tocsin.procedure.placeholders import filled, names_in

Pipeline = tuple[tuple[str, ...], ...]
LONGEST = 253
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_NAMED = (
    "id",
    "name",
    "nom",
    "pod",
    "node",
    "noeud",
    "namespace",
    "server",
    "serveur",
    "member",
    "membre",
    "cluster",
    "candidate",
)
_WORD = re.compile(r"[A-Za-z0-9_.:/@=+-]+")


def placeholders_in(pipeline: Pipeline) -> list[str]:
    """The names still to fill, each once, in the order they come."""
    found = (name for argv in pipeline for word in argv for name in names_in(word))
    return list(dict.fromkeys(found))


def fill(pipeline: Pipeline, values: Mapping[str, str]) -> Pipeline:
    """The pipeline with every placeholder filled; raises `Refused` for a missing, foreign or unfit value."""
    wanted = placeholders_in(pipeline)
    missing = [name for name in wanted if not values.get(name, "").strip()]
    if missing:
        raise Refused("needs_values", values=", ".join(missing))
    if foreign := sorted(set(values) - set(wanted)):
        raise Refused("bad_value", name=foreign[0], why="?")
    fitting = {name: _fit(name, values[name].strip()) for name in wanted}
    return filled(pipeline, fitting)


def _fit(name: str, value: str) -> str:
    if len(value) > LONGEST or value.startswith("-"):
        raise Refused("bad_value", name=name, why=value[:60])
    if not _shape(name)(value):
        raise Refused("bad_value", name=name, why=value[:60])
    return value


def _shape(name: str) -> Callable[[str], bool]:
    folded = name.casefold()
    if folded in ("ip", "address", "adresse", "adresse-ip", "ip-address"):
        return _is_address
    if folded in ("cidr", "range", "plage", "network", "reseau"):
        return _is_network
    if folded in ("n", "count", "nombre", "port", "lines", "lignes"):
        return str.isdecimal
    return _is_name if folded.endswith(_NAMED) else _is_word


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


def _is_name(value: str) -> bool:
    return _NAME.fullmatch(value) is not None


def _is_word(value: str) -> bool:
    return _WORD.fullmatch(value) is not None
