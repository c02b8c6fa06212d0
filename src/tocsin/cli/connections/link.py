"""Where a sender posts, and what it shows there; and how a text in two languages is filled."""

from __future__ import annotations

import re
from typing import Protocol

from msgspec import Struct

from tocsin.lexicon import Language


class Link(Struct, frozen=True, kw_only=True):
    """`url` ends in /ingest/KIND; `secret` signs, for the senders that can ("" for the others)."""

    url: str
    token: str
    secret: str = ""


class Print(Protocol):
    """The one function of a kind."""

    def __call__(self, link: Link, language: Language) -> str:
        """Give the text to paste."""
        ...


def filled(text: str, link: Link, language: Language) -> str:
    """
    The text with {url}, {token} and {secret} put in.

    A line that ends in "[en]" or "[fr]" stands only in that language; the values are never read as a template.
    """
    lines = []
    for line in text.strip("\n").splitlines():
        bare, _, mark = line.rpartition(" [")
        if mark in ("en]", "fr]"):
            if mark != f"{language}]":
                continue
            line = bare  # noqa: PLW2901
        lines.append(line)
    values = {"url": link.url, "token": link.token, "secret": link.secret}
    return re.sub(r"\{(url|token|secret)\}", lambda found: values[found[1]], "\n".join(lines)) + "\n"
