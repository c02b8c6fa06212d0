"""
Matchers in Alertmanager's own syntax: `severity="critical"`, `alertname=~"Kube.*", namespace!="test"`.

A text comes in, matchers go out; with labels, whether they hold. The rules are Alertmanager's: a label that is not
there is the empty text, a regular expression must fit the whole value, braces around the list and quotes around a
value are optional. The surprise: a text that is no matcher gives None, because most cells of a table are names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, cast

from tocsin.procedure.model import Matcher

NAME_LABEL = "alertname"
_ONE = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,{}"]*))\s*')
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n"}


def matchers_in(text: str) -> tuple[Matcher, ...] | None:
    """Read a list of matchers; None when the text is something else, or one of its expressions cannot be compiled."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    found: list[Matcher] = []
    at = 0
    while at < len(inner):
        match = _ONE.match(inner, at)
        if match is None:
            return None
        value = _ESCAPED.sub(lambda m: _MEANT.get(m[1], m[1]), match[3]) if match[3] is not None else match[4]
        found.append(Matcher(match[1], cast(Literal["=", "!=", "=~", "!~"], match[2]), value))
        at = match.end()
        if at < len(inner):
            if inner[at] != ",":
                return None
            at += 1
    return tuple(found) if found and all(_compiles(matcher) for matcher in found) else None


def named(name: str) -> tuple[Matcher, ...]:
    """The matchers that an alert's bare name stands for."""
    return (Matcher(NAME_LABEL, "=", name),)


def spelled(matchers: tuple[Matcher, ...]) -> str:
    """The list as people write it: the bare name when it is one that reads back, else the matchers."""
    if [(m.label, m.operator) for m in matchers] == [(NAME_LABEL, "=")] and is_name(matchers[0].value):
        return matchers[0].value
    return written(matchers)


def is_name(text: str) -> bool:
    """Whether a text can only be an alert's name: nothing in it that a matcher or a list is made of."""
    return bool(text) and text == " ".join(text.split()) and not re.search(r'[=~{}",;*]', text)


def hold(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether all of them hold for these labels (`alertname` among them)."""
    return all(_holds(matcher, labels.get(matcher.label, "")) for matcher in matchers)


def written(matchers: Iterable[Matcher]) -> str:
    """The list as it is written, so that reading it again gives the same."""
    return ", ".join(f'{m.label}{m.operator}"{_quoted(m.value)}"' for m in matchers)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _holds(matcher: Matcher, value: str) -> bool:
    if matcher.operator == "=":
        return value == matcher.value
    if matcher.operator == "!=":
        return value != matcher.value
    fits = _pattern(matcher.value).fullmatch(value) is not None
    return fits == (matcher.operator == "=~")


def _compiles(matcher: Matcher) -> bool:
    if "~" not in matcher.operator:
        return True
    try:
        _pattern(matcher.value)
    except re.error:
        return False
    return True


@lru_cache(maxsize=512)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
