"""
Parameters such as `<ip>` in a command: found before any shell grammar, filled as whole values.

A placeholder keeps its length when it is masked, so that every offset stays true. The surprise: `<ip>` is never a
redirection here, even where a shell would read one, because nothing of a procedure is ever given to a shell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"(?<!<)<([^\W\d_](?:[\w.-]| (?=[\w.-]))*)>(?!>)")


def masked(text: str) -> str:
    """Put as many "x" where a placeholder stands."""
    return PLACEHOLDER.sub(lambda match: "x" * len(match[0]), text)


def names_in(text: str) -> tuple[str, ...]:
    """The names of the placeholders, each once, in order: "<ip>/32" gives ("ip",)."""
    return tuple(dict.fromkeys(match[1] for match in PLACEHOLDER.finditer(text)))


def filled(pipeline: tuple[tuple[str, ...], ...], values: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """
    Put values in the place of their placeholders, inside the words of the argv lists; a missing value leaves its
    placeholder. A value is never looked at again, even when it looks like a placeholder itself.
    """
    return tuple(
        tuple(PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), word) for word in argv) for argv in pipeline
    )
