"""
A mistake in the settings as one sentence that names the key.

msgspec says "Expected `int`, got `str` - at `$.channels.email.port`"; people read "`channels.email.port`: expected an
integer, got a string".
"""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import Any, Literal, get_args, get_origin

import msgspec

KINDS = {
    "int": "an integer",
    "str": "a string",
    "bool": "true or false",
    "float": "a number",
    "object": "a table",
    "array": "a list",
    "null": "nothing",
    "datetime": "a date",
    "date": "a date",
    "time": "a time of day",
}


class BadSettings(Exception):
    """
    The settings cannot be used: `path` is the file ("tocsin.toml", or "environment"), `key` the dotted key or the
    variable, "" for the file as a whole; `sentence` says what is wrong and never holds a secret.
    """

    def __init__(self, path: str, key: str, sentence: str) -> None:
        super().__init__(f"{path}: `{key}`: {sentence}" if key else f"{path}: {sentence}")
        self.path, self.key, self.sentence = path, key, sentence


def of_syntax(name: str, text: str, error: tomllib.TOMLDecodeError) -> BadSettings:
    """Put tomllib's line and column where editors look for them: tocsin.toml:3:7."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
    if match is None:
        end = str(error).replace("(at end of document)", f"(at its end, line {max(1, len(text.splitlines()))})")
        return BadSettings(name, "", f"is not TOML: {end}")
    return BadSettings(f"{name}:{match[2]}:{match[3]}", "", f"is not TOML: {match[1]}")


def of_value(kind: type[Any], prefix: str, error: msgspec.ValidationError) -> BadSettings:
    """Translate msgspec's refusal of a value below `prefix`, read as `kind`."""
    text, _, where = str(error).partition(" - at `$")
    key = ".".join(part for part in (prefix, where.rstrip("`").lstrip(".")) if part)
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", text):
        names = _names(_type_at(kind, where.rstrip("`")))
        close = difflib.get_close_matches(match[1], names, n=1)
        hint = f"; did you mean `{close[0]}`?" if close else f"; known here: {', '.join(names)}"
        return BadSettings("", f"{key}.{match[1]}".lstrip("."), f"unknown key{hint}")
    if match := re.fullmatch(r"Object missing required field `(.*)`", text):
        return BadSettings("", f"{key}.{match[1]}".lstrip("."), "is missing")
    if match := re.fullmatch(r"Invalid enum value (.*)", text):
        choices = ", ".join(_choices(_type_at(kind, where.rstrip("`"))))
        return BadSettings("", key, f"expected one of {choices}, got {match[1]}")
    return BadSettings("", key, _plain(text))


def _plain(text: str) -> str:
    if match := re.fullmatch(r"Expected `(.*)`, got `(.*)`", text):
        expected = " or ".join(KINDS.get(part, part) for part in match[1].split(" | ") if part != "null")
        got = "a boolean" if match[2] == "bool" else KINDS.get(match[2], match[2])
        return f"expected {expected or 'nothing'}, got {got}"
    if match := re.fullmatch(r"Expected `int` (>=|<=) (\d+)", text):
        return f"expected an integer of at {'least' if match[1] == '>=' else 'most'} {match[2]}"
    return "must not be empty" if text == "Expected `str` of length >= 1" else text


def _type_at(kind: Any, where: str) -> Any:
    """Follow ".channels.email" (or ".days[...]") through the declared types."""
    for part in re.findall(r"\.[^.\[]+|\[[^]]*\]", where):
        kind = _bare(kind)
        if part.startswith("["):
            kind = get_args(kind)[0] if get_origin(kind) is tuple else get_args(kind)[-1]
        else:
            kind = next((f.type for f in msgspec.structs.fields(kind) if f.encode_name == part[1:]), None)
    return _bare(kind)


def _bare(kind: Any) -> Any:
    """Take the None out of `X | None`."""
    choices = [choice for choice in get_args(kind) if choice is not type(None)]
    return choices[0] if type(None) in get_args(kind) and choices else kind


def _names(kind: Any) -> list[str]:
    return [part.encode_name for part in msgspec.structs.fields(kind)] if isinstance(kind, type) else []


def _choices(kind: Any) -> list[str]:
    return [str(choice) for choice in get_args(kind)] if get_origin(kind) is Literal else []
