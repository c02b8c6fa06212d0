"""
Settings from the environment: TOCSIN_ and the key in capitals, dots and hyphens as underscores.

Tables with keys of your own take the name in the middle: TOCSIN_CONTACT_ADMIN_INFRA_EMAIL is
`contacts.admin-infra.email`. Lists are separated by commas. The surprise: Kubernetes puts TOCSIN_PORT and its like
into every pod beside a Service called tocsin, so what we do not know is refused only where it looks like ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, inspect

from tocsin.edge.settings.errors import BadSettings
from tocsin.edge.settings.quantities import Secret

PREFIX = "TOCSIN_"
SERVICE_LINK = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT$|_PORT_\d+_(TCP|UDP)")
BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
# One contact is bound at a time: the singular reads better than the table's name.
SINGULAR = {"contacts": "contact", "sources": "source"}
# Where the data are is known before any settings are read.
NOT_TOLD = frozenset({"data_folder"})

Path = tuple[str, ...]


class Told(Struct, frozen=True):
    """What the variables say: `values` by path of keys, `names` the variable that said it."""

    values: dict[Path, Any]
    names: dict[Path, str]

    @property
    def keys(self) -> frozenset[str]:
        """The dotted keys that came from the environment."""
        return frozenset(".".join(path) for path in self.names)

    def variable_of(self, key: str) -> str:
        """Name the variable behind a dotted key, "" when the file (or nobody) said it."""
        plain = re.sub(r"\[.*", "", key)
        return next((name for path, name in self.names.items() if ".".join(path) == plain), "")

    def merge_into(self, written: dict[str, Any]) -> None:
        """Lay the variables over what the file says; what stands in the way of a table is left for the reader."""
        for path, value in self.values.items():
            table: Any = written
            for part in path[:-1]:
                table = table.setdefault(part, {}) if isinstance(table, dict) else None
            if isinstance(table, dict):
                table[path[-1]] = value


def from_environment(kind: type[Struct], environ: Mapping[str, str]) -> Told:
    """Read every variable that names a key of `kind`; raises `BadSettings` for one that looks like ours and is not."""
    known = dict(_leaves(inspect.type_info(kind), ()))
    fixed = {_variable(path): path for path in known if "*" not in path}
    values: dict[Path, Any] = {}
    names: dict[Path, str] = {}
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX):
            continue
        path = fixed.get(variable) or _own_key(variable, known)
        if path is None:
            _refuse_typo(variable, known)
            continue
        pattern = path if path in known else _pattern_of(path, known)
        values[path], names[path] = _value(known[pattern], text), variable
    return Told(values, names)


def keys_of(kind: type[Struct]) -> tuple[str, ...]:
    """Every key that can be set, "*" standing for a name of the user's own: "contacts.*.email"."""
    return tuple(".".join(path) for path, _ in _leaves(inspect.type_info(kind), ()))


def _leaves(kind: inspect.Type, path: Path) -> Iterator[tuple[Path, inspect.Type]]:
    """Every key that a variable can set, "*" standing for a key of the user's own."""
    if isinstance(kind, inspect.UnionType):
        kind = next(choice for choice in kind.types if not isinstance(choice, inspect.NoneType))
    if isinstance(kind, inspect.StructType):
        for part in kind.fields:
            if part.encode_name in NOT_TOLD:
                continue
            yield from _leaves(part.type, (*path, part.encode_name))
    elif isinstance(kind, inspect.DictType):
        yield from _leaves(kind.value_type, (*path, "*"))
    else:
        yield path, kind


def _variable(path: Path) -> str:
    first = SINGULAR.get(path[0], path[0])
    return PREFIX + "_".join((first, *path[1:])).upper().replace("-", "_")


def _own_key(variable: str, known: Mapping[Path, inspect.Type]) -> Path | None:
    """Match TOCSIN_CONTACT_ADMIN_INFRA_EMAIL with contacts.*.email."""
    for pattern in known:
        if "*" not in pattern:
            continue
        before, _, after = _variable(pattern).partition("*")
        rest = variable.removeprefix(before).removesuffix(after)
        if variable == f"{before}{rest}{after}" and re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)*", rest):
            own = rest.lower().replace("_", "-")
            return tuple(own if part == "*" else part for part in pattern)
    return None


def _pattern_of(path: Path, known: Mapping[Path, inspect.Type]) -> Path:
    return next(p for p in known if len(p) == len(path) and all(a in ("*", b) for a, b in zip(p, path, strict=True)))


def _refuse_typo(variable: str, known: Mapping[Path, inspect.Type]) -> None:
    sections = {_variable((path[0], "")) for path in known if len(path) > 1}
    if SERVICE_LINK.search(variable) is None and any(variable.startswith(section) for section in sections):
        raise BadSettings("environment", variable, "names no setting")


def _value(kind: inspect.Type, text: str) -> Any:
    """Give a variable's text the type its key has; what does not fit is left for the reader to refuse."""
    if isinstance(kind, inspect.VarTupleType):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(kind, inspect.BoolType):
        return BOOLEANS.get(text.strip().lower(), text)
    if isinstance(kind, inspect.IntType):
        return int(text) if re.fullmatch(r"\s*\d{1,18}\s*", text, re.ASCII) else text
    if isinstance(kind, inspect.CustomType) and kind.cls is Secret:
        return Secret(text)
    return text
