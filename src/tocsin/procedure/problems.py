"""
A mistake in the procedure, as a value.

All problems of a procedure are collected, sorted by place, and shown with the source line and carets. A code is for
ever; its number says the family: P1xx structure, P2xx people, P3xx commands, P4xx sense, P6xx live, P9xx reading.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tocsin.procedure.source import Source

Severity = Literal["error", "warning", "info"]


class Problem(Struct, frozen=True, kw_only=True):
    """`message` is one sentence in the procedure's language; `hint` a second line ("did you mean…", what the tool says)."""

    code: str
    severity: Severity
    source: Source
    message: str
    hint: str = ""
